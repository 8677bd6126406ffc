package org.betatron.torch.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/// An affine map bound to its weights.
final class Linear {

    private final AffineMap map;

    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    /// @param maps    how it is computed
    Linear(Parameters weights, String name, boolean hasBias, AffineMaps maps) {
        map = maps.bind(weights.get(name + ".weight"), hasBias ? weights.get(name + ".bias") : null);
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
        return map.apply(input);
    }
}
