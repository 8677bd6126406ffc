package org.betatron.torch.weight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// A weight that stays as it is and a product of two small matrices beside it, `W + B A` (Hu et al. 2021, arXiv
/// 2106.09685): written against the interface of weights, and known to nobody but the tests.
///
/// @param base     `[out, in]`, of any form that does not train; owned
/// @param up       B, `[out, r]`, a leaf; owned
/// @param down     A, `[r, in]`, a leaf; owned
/// @param products how they are multiplied with
public record LowRankWeight(Weight base, Owned up, Owned down, Products products) implements Weight {

    /// @param base `x W'`
    private record Sum(Products products, Matrix base, Tensor up, Tensor down) implements Matrix {

        @Override
        public Tensor product(Tensor input, @Nullable Tensor added) {
            Tensor small = products.product(input, down, null); // [T, r]
            return base.product(input, added).add(products.product(small, up, null));
        }

        @Override
        public Tensor back(Tensor derivative) {
            return base.back(derivative).add(products.back(products.back(derivative, up), down));
        }
    }

    @Override
    public long[] shape() {
        return base.shape();
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.concat(base.tensors().stream(), Stream.of(up.tensor(), down.tensor()))
                .toList();
    }

    @Override
    public Map<String, Tensor> leaves() {
        Map<String, Tensor> leaves = new LinkedHashMap<>();
        leaves.put("up", up.tensor());
        leaves.put("down", down.tensor());
        return leaves;
    }

    @Override
    public Tensor values() {
        return base.values().add(torch.matmul(up.tensor(), down.tensor()));
    }

    @Override
    public Matrix matrix() {
        return new Sum(products, base.constant(), up.tensor(), down.tensor());
    }

    @Override
    public Matrix constant() {
        return new Sum(
                products, base.constant(), up.tensor().detach(), down.tensor().detach());
    }

    @Override
    public Tensor rows(Tensor indices) {
        return base.rows(indices)
                .add(torch.matmul(
                        up.tensor().detach().index_select(0, indices),
                        down.tensor().detach()));
    }

    @Override
    public void addGradient(Tensor gradient) {
        Gradients.add(up.tensor(), torch.matmul(gradient, down.tensor().detach().t()));
        Gradients.add(down.tensor(), torch.matmul(up.tensor().detach().t(), gradient));
    }

    @Override
    public void addProduct(Tensor derivative, Tensor input, double factor) {
        Tensor scaled = derivative.mul(Tensors.scalar(factor));
        Gradients.add(
                up.tensor(),
                torch.matmul(
                        scaled.t(), torch.matmul(input, down.tensor().detach().t())));
        Gradients.add(
                down.tensor(),
                torch.matmul(torch.matmul(scaled, up.tensor().detach()).t(), input));
    }

    @Override
    public void addToRows(Tensor rows, Tensor values) {
        Tensor ofUp = torch.matmul(values, down.tensor().detach().t()); // [n, r]
        Gradients.addToRows(up.tensor(), rows, ofUp);
        Gradients.add(
                down.tensor(),
                torch.matmul(up.tensor().detach().index_select(0, rows).t(), values));
    }

    @Override
    public void close() {
        base.close();
        up.close();
        down.close();
    }
}
