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

/// A weight that stays as it is and a product of two small matrices beside it, `W + s B A` (LoRA, Hu et al. 2021,
/// arXiv 2106.09685).
///
/// @param base  `[out, in]`, of any form, which does not train; owned
/// @param up    B, float32 `[out, r]`, a leaf; owned
/// @param down  A, float32 `[r, in]`, a leaf; owned
/// @param scale s
public record LowRankWeight(Weight base, Owned up, Owned down, double scale) implements Weight {

    /// What PEFT calls B and A.
    public static final String UP = "lora_B";

    public static final String DOWN = "lora_A";

    /// @param base `x W'`
    /// @param rows what the small matrices get of their input; null for all
    private record Sum(
            Products products,
            Matrix base,
            Tensor up,
            Tensor down,
            double scale,
            @Nullable DroppedWeight rows) implements Matrix {

        @Override
        public Tensor product(Tensor input, @Nullable Tensor added) {
            Tensor small = products.product(rows == null ? input : rows.rest(input), down, null); // [T, r]
            return plus(base.product(input, added), small, products.cast(up).t());
        }

        @Override
        public Tensor back(Tensor derivative) {
            Tensor small = products.back(derivative, up); // [T, r]
            if (rows != null) {
                return base.back(derivative)
                        .add_(rows.rest(torch.matmul(small, products.cast(down))), new Scalar(scale));
            }
            return plus(base.back(derivative), small, products.cast(down));
        }

        /// @param sum used by nobody else, and not needed for a derivative: written into
        private Tensor plus(Tensor sum, Tensor left, Tensor right) {
            return sum.addmm_(left, right, new Scalar(1.0), new Scalar(scale));
        }
    }

    /// This weight moved towards another one, `B A` becoming `(1 - share) B A + share B' A'`: the
    /// matrices of both side by side, or their product where it has fewer columns. The base passes
    /// over to the result, and this weight is closed but for it.
    ///
    /// @param other on the same base, with the same scale
    /// @param share in (0, 1]
    /// @return the new weight
    public LowRankWeight towards(LowRankWeight other, double share) {
        List<Owned> moved = Memory.withoutGradient(() -> Memory.keepAll("reference's adapter", () -> {
            Tensor left = other.up.tensor().mul(Tensors.scalar(share));
            Tensor right = other.down.tensor();
            if (share == 1) {
                return List.of(left, right.clone());
            }
            Tensor ups = Tensors.cat(1, up.tensor().mul(Tensors.scalar(1 - share)), left);
            Tensor downs = Tensors.cat(0, down.tensor(), right);
            long[] shape = shape();
            if (ups.size(1) <= Math.min(shape[0], shape[1])) {
                return List.of(ups, downs);
            }
            Tensor sum = torch.matmul(ups, downs);
            return shape[1] <= shape[0] ? List.of(sum, identity(sum, shape[1])) : List.of(identity(sum, shape[0]), sum);
        }));
        up.close();
        down.close();
        return new LowRankWeight(base, moved.getFirst(), moved.getLast(), scale);
    }

    private static Tensor identity(Tensor beside, long size) {
        Tensor identity = Tensors.zeros(ScalarType.Float, beside, size, size);
        identity.fill_diagonal_(Tensors.scalar(1), false);
        return identity;
    }

    /// @return a copy of what trains on the same base, which is lent
    public LowRankWeight copy() {
        return new LowRankWeight(FrozenWeight.lent(base), copyOf(up), copyOf(down), scale);
    }

    static Owned copyOf(Owned tensor) {
        return Memory.withoutGradient(
                () -> Memory.keep("copy of a reference", () -> tensor.tensor().clone()));
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
        leaves.put(DOWN, down.tensor());
        leaves.put(UP, up.tensor());
        return leaves;
    }

    @Override
    public Products products() {
        return base.products();
    }

    @Override
    public Tensor values() {
        return Tensors.toFloat(base.values()).add(torch.matmul(up.tensor(), down.tensor()), new Scalar(scale));
    }

    @Override
    public Matrix matrix() {
        return sum(up.tensor(), down.tensor(), null);
    }

    @Override
    public Matrix constant() {
        return sum(up.tensor().detach(), down.tensor().detach(), null);
    }

    /// @param rows what the small matrices get of their input
    Matrix matrix(DroppedWeight rows) {
        return sum(up.tensor(), down.tensor(), rows);
    }

    /// @param rows what the small matrices get of their input
    Matrix constant(DroppedWeight rows) {
        return sum(up.tensor().detach(), down.tensor().detach(), rows);
    }

    private Matrix sum(Tensor ofUp, Tensor ofDown, @Nullable DroppedWeight rows) {
        double factor = rows == null ? scale : scale * rows.factor();
        return new Sum(products(), base.constant(), ofUp, ofDown, factor, rows);
    }

    @Override
    public Tensor rows(Tensor indices) {
        return base.rows(indices)
                .add(
                        torch.matmul(
                                up.tensor().detach().index_select(0, indices),
                                down.tensor().detach()),
                        new Scalar(scale));
    }

    @Override
    public void addGradient(Tensor gradient) {
        Tensor scaled = Tensors.toFloat(gradient).mul(new Scalar(scale));
        Gradients.add(up.tensor(), torch.matmul(scaled, down.tensor().detach().t()));
        Gradients.add(down.tensor(), torch.matmul(up.tensor().detach().t(), scaled));
    }

    @Override
    public void addProduct(Tensor derivative, Tensor input, double factor) {
        Products products = products();
        Tensor seen = products.product(input, down.tensor().detach(), null); // [T, r]
        Gradients.addProduct(up.tensor(), products.cast(derivative).t(), seen, factor * scale);
        Tensor back = products.back(derivative, up.tensor().detach()); // [T, r]
        Gradients.addProduct(down.tensor(), back.t(), products.cast(input), factor * scale);
    }

    @Override
    public void addToRows(Tensor rows, Tensor values) {
        Tensor scaled = values.mul(new Scalar(scale));
        Gradients.addToRows(
                up.tensor(), rows, torch.matmul(scaled, down.tensor().detach().t()));
        Gradients.add(
                down.tensor(),
                torch.matmul(up.tensor().detach().index_select(0, rows).t(), scaled));
    }

    @Override
    public void close() {
        base.close();
        up.close();
        down.close();
    }
}
