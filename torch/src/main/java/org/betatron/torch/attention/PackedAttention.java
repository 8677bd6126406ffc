package org.betatron.torch.attention;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Attention over a [PackedBatch]: a prompt sees itself, a response sees its prompt and itself, nothing else, and no
/// more of that than a layer's window.
///
/// Lives in the scope that made it: masks are made once per batch and shared by all layers with the same window.
final class PackedAttention implements Attention {

    private final PackedBatch batch;
    private final ScalarType type;
    private final long[] segmentLengths; // prompt, its responses, next prompt, ...
    private final Map<Hiding, Tensor> masks = new HashMap<>();

    /// What a mask depends on.
    ///
    /// @param past    keys before the first query's own
    /// @param queries how many
    /// @param window  of the layer; all windows that leave nothing out are one
    private record Hiding(long past, long queries, int window) {

        static Hiding of(AttentionSpec spec, long past, long queries) {
            return new Hiding(past, queries, spec.isNarrowerThan(past + queries) ? spec.window() : AttentionSpec.WHOLE);
        }

        boolean isPlain() {
            return past == 0 && window == AttentionSpec.WHOLE;
        }
    }

    /// @param batch  the batch
    /// @param layers attention of each layer
    /// @param type   number format that it computes in
    /// @param beside a tensor of the device of queries, keys and values
    PackedAttention(PackedBatch batch, List<AttentionSpec> layers, ScalarType type, Tensor beside) {
        this.batch = batch;
        this.type = type;
        segmentLengths = new long[batch.numGroups() + batch.numResponses()];
        int segment = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            long promptLength = batch.promptLength(group);
            segmentLengths[segment++] = promptLength;
            layers.forEach(spec -> addMask(spec, 0, promptLength, beside));
            for (int i = 0; i < batch.numResponses(group); i++) {
                long responseLength = batch.responseLength(batch.firstResponse(group) + i);
                segmentLengths[segment++] = responseLength;
                layers.forEach(spec -> addMask(spec, promptLength, responseLength, beside));
            }
        }
    }

    private void addMask(AttentionSpec spec, long past, long queries, Tensor beside) {
        Hiding hiding = Hiding.of(spec, past, queries);
        if (!hiding.isPlain()) {
            masks.computeIfAbsent(hiding, _ -> SoftmaxAttention.mask(spec, past, queries, type, beside));
        }
    }

    private @Nullable Tensor mask(AttentionSpec spec, long past, long queries) {
        return masks.get(Hiding.of(spec, past, queries));
    }

    @Override
    public Tensor attend(int layer, AttentionSpec spec, Tensor queries, Tensor keys, Tensor values) {
        List<Tensor> q = Tensors.split(queries.to(type), 0, segmentLengths);
        List<Tensor> k = Tensors.split(keys.to(type), 0, segmentLengths);
        List<Tensor> v = Tensors.split(values.to(type), 0, segmentLengths);
        Tensor[] out = new Tensor[segmentLengths.length];
        int segment = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            long promptLength = segmentLengths[segment];
            Tensor promptKeys = k.get(segment);
            Tensor promptValues = v.get(segment);
            out[segment] = SoftmaxAttention.ofSegment(
                    spec, q.get(segment), promptKeys, promptValues, mask(spec, 0, promptLength));
            segment++;
            for (int i = 0; i < batch.numResponses(group); i++, segment++) {
                out[segment] = SoftmaxAttention.ofSegment(
                        spec,
                        q.get(segment),
                        Tensors.cat(0, promptKeys, k.get(segment)),
                        Tensors.cat(0, promptValues, v.get(segment)),
                        mask(spec, promptLength, segmentLengths[segment]));
            }
        }
        return Tensors.cat(0, out);
    }
}
