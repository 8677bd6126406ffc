package org.betatron.torch.rank;

import java.util.List;
import org.betatron.core.rank.Ranks;
import org.bytedeco.pytorch.Tensor;

/// Ranks that can exchange tensors.
public interface TensorRanks extends Ranks {

    /// One process by itself.
    TensorRanks ALONE = new TensorRanks() {
        @Override
        public int rank() {
            return Ranks.ALONE.rank();
        }

        @Override
        public int size() {
            return Ranks.ALONE.size();
        }

        @Override
        public List<byte[]> gather(byte[] own) {
            return Ranks.ALONE.gather(own);
        }

        @Override
        public void reached(String place) {}

        @Override
        public void exchange(Tensor received, Tensor sent) {
            received.copy_(sent);
        }
    };

    /// Counts the time of work in which this rank does nothing but exchange.
    default void exchanging(Runnable work) {
        work.run();
    }

    /// Sends each rank its row, and receives one of each.
    ///
    /// ```text
    /// received[r] on rank s  =  sent[s] on rank r
    /// ```
    ///
    /// One call at a time, in the same order on every rank, from any thread: also while another one
    /// gathers.
    ///
    /// @param received float32 `[size, n]` in the processor's memory, contiguous; overwritten
    /// @param sent     likewise, of the same `n` on every rank
    /// @throws org.betatron.core.rank.RankException if a rank is gone, or does not answer in time
    void exchange(Tensor received, Tensor sent);
}
