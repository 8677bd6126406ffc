package org.betatron.torch.architecture;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.linear.LinearRun;
import org.betatron.torch.linear.Made;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NormPart;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Runs the parts of a layer over the rows of one batch. All results belong to the current scope.
///
/// `T` rows, `N` rows that are asked for.
///
/// @param weights   of the model, lent
/// @param maps      how affine maps are run
/// @param layers    attention of each layer
/// @param attention which rows see which
/// @param rotations of these rows
/// @param rows      those that are asked for, int64 `[N]`, or null for all; others are computed only as far as these
///     see them
public record LayerRun(
        Parameters weights,
        LinearRun maps,
        List<AttentionSpec> layers,
        Attention attention,
        Map<RotarySpec, Rotation> rotations,
        @Nullable Tensor rows) {

    /// @param input `[T, in]`
    /// @return `[T, out]`
    public Tensor linear(LinearPart part, Made input) {
        return maps.run(part, input);
    }

    /// @param input `[..., width]`
    /// @return normalised, and how to do it again
    public Made norm(NormPart part, Tensor input) {
        return Made.by(entering -> normed(part, entering), input);
    }

    /// @param anyInput `[..., width]`
    /// @return normalised, in float32
    public Tensor normed(NormPart part, Tensor anyInput) {
        Tensor input = Tensors.toFloat(anyInput);
        long[] width = {part.width()};
        Tensor factors = weights.get(part.weight()).values();
        TensorOptional weight = new TensorOptional(factors);
        return switch (part.kind()) {
            case ROOT_MEAN_SQUARE -> torch.rms_norm(input, width, weight, new DoubleOptional(part.epsilon()));
            case ROOT_MEAN_SQUARE_FROM_ONE ->
                torch.rms_norm(
                        input,
                        width,
                        new TensorOptional(factors.add(Tensors.scalar(1))),
                        new DoubleOptional(part.epsilon()));
            case LAYER ->
                torch.layer_norm(
                        input,
                        width,
                        weight,
                        new TensorOptional(weights.get(part.bias()).values()),
                        part.epsilon(),
                        false);
        };
    }

    /// @param layer   number of the layer, from 0
    /// @param queries `[T, H, D]`
    /// @param keys    `[T, K, D]`
    /// @param values  `[T, K, D]`
    /// @return what the rows that are asked for see, `[N, H * D]`
    public Made attend(int layer, Tensor queries, Tensor keys, Tensor values) {
        AttentionSpec spec = layers.get(layer);
        Rotation rotation = Objects.requireNonNull(rotations.get(spec.rotary()));
        return Made.kept(select(attention.attend(layer, spec, rotation.apply(queries), rotation.apply(keys), values)));
    }

    /// @param tensor `[T, ...]`
    /// @return the rows that are asked for, `[N, ...]`
    public Tensor select(Tensor tensor) {
        return rows == null ? tensor : tensor.index_select(0, rows);
    }
}
