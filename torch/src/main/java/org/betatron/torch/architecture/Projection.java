package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.linear.Made;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NormPart;
import org.betatron.torch.weight.Parts;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// What makes queries, keys and values: three maps or one, and norms of queries and keys.
///
/// `T` rows, `H` query heads, `K` key-value heads, `D` dimensions of a head.
///
/// @param shape     of the model
/// @param maps      of queries, keys and values; or one of all three
/// @param queryNorm of each head or of all together, or none
/// @param keyNorm   the same of keys
record Projection(
        Shape shape,
        List<LinearPart> maps,
        @Nullable NormPart queryNorm,
        @Nullable NormPart keyNorm) {

    /// @param queries `[T, H, D]`
    /// @param keys    `[T, K, D]`
    /// @param values  `[T, K, D]`
    record Heads(Tensor queries, Tensor keys, Tensor values) {}

    static Projection of(Shape shape, LayerSpec layer, Parts parts) {
        long e = shape.hiddenSize();
        boolean bias = layer.biases().queryKeyValue();
        List<LinearPart> maps = layer.fused()
                ? List.of(parts.linear("self_attn.qkv_proj", shape.queryWidth() + 2 * shape.keyWidth(), e, bias))
                : List.of(
                        parts.linear("self_attn.q_proj", shape.queryWidth(), e, bias),
                        parts.linear("self_attn.k_proj", shape.keyWidth(), e, bias),
                        parts.linear("self_attn.v_proj", shape.keyWidth(), e, bias));
        if (layer.queryKeyNorm() == QueryKeyNorm.NONE) {
            return new Projection(shape, maps, null, null);
        }
        boolean ofHeads = layer.queryKeyNorm() == QueryKeyNorm.OF_HEADS;
        return new Projection(
                shape,
                maps,
                norm(parts, layer, "self_attn.q_norm", ofHeads ? shape.headDim() : shape.queryWidth()),
                norm(parts, layer, "self_attn.k_norm", ofHeads ? shape.headDim() : shape.keyWidth()));
    }

    private static NormPart norm(Parts parts, LayerSpec layer, String name, long width) {
        return parts.norm(
                name, width, layer.norm(), layer.normEpsilon(), layer.norm().start());
    }

    /// @param input `[T, E]`
    Heads of(Made input, LayerRun run) {
        List<Tensor> flat = maps.size() == 1
                ? split(run.linear(maps.getFirst(), input))
                : maps.stream().map(map -> run.linear(map, input)).toList(); // [T, H * D], 2 of [T, K * D]
        return new Heads(normed(queryNorm, flat.get(0), run), normed(keyNorm, flat.get(1), run), heads(flat.get(2)));
    }

    /// Values are a copy, or the graph would keep all three parts alive for the sake of this one.
    private List<Tensor> split(Tensor fused) {
        List<Tensor> parts = Tensors.split(fused, 1, shape.queryWidth(), shape.keyWidth(), shape.keyWidth());
        return List.of(parts.get(0), parts.get(1), parts.get(2).contiguous());
    }

    private Tensor normed(@Nullable NormPart norm, Tensor flat, LayerRun run) {
        if (norm == null) {
            return heads(flat);
        }
        return norm.width() == shape.headDim() ? run.normed(norm, heads(flat)) : heads(run.normed(norm, flat));
    }

    private Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, shape.headDim());
    }
}
