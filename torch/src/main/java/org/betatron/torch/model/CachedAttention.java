package org.betatron.torch.model;

import java.util.List;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Attention of one sequence that is decoded piece by piece; owns the keys and values of all earlier pieces.
final class CachedAttention implements Attention, AutoCloseable {

    private final @Nullable Owned[] keys;
    private final @Nullable Owned[] values;

    CachedAttention(int numLayers) {
        keys = new @Nullable Owned[numLayers];
        values = new @Nullable Owned[numLayers];
    }

    @Override
    public Tensor attend(int layer, Tensor queries, Tensor newKeys, Tensor newValues) {
        Owned pastKeys = keys[layer];
        Owned pastValues = values[layer];
        long past = pastKeys == null ? 0 : pastKeys.tensor().size(0);
        List<Owned> grown = Memory.keepAll(
                "key-value cache",
                () -> List.of(
                        pastKeys == null ? newKeys.clone() : Tensors.cat(0, pastKeys.tensor(), newKeys),
                        pastValues == null ? newValues.clone() : Tensors.cat(0, pastValues.tensor(), newValues)));
        closeLayer(layer);
        Owned allKeys = grown.get(0);
        Owned allValues = grown.get(1);
        keys[layer] = allKeys;
        values[layer] = allValues;
        long count = queries.size(0);
        boolean needsMask = past > 0 && count > 1;
        return Attention.segment(
                queries,
                allKeys.tensor(),
                allValues.tensor(),
                needsMask ? PackedAttention.bottomRightCausal(past, count, queries.scalar_type()) : null,
                past == 0 && count > 1);
    }

    private void closeLayer(int layer) {
        Owned oldKeys = keys[layer];
        Owned oldValues = values[layer];
        if (oldKeys != null && oldValues != null) {
            oldKeys.close();
            oldValues.close();
        }
    }

    @Override
    public void close() {
        for (int layer = 0; layer < keys.length; layer++) {
            closeLayer(layer);
            keys[layer] = null;
            values[layer] = null;
        }
    }
}
