/// Tokenizers in GGUF files, as the files of a Hugging Face directory.
///
/// Main type: [org.betatron.data.tokenizer.gguf.GgufTokenizer].
@NullMarked
package org.betatron.data.tokenizer.gguf;

import org.jspecify.annotations.NullMarked;
