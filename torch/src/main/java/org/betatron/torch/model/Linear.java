package org.betatron.torch.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// An affine map bound to its weights.
final class Linear {

    private final Precision precision;
    private final Tensor weight; // [out, in]
    private final @Nullable Tensor bias; // [out]

    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    Linear(Parameters weights, String name, boolean hasBias, Precision precision) {
        this.precision = precision;
        weight = weights.get(name + ".weight");
        bias = hasBias ? weights.get(name + ".bias") : null;
    }

    /// Adds the shapes of an affine map's weights.
    ///
    /// @param shapes  shape of each weight by its Hugging Face name
    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    static void addShapes(Map<String, long[]> shapes, String name, long out, long in, boolean hasBias) {
        shapes.put(name + ".weight", new long[] {out, in});
        if (hasBias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    /// @param input `[T, in]`
    /// @return `[T, out]`
    Tensor forward(Tensor input) {
        return precision.linear(input, weight, bias);
    }
}
