package org.betatron.torch.attention;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Attention over a [PackedBatch]: a prompt sees itself, a response sees its prompt and itself, nothing else.
///
/// Lives in the scope that made it: masks are made once per batch and shared by all layers.
public final class PackedAttention implements Attention {

    private final PackedBatch batch;
    private final ScalarType type;
    private final long[] segmentLengths; // prompt, its responses, next prompt, ...
    private final Map<Long, Tensor> masks = new HashMap<>();

    /// @param batch  the batch
    /// @param type   number format that it computes in
    /// @param beside a tensor of the device of queries, keys and values
    public PackedAttention(PackedBatch batch, ScalarType type, Tensor beside) {
        this.batch = batch;
        this.type = type;
        segmentLengths = new long[batch.numGroups() + batch.numResponses()];
        int segment = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            segmentLengths[segment++] = batch.promptLength(group);
            for (int i = 0; i < batch.numResponses(group); i++) {
                long promptLength = batch.promptLength(group);
                long responseLength = batch.responseLength(batch.firstResponse(group) + i);
                segmentLengths[segment++] = responseLength;
                masks.computeIfAbsent(
                        key(promptLength, responseLength),
                        _ -> bottomRightCausal(promptLength, responseLength, type, beside));
            }
        }
    }

    @Override
    public Tensor attend(int layer, Tensor queries, Tensor keys, Tensor values) {
        List<Tensor> q = Tensors.split(queries.to(type), 0, segmentLengths);
        List<Tensor> k = Tensors.split(keys.to(type), 0, segmentLengths);
        List<Tensor> v = Tensors.split(values.to(type), 0, segmentLengths);
        Tensor[] out = new Tensor[segmentLengths.length];
        int segment = 0;
        for (int group = 0; group < batch.numGroups(); group++) {
            Tensor promptKeys = k.get(segment);
            Tensor promptValues = v.get(segment);
            out[segment] = Attention.segment(q.get(segment), promptKeys, promptValues, null, true);
            segment++;
            for (int i = 0; i < batch.numResponses(group); i++, segment++) {
                out[segment] = Attention.segment(
                        q.get(segment),
                        Tensors.cat(0, promptKeys, k.get(segment)),
                        Tensors.cat(0, promptValues, v.get(segment)),
                        masks.get(key(batch.promptLength(group), segmentLengths[segment])),
                        false);
            }
        }
        return Tensors.cat(0, out);
    }

    private static long key(long promptLength, long responseLength) {
        return (promptLength << 32) | responseLength;
    }

    /// @param beside a tensor of the wanted device
    /// @return `[queries, past + queries]`: 0 where query i may see key j, that is `j <= past + i`,
    ///     else -infinity
    public static Tensor bottomRightCausal(long past, long queries, ScalarType type, Tensor beside) {
        return torch.triu(
                Tensors.empty(type, beside, queries, past + queries).fill_(Tensors.scalar(Double.NEGATIVE_INFINITY)),
                past + 1);
    }
}
