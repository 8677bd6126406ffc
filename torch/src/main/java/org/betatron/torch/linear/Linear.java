package org.betatron.torch.linear;

import java.util.List;
import java.util.stream.Stream;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Multiplied;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// An affine map with its weights.
///
/// @param matrix  `[out, in]`, lent
/// @param factors the matrix as it is multiplied with
/// @param bias    `[out]`, lent, or null
record Linear(Weight matrix, Multiplied factors, @Nullable Weight bias) {

    static Linear of(LinearPart part, Parameters weights) {
        Weight matrix = weights.get(part.weight());
        return new Linear(matrix, matrix, part.hasBias() ? weights.get(part.bias()) : null);
    }

    /// @param changed the matrix as some rows see it
    Linear over(Multiplied changed) {
        return new Linear(matrix, changed, bias);
    }

    boolean trains() {
        return matrix.trains() || (bias != null && bias.trains());
    }

    /// @param input `[T, in]`
    /// @return `[T, out]`; a graph to the weights is recorded where one is wanted
    Tensor apply(Tensor input) {
        return factors.matrix().product(input, bias == null ? null : bias.values());
    }

    /// As [#apply] with a bias that is given; without a graph to the weights.
    ///
    /// @param rowBias what is added to each row, `[T, out]`
    Tensor apply(Tensor input, Tensor rowBias) {
        return factors.constant().product(input, rowBias);
    }

    /// @return the bias of every row, zeros where there is none, `[T, out]`, without graph; all rows share one
    ///     row's memory
    Tensor rowBias(long numRows) {
        Products products = matrix.products();
        long out = matrix.shape()[0];
        Tensor row = bias == null
                ? Tensors.zeros(products.scalarType(), matrix.tensors().getFirst(), out)
                : products.cast(bias.values().detach());
        return row.expand(numRows, out);
    }

    /// @return what is trained of it, lent
    List<Tensor> leaves() {
        return Stream.concat(Stream.of(matrix), Stream.ofNullable(bias))
                .flatMap(weight -> weight.leaves().values().stream())
                .toList();
    }

    /// Adds what a run over some rows gives to the gradients of matrix and bias.
    ///
    /// @param derivative dL/doutput, `[T, out]`
    /// @param input      `[T, in]`
    void addGradients(Tensor derivative, Tensor input) {
        factors.addProduct(derivative, matrix.products().cast(input), 1);
        if (bias != null && bias.trains()) {
            bias.addGradient(derivative.sum(new long[] {0}, false, new ScalarTypeOptional(ScalarType.Float)));
        }
    }
}
