package org.betatron.torch.weight;

import java.util.List;
import java.util.Map;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// A weight whose numbers are all there, and are all trained.
///
/// @param owned    a leaf that records graphs, float32 or bf16; owned
/// @param products how it is multiplied with
public record DenseWeight(Owned owned, Products products) implements Weight {

    @Override
    public long[] shape() {
        return Tensors.shape(owned.tensor());
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(owned.tensor());
    }

    @Override
    public Map<String, Tensor> leaves() {
        return Map.of("", owned.tensor());
    }

    @Override
    public Tensor values() {
        return owned.tensor();
    }

    @Override
    public Matrix matrix() {
        return matrix(values());
    }

    @Override
    public Matrix constant() {
        Tensor constant = values().detach();
        return matrix(widens() ? constant : products.cast(constant));
    }

    private Matrix matrix(Tensor values) {
        return widens() ? new WidenedMatrix(products, values) : new DenseMatrix(products, values);
    }

    private boolean widens() {
        return Tensors.typeOf(values()) == ScalarType.BFloat16 && products.scalarType() == ScalarType.Float;
    }

    @Override
    public Tensor rows(Tensor indices) {
        return Tensors.toFloat(values().detach().index_select(0, indices));
    }

    @Override
    public void addGradient(Tensor gradient) {
        Gradients.add(values(), gradient);
    }

    @Override
    public void addProduct(Tensor derivative, Tensor input, double factor) {
        Gradients.addProduct(values(), derivative.t(), input, factor);
    }

    @Override
    public void addToRows(Tensor rows, Tensor values) {
        Gradients.addToRows(values(), rows, values);
    }

    @Override
    public void close() {
        owned.close();
    }
}
