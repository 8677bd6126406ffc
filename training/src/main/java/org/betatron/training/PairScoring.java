package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.model.ResponseModel;
import org.betatron.data.BatchLimit;
import org.betatron.data.LabelledRow;
import org.betatron.training.reference.Reference;

/// Measures rows under a model, a batch at a time.
///
/// @param alignment    its objective and beta_0 are used
/// @param reference    what the policy is compared with; a cached one is of the rows that are measured
/// @param limit        how much goes through the model at once
public record PairScoring(Alignment alignment, Reference reference, BatchLimit limit) {

    public PairScoring {
        PreferenceBatch.requireReference(alignment.objective().inputs(), reference);
    }

    /// @param rows     at least one
    /// @param progress hears how many rows are done, after every batch
    /// @return measurements in the order of the rows
    public List<PairMeasurement> measure(
            ResponseModel model, List<? extends LabelledRow<?>> rows, IntConsumer progress) {
        RequiredInputs inputs = alignment.objective().inputs();
        List<PairMeasurement> measurements = new ArrayList<>(rows.size());
        for (int from = 0; from < rows.size(); from += limit.rows()) {
            int to = Math.min(rows.size(), from + limit.rows());
            BatchLogProbs logProbs = new MicroBatches(rows, limit)
                    .score(model, IntStream.range(from, to).toArray(), PreferenceBatch.request(inputs, reference));
            PairLogProbs pairs = new PreferenceBatch(inputs, rows, reference, logProbs).quantities(false);
            measurements.addAll(PairMeasurement.of(
                    alignment, rows.subList(from, to), pairs, alignment.evaluate(pairs, AlignmentState.START)));
            progress.accept(to);
        }
        return measurements;
    }
}
