/// GGUF files, as llama.cpp and its kin read and write them: what a file says of itself, and its
/// tensors in their block formats. Knows no model and no tokenizer, and needs the JDK only.
@org.jspecify.annotations.NullMarked
package org.betatron.gguf;
