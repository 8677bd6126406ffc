/// Safetensors files and Hugging Face model directories, read memory-mapped and written beside and
/// moved into place.
@NullMarked
package org.betatron.torch.weights;

import org.jspecify.annotations.NullMarked;
