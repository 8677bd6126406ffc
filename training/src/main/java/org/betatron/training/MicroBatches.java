package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.BatchLimit;
import org.betatron.data.TokenizedRow;

/// Cuts chosen rows of a data set into packed micro-batches.
///
/// @param data  the data set
/// @param limit most of a micro-batch
record MicroBatches(List<? extends TokenizedRow> data, BatchLimit limit) {

    /// @param rows numbers of rows in the data set
    /// @return consecutive parts of the rows, in order; each is made when it is asked for
    Iterable<PackedBatch> pack(int[] rows) {
        return limit.pack(IntStream.of(rows).mapToObj(data::get).toList());
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
