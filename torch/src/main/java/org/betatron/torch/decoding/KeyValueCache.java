package org.betatron.torch.decoding;

import java.util.SortedMap;
import java.util.TreeMap;

/// Keys and values of all sequences of a decoder, in pools by length.
///
/// A sequence moves to the next pool when it outgrows its place. So the place that attention reads
/// depends on the sequence's own length only: it computes the same numbers in any company, and no
/// sequence pays for a much longer one.
final class KeyValueCache implements AutoCloseable {

    /// Small enough that a short answer wastes little, large enough that moving, one copy of the whole
    /// sequence per 64 tokens, costs far less than the 64 times that attention reads it in between.
    private static final int PLACE_TOKENS = 64;

    /// Most prompts and answers of small models are shorter still.
    private static final int SMALLEST_PLACE_TOKENS = 32;

    private final KeyValueShape shape;
    private final SortedMap<Integer, KeyValuePool> pools = new TreeMap<>();

    KeyValueCache(KeyValueShape shape) {
        this.shape = shape;
    }

    /// Makes room for a sequence's next tokens.
    ///
    /// @param tokens how many it will hold
    void reserve(CachedSequence sequence, int tokens) {
        KeyValuePool pool = sequence.pool();
        if (pool == null) {
            pool(tokens).add(sequence, sequence);
        } else if (tokens > pool.capacity()) {
            int slot = sequence.slot();
            pool(tokens).add(sequence, sequence);
            pool.remove(slot);
        }
    }

    /// @return a new sequence that holds what another one does
    CachedSequence fork(CachedSequence sequence) {
        CachedSequence copy = new CachedSequence();
        copy.length(sequence.length());
        KeyValuePool pool = sequence.pool();
        if (pool != null) {
            pool.add(copy, sequence);
        }
        return copy;
    }

    /// Forgets a sequence.
    void remove(CachedSequence sequence) {
        KeyValuePool pool = sequence.pool();
        if (pool != null) {
            pool.remove(sequence.slot());
            sequence.pool(null);
        }
    }

    private KeyValuePool pool(int tokens) {
        int capacity = tokens <= SMALLEST_PLACE_TOKENS
                ? SMALLEST_PLACE_TOKENS
                : Math.ceilDiv(tokens, PLACE_TOKENS) * PLACE_TOKENS;
        return pools.computeIfAbsent(capacity, size -> new KeyValuePool(shape, size));
    }

    @Override
    public void close() {
        pools.values().forEach(KeyValuePool::close);
        pools.clear();
    }
}
