package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// Keys and values of sequences of about the same length, in places of the same size, without a hole
/// between them: attention reads all of them as one tensor.
///
/// `S` places, `C` tokens of a place, `K` key-value heads, `D` dimensions of a head.
final class KeyValuePool implements AutoCloseable {

    private final KeyValueShape shape;
    private final int capacity;
    private final List<CachedSequence> sequences = new ArrayList<>(); // by slot
    private List<Owned> layers = List.of(); // keys of layer 0, values of layer 0, keys of layer 1, ...: [S, C, K, D]
    private int numPlaces;

    KeyValuePool(KeyValueShape shape, int capacity) {
        this.shape = shape;
        this.capacity = capacity;
    }

    int capacity() {
        return capacity;
    }

    /// @return the sequences by slot, lent
    List<CachedSequence> sequences() {
        return sequences;
    }

    /// @return keys of the sequences by slot, `[sequences, C, K, D]`, a view
    Tensor keys(int layer) {
        return layers.get(2 * layer).tensor().narrow(0, 0, sequences.size());
    }

    /// @return values of the sequences by slot, `[sequences, C, K, D]`, a view
    Tensor values(int layer) {
        return layers.get(2 * layer + 1).tensor().narrow(0, 0, sequences.size());
    }

    /// Writes keys and values of new tokens.
    ///
    /// @param places place of each row, `slot * C + position`, int64 `[T]`
    /// @param keys   `[T, K, D]`
    /// @param values `[T, K, D]`
    void write(int layer, Tensor places, Tensor keys, Tensor values) {
        flat(2 * layer).index_copy_(0, places, keys);
        flat(2 * layer + 1).index_copy_(0, places, values);
    }

    private Tensor flat(int index) {
        return layers.get(index).tensor().view(shape.of(index / 2, (long) numPlaces * capacity));
    }

    /// Gives a sequence a place, and brings along what it holds elsewhere.
    ///
    /// @param sequence the newcomer, in no pool
    /// @param from     where its keys and values are, another one or the same before it moved; may be in no pool
    void add(CachedSequence sequence, CachedSequence from) {
        if (sequences.size() == numPlaces) {
            grow();
        }
        KeyValuePool source = from.pool();
        int fromSlot = from.slot();
        sequence.slot(sequences.size());
        sequence.pool(this);
        sequences.add(sequence);
        if (source != null) {
            copy(source, fromSlot, sequence.slot(), from.length());
        }
    }

    private void copy(KeyValuePool source, int fromSlot, int toSlot, long length) {
        Memory.run(() -> {
            for (int i = 0; i < layers.size(); i++) {
                Tensor to = layers.get(i).tensor().select(0, toSlot).narrow(0, 0, length);
                to.copy_(source.layers.get(i).tensor().select(0, fromSlot).narrow(0, 0, length));
            }
        });
    }

    /// Frees the place in a slot; the last sequence moves into it.
    void remove(int slot) {
        CachedSequence last = sequences.removeLast();
        if (slot < sequences.size()) {
            copy(this, last.slot(), slot, last.length());
            last.slot(slot);
            sequences.set(slot, last);
        }
        if (sequences.isEmpty()) {
            close();
        }
    }

    private void grow() {
        int places = Math.max(1, 2 * numPlaces);
        List<Owned> grown = new ArrayList<>();
        for (int i = 0; i < 2 * shape.layers().size(); i++) {
            int index = i;
            // Zeros and not just memory: attention multiplies unused places by 0, and NaN would survive that.
            grown.add(Memory.keep("key-value cache", () -> {
                Tensor larger = Tensors.zeros(shape.type(), shape.beside(), shape.of(index / 2, places, capacity));
                if (numPlaces > 0) {
                    larger.narrow(0, 0, numPlaces).copy_(layers.get(index).tensor());
                }
                return larger;
            }));
        }
        layers.forEach(Owned::close);
        layers = grown;
        numPlaces = places;
    }

    @Override
    public void close() {
        layers.forEach(Owned::close);
        layers = List.of();
        numPlaces = 0;
    }
}
