package org.betatron.torch.decoding;

import org.jspecify.annotations.Nullable;

/// A sequence being decoded, and where its keys and values lie. Written by [KeyValueCache] and
/// [KeyValuePool] only.
final class CachedSequence {

    private int length;
    private int slot;
    private @Nullable KeyValuePool pool;

    /// @return tokens whose keys and values are kept
    int length() {
        return length;
    }

    void length(int tokens) {
        length = tokens;
    }

    /// @return place in the pool, meaningful while there is one
    int slot() {
        return slot;
    }

    void slot(int place) {
        slot = place;
    }

    /// @return the pool that holds the sequence, null before its first token
    @Nullable
    KeyValuePool pool() {
        return pool;
    }

    void pool(@Nullable KeyValuePool holder) {
        pool = holder;
    }
}
