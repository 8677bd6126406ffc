package org.betatron.core.rank;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The processes that make one update together, as one of them sees them.
///
/// Each has a number, its rank. They do not exchange what they have decided: every rank gathers
/// what all have measured and decides the same. All ranks make the same calls in the same order; a
/// call returns when every rank has made it.
///
/// One thread at a time.
public interface Ranks {

    /// One process by itself.
    Ranks ALONE = new Ranks() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public List<byte[]> gather(byte[] own) {
            return List.of(own);
        }

        @Override
        public void reached(String place) {}
    };

    /// @return number of this process, in `0 .. size - 1`; the first one writes files
    int rank();

    /// @return number of processes, ≥ 1
    int size();

    /// @return how many of them share this machine, ≥ 1
    default int sizeHere() {
        return 1;
    }

    /// @param own what this rank has; ranks may have more or less of it
    /// @return what each rank has, in the order of ranks: the same on all
    /// @throws RankException if a rank is gone, or does not answer in time
    List<byte[]> gather(byte[] own);

    /// Says where this rank is, which others are told if it is never heard of again.
    ///
    /// @param place in words, for example `step 12`
    void reached(String place);

    /// Says why this rank gives up, so that the others know when they wait for it in vain.
    ///
    /// @param why one line
    default void failed(String why) {}

    /// @return how long this rank has stood still since it began, because others were not there
    ///     yet; seconds
    default double secondsWaited() {
        return 0;
    }

    /// @return how long it took to exchange gradients and weights, seconds
    default double secondsExchanging() {
        return 0;
    }

    /// @return whether this rank writes files
    default boolean isFirst() {
        return rank() == 0;
    }

    /// @return whether there are others
    default boolean areSeveral() {
        return size() > 1;
    }

    /// @return the number that each rank has, in the order of ranks
    default double[] gather(double own) {
        if (!areSeveral()) {
            return new double[] {own};
        }
        return gather(ByteBuffer.allocate(Double.BYTES).putDouble(own).array()).stream()
                .mapToDouble(bytes -> ByteBuffer.wrap(bytes).getDouble())
                .toArray();
    }

    /// @return whether it is so on any rank
    default boolean any(boolean own) {
        boolean any = false;
        for (double flag : gather(own ? 1 : 0)) {
            any |= flag != 0;
        }
        return any;
    }

    /// Compares something that all ranks must have alike.
    ///
    /// @param what   what it is, for the message
    /// @param own    what this rank has
    /// @param remedy what to do where they differ
    /// @throws RankException on every rank, if one has something else than the first
    default void agree(String what, String own, String remedy) {
        List<byte[]> all = gather(own.getBytes(StandardCharsets.UTF_8));
        String first = new String(all.getFirst(), StandardCharsets.UTF_8);
        for (int rank = 1; rank < all.size(); rank++) {
            String other = new String(all.get(rank), StandardCharsets.UTF_8);
            if (!other.equals(first)) {
                throw new RankException(
                        what + " of rank " + rank + " is '" + other + "', that of rank 0 '" + first + "': " + remedy);
            }
        }
    }
}
