package org.betatron.torch.head;

import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;

/// Which rows of a batch a head takes.
public interface AskedRows {

    /// Those that predict a response token.
    AskedRows PREDICTORS = new AskedRows() {
        @Override
        public int[] of(PackedBatch batch) {
            return batch.predictorRows();
        }

        @Override
        public int count(PackedBatch batch, int response) {
            return batch.responseLength(response);
        }

        @Override
        public int[] tokens(PackedBatch batch) {
            return IntStream.range(0, batch.numResponseTokens()).toArray();
        }
    };

    /// @return the rows, `[N]`, response after response
    int[] of(PackedBatch batch);

    /// @return how many of them belong to a response
    int count(PackedBatch batch, int response);

    /// @return for each of the rows the response token whose number is computed from it, `[N]`
    int[] tokens(PackedBatch batch);
}
