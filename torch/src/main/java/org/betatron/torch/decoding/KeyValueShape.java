package org.betatron.torch.decoding;

import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// What the keys, or values, of one token of a model take: those of the key-value heads of each layer.
///
/// @param layers attention of each layer
/// @param type   number format
/// @param beside a tensor of the device that they lie on, lent
record KeyValueShape(List<AttentionSpec> layers, ScalarType type, Tensor beside) {

    /// @param layer number of the layer, from 0
    /// @param first sizes before those of a token
    /// @return these, heads and dimensions of a head
    long[] of(int layer, long... first) {
        long[] shape = new long[first.length + 2];
        System.arraycopy(first, 0, shape, 0, first.length);
        shape[first.length] = layers.get(layer).numKeyValueHeads();
        shape[first.length + 1] = layers.get(layer).headDim();
        return shape;
    }
}
