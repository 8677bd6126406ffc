package org.betatron.torch.weight;

import java.util.List;
import java.util.Map;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A matrix in whole numbers from -127 to 127 with a factor for each row, which does not train: written against the
/// interface of weights, and known to nobody but the tests.
///
/// @param numbers  int8 `[out, in]`; owned
/// @param factors  float32 `[out, 1]`; owned
/// @param products how it is multiplied with
public record ScaledByteWeight(Owned numbers, Owned factors, Products products) implements Weight {

    @Override
    public long[] shape() {
        return Tensors.shape(numbers.tensor());
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(numbers.tensor(), factors.tensor());
    }

    @Override
    public Map<String, Tensor> leaves() {
        return Map.of();
    }

    @Override
    public Tensor values() {
        return Tensors.toFloat(numbers.tensor()).mul(factors.tensor());
    }

    @Override
    public Matrix matrix() {
        return constant();
    }

    @Override
    public Matrix constant() {
        return new DenseMatrix(products, products.cast(values()));
    }

    @Override
    public Tensor rows(Tensor indices) {
        return Tensors.toFloat(numbers.tensor().index_select(0, indices))
                .mul(factors.tensor().index_select(0, indices));
    }

    @Override
    public void addGradient(Tensor gradient) {}

    @Override
    public void addProduct(Tensor derivative, Tensor input, double factor) {}

    @Override
    public void addToRows(Tensor rows, Tensor values) {}

    @Override
    public void close() {
        numbers.close();
        factors.close();
    }
}
