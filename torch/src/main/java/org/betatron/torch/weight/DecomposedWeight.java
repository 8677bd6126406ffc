package org.betatron.torch.weight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// A sum with a low-rank part whose rows have lengths of their own, `m * V / ||V||` with `V = W + s
/// B A` (DoRA, Liu et al. 2024, arXiv 2402.09353). As in PEFT, the norm is not differentiated
/// (section 4.3 there).
///
/// @param direction V; owned
/// @param magnitude m, float32 `[out]`, a leaf; owned
/// @param squares   squared norms of W's rows, float32 `[out]`; owned
public record DecomposedWeight(LowRankWeight direction, Owned magnitude, Owned squares) implements Weight {

    /// What PEFT calls m.
    public static final String MAGNITUDE = "lora_magnitude_vector";

    /// @param factors `m / ||V||`, `[out]`
    private record Scaled(Matrix direction, Tensor factors) implements Matrix {

        @Override
        public Tensor product(Tensor input, @Nullable Tensor added) {
            Tensor scaled = direction.product(input, null).mul(factors);
            return added == null ? scaled : scaled.add(added);
        }

        @Override
        public Tensor back(Tensor derivative) {
            return direction.back(derivative.mul(factors));
        }
    }

    /// A weight that begins as `direction` is: with the lengths that its rows have.
    ///
    /// @param direction consumed
    public static DecomposedWeight of(LowRankWeight direction) {
        Owned squares = Memory.withoutGradient(() -> Memory.keep(
                "squared norms of rows",
                () -> sumOfColumns(Tensors.toFloat(direction.base().values()).square())));
        Owned magnitude = Memory.withoutGradient(() ->
                Memory.keep(MAGNITUDE, () -> norms(direction, squares.tensor()).clone()));
        Memory.run(() -> magnitude.tensor().requires_grad_(true));
        return new DecomposedWeight(direction, magnitude, squares);
    }

    /// @return a copy of what trains on the same base, which is lent
    public DecomposedWeight copy() {
        return new DecomposedWeight(direction.copy(), LowRankWeight.copyOf(magnitude), LowRankWeight.copyOf(squares));
    }

    private static Tensor sumOfColumns(Tensor matrix) {
        return matrix.sum(1);
    }

    /// `||W + s B A||^2 = ||W||^2 + 2 s (W A') . B + s^2 (B A A') . B`, by rows: no matrix of W's size is made.
    private static Tensor norms(LowRankWeight direction, Tensor squares) {
        return Memory.scoped(() -> {
            Tensor up = direction.up().tensor().detach();
            Tensor down = direction.down().tensor().detach();
            Scalar scale = new Scalar(direction.scale());
            Tensor base = Tensors.toFloat(direction.base().constant().product(down, null))
                    .t(); // [out, r]
            Tensor own = torch.matmul(up, torch.matmul(down, down.t())).mul(scale); // [out, r]
            Tensor mixed = base.mul(new Scalar(2.0)).add(own).mul(up).mul(scale);
            return squares.add(sumOfColumns(mixed)).clamp_min(new Scalar(0.0)).sqrt();
        });
    }

    private Tensor norms() {
        return Memory.withoutGradient(() -> norms(direction, squares.tensor()));
    }

    @Override
    public long[] shape() {
        return direction.shape();
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.concat(direction.tensors().stream(), Stream.of(magnitude.tensor()))
                .toList();
    }

    @Override
    public Map<String, Tensor> leaves() {
        Map<String, Tensor> leaves = new LinkedHashMap<>(direction.leaves());
        leaves.put(MAGNITUDE, magnitude.tensor());
        return leaves;
    }

    @Override
    public Products products() {
        return direction.products();
    }

    @Override
    public Tensor values() {
        return direction.values().mul(magnitude.tensor().div(norms()).unsqueeze(1));
    }

    @Override
    public Matrix matrix() {
        return new Scaled(direction.matrix(), magnitude.tensor().div(norms()));
    }

    @Override
    public Matrix constant() {
        return new Scaled(direction.constant(), factors());
    }

    private Tensor factors() {
        return magnitude.tensor().detach().div(norms());
    }

    @Override
    public Tensor rows(Tensor indices) {
        return direction.rows(indices).mul(factors().index_select(0, indices).unsqueeze(1));
    }

    @Override
    public void addGradient(Tensor gradient) {
        Tensor ofRows = Tensors.toFloat(gradient);
        addToMagnitude(sumOfColumns(ofRows.mul(direction.values().detach())));
        direction.addGradient(ofRows.mul(factors().unsqueeze(1)));
    }

    @Override
    public void addProduct(Tensor derivative, Tensor input, double factor) {
        Tensor outputs = direction.constant().product(input, null); // [T, out]
        addToMagnitude(Tensors.toFloat(outputs.mul(derivative)).sum(0).mul(new Scalar(factor)));
        direction.addProduct(derivative.mul(factors()), input, factor);
    }

    private void addToMagnitude(Tensor products) {
        Gradients.add(magnitude.tensor(), products.div(norms()));
    }

    @Override
    public void addToRows(Tensor rows, Tensor values) {
        Tensor whole = Tensors.zeros(ScalarType.Float, values, shape());
        addGradient(whole.index_add_(0, rows, values));
    }

    @Override
    public void close() {
        direction.close();
        magnitude.close();
        squares.close();
    }
}
