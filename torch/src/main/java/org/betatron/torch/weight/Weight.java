package org.betatron.torch.weight;

import java.util.List;
import java.util.Map;
import org.betatron.torch.tensor.Products;
import org.bytedeco.pytorch.Tensor;

/// A weight of a model, in whatever form it is kept: it knows its values, its products, its
/// gradient, and whether it trains. Nobody else looks behind it.
///
/// Forms: [DenseWeight], and [FrozenWeight] around any other. A form that keeps fewer bits, or adds
/// a product of two small matrices, is another implementation.
///
/// A gradient may be added in two ways. Where a graph is recorded over [#values] or [#matrix], it
/// ends at [#leaves], and the derivatives by these are added by whoever asked autograd for them.
/// Where it is not, the methods that add take the derivative by the whole weight, as a matrix or as
/// a product that need not be made. What is added to a weight that does not train is lost. Tensors
/// that are made belong to the current scope.
public interface Weight extends Multiplied, AutoCloseable {

    /// @return shape of the whole, rows first
    long[] shape();

    /// @return what it is kept in, lent; at least one tensor, and all on one device
    List<Tensor> tensors();

    /// @return what an optimizer changes, lent, by what is put behind the weight's name: nothing
    ///     for the weight itself. Empty where it does not train
    Map<String, Tensor> leaves();

    /// @return whether it trains
    default boolean trains() {
        return !leaves().isEmpty();
    }

    /// @return how it is multiplied with
    Products products();

    /// @return the whole in the number format that it is kept in; a graph to the leaves is recorded
    ///     where one is wanted
    Tensor values();

    /// @param indices int64 `[n]`
    /// @return these rows, float32 `[n, in]`, without graph
    Tensor rows(Tensor indices);

    /// Adds to the gradient.
    ///
    /// @param gradient of its shape, in any number format, used by nobody else
    void addGradient(Tensor gradient);

    /// Adds to some rows of the gradient.
    ///
    /// @param rows   which, int64 `[n]`; one may occur several times
    /// @param values what is added, `[n, in]`
    void addToRows(Tensor rows, Tensor values);

    @Override
    void close();
}
