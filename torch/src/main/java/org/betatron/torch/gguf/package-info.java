/// Models in GGUF files: what llama.cpp calls their parts, how it lays out their weights, and which
/// configuration its metadata stand for.
///
/// Main types: [org.betatron.torch.gguf.GgufConfig], [org.betatron.torch.gguf.GgufWeights].
@NullMarked
package org.betatron.torch.gguf;

import org.jspecify.annotations.NullMarked;
