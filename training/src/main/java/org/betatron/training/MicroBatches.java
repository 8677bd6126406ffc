package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.TokenizedRow;

/// Cuts chosen rows of a data set into packed micro-batches.
///
/// @param data the data set
/// @param size most rows of a micro-batch, ≥ 1
record MicroBatches(List<? extends TokenizedRow> data, int size) {

    /// @param rows numbers of rows in the data set, at least one
    /// @return consecutive parts of the rows, in order
    List<PackedBatch> pack(int[] rows) {
        List<PackedBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows.length; from += size) {
            PackedBatch.Builder builder = PackedBatch.builder();
            for (int i = from; i < Math.min(rows.length, from + size); i++) {
                data.get(rows[i]).addTo(builder);
            }
            batches.add(builder.build());
        }
        return batches;
    }

    /// @param request what is wanted beside log-probabilities
    /// @return numbers of the rows, with nothing kept for a backward pass
    BatchLogProbs score(ResponseModel model, int[] rows, VocabularyRequest request) {
        List<TokenLogProbs> parts = new ArrayList<>();
        for (PackedBatch batch : pack(rows)) {
            parts.add(model.score(batch, request));
        }
        return new BatchLogProbs(rows, parts);
    }

    /// @return tokens that a model computes for the rows
    long numTokens(int[] rows) {
        long count = 0;
        for (int row : rows) {
            count += data.get(row).numTokens();
        }
        return count;
    }
}
