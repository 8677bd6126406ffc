package org.betatron.torch.decoding;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// What the keys, or values, of one token of a model take.
///
/// @param numLayers layers that attend
/// @param numHeads  heads, repeated for grouped queries
/// @param headDim   dimensions of a head
/// @param type      number format
/// @param beside    a tensor of the device that they lie on, lent
record KeyValueShape(int numLayers, long numHeads, long headDim, ScalarType type, Tensor beside) {}
