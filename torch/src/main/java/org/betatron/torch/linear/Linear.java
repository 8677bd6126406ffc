package org.betatron.torch.linear;

import java.util.Map;
import java.util.stream.Stream;
import org.betatron.torch.tensor.Precision;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// An affine map bound to its weights.
public final class Linear {

    private final Tensor weight; // [out, in]
    private final @Nullable Tensor bias; // [out]
    private final AffineMap map;

    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    /// @param maps    how it is computed
    public Linear(Parameters weights, String name, boolean hasBias, AffineMaps maps) {
        weight = weights.get(name + ".weight");
        bias = hasBias ? weights.get(name + ".bias") : null;
        map = maps.bind(weight, bias);
    }

    /// Adds the shapes of an affine map's weights.
    ///
    /// @param shapes  shape of each weight by its Hugging Face name
    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    public static void addShapes(Map<String, long[]> shapes, String name, long out, long in, boolean hasBias) {
        shapes.put(name + ".weight", new long[] {out, in});
        if (hasBias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    /// @param input `[T, in]`
    /// @return `[T, out]`
    public Tensor apply(Tensor input) {
        return map.apply(input);
    }

    /// As [#apply] with a bias that is given; without a graph to the weights.
    ///
    /// @param rowBias what is added to each row, `[T, out]`
    public Tensor apply(Tensor input, Tensor rowBias, Precision precision) {
        return torch.addmm(
                rowBias, precision.cast(input), precision.cast(weight.detach()).t());
    }

    /// @param numRows T
    /// @return the bias of every row, zeros where there is none, `[T, out]`, without graph; all rows share one
    ///     row's memory
    public Tensor bias(Precision precision, long numRows) {
        Tensor row = bias == null
                ? Tensors.zeros(precision.scalarType(), weight, weight.size(0))
                : precision.cast(bias.detach());
        return row.expand(numRows, weight.size(0));
    }

    /// @return the weight, and the bias if there is one; lent
    public Stream<Tensor> weights() {
        return Stream.concat(Stream.of(weight), Stream.ofNullable(bias));
    }

    /// Adds what a run over some rows gives to the gradients of weight and bias.
    ///
    /// @param derivative dL/doutput, `[T, out]`
    /// @param input      of the same number format, `[T, in]`
    void addGradients(Tensor derivative, Tensor input) {
        Gradients.addProduct(weight, derivative.t(), input, 1);
        if (bias != null) {
            Gradients.dense(bias).add_(derivative.sum(new long[] {0}, false, new ScalarTypeOptional(ScalarType.Float)));
        }
    }
}
