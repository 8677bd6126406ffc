/// Hugging Face model directories and safetensors files.
@NullMarked
package org.betatron.torch.files;

import org.jspecify.annotations.NullMarked;
