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

    /// Sends each rank its row, and receives one of each.
    ///
    /// ```text
    /// received[r] on rank s  =  sent[s] on rank r
    /// ```
    ///
    /// @param received float32 `[size, n]` in the processor's memory, contiguous; overwritten
    /// @param sent     likewise, of the same `n` on every rank
    /// @throws org.betatron.core.rank.RankException if a rank is gone, or does not answer in time
    void exchange(Tensor received, Tensor sent);
}
