package org.betatron.data.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes the ids of a data set unique: an id that occurred before gets a suffix.
///
/// Remembers 64 bits of each id, outside the heap: 16 bytes per slot, of which at least a quarter
/// is free. Should two ids share their 64 bits (for a million ids, once in 40 million data sets),
/// the second gets a suffix that it does not need; ids stay unique in any case. To be used by one
/// thread; [#close] frees the memory.
public final class UniqueIds implements AutoCloseable {

    private static final long FIRST_SLOTS = 1 << 10;
    private static final long SLOT_BYTES = 2 * Long.BYTES;

    private Arena arena = Arena.ofConfined();
    private MemorySegment slots = arena.allocate(FIRST_SLOTS * SLOT_BYTES);
    private long numSlots = FIRST_SLOTS;
    private long numUsed;
    private int numRenamed;

    /// @return the id, else the first of `id#2`, `id#3`, ... that did not occur
    public String unique(String id) {
        if (add(id)) {
            return id;
        }
        // All suffixes up to the last one are taken, so they are not tried again.
        long suffix = Math.max(1, lastSuffix(id));
        String renamed;
        do {
            suffix++;
            renamed = id + "#" + suffix;
        } while (!add(renamed));
        slots.set(ScratchFile.LONG, find(slots, numSlots, hash(id)) + Long.BYTES, suffix);
        numRenamed++;
        return renamed;
    }

    /// @return how many ids got a suffix
    public int numRenamed() {
        return numRenamed;
    }

    @Override
    public void close() {
        arena.close();
    }

    private boolean add(String id) {
        if (numUsed >= numSlots / 4 * 3) {
            grow();
        }
        long hash = hash(id);
        long slot = find(slots, numSlots, hash);
        if (slots.get(ScratchFile.LONG, slot) == hash) {
            return false;
        }
        slots.set(ScratchFile.LONG, slot, hash);
        numUsed++;
        return true;
    }

    private long lastSuffix(String id) {
        return slots.get(ScratchFile.LONG, find(slots, numSlots, hash(id)) + Long.BYTES);
    }

    /// @return offset of the slot that holds the hash, else of the free one where it belongs
    private static long find(MemorySegment slots, long numSlots, long hash) {
        long slot = hash & (numSlots - 1);
        while (true) {
            long held = slots.get(ScratchFile.LONG, slot * SLOT_BYTES);
            if (held == hash || held == 0) {
                return slot * SLOT_BYTES;
            }
            slot = (slot + 1) & (numSlots - 1);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // closed by the next growth, or with the set
    private void grow() {
        Arena larger = Arena.ofConfined();
        MemorySegment copy = larger.allocate(2 * numSlots * SLOT_BYTES);
        for (long from = 0; from < numSlots * SLOT_BYTES; from += SLOT_BYTES) {
            long hash = slots.get(ScratchFile.LONG, from);
            if (hash != 0) {
                MemorySegment.copy(slots, from, copy, find(copy, 2 * numSlots, hash), SLOT_BYTES);
            }
        }
        arena.close();
        arena = larger;
        slots = copy;
        numSlots *= 2;
    }

    /// FNV-1a over the chars, then the finalizer of MurmurHash3, so that low bits depend on all
    /// chars; never 0, which marks a free slot.
    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
