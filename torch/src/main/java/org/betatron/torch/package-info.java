/// Language models on libtorch: the only code that sees tensors.
///
/// Main type: [org.betatron.torch.TorchLanguageModel]. Objectives, data formats and training loops do
/// not belong here.
@NullMarked
package org.betatron.torch;

import org.jspecify.annotations.NullMarked;
