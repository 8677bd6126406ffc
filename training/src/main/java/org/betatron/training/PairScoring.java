package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.model.ResponseModel;
import org.betatron.data.LabelledRow;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.training.reference.Reference;

/// Measures rows under a model, some in memory at a time.
///
/// @param alignment    its objective and beta_0 are used
/// @param reference    what the policy is compared with; a cached one is of the rows that are measured
/// @param packing      how rows go through the model
public record PairScoring(Alignment alignment, Reference reference, Packing packing) {

    public PairScoring {
        PreferenceBatch.requireReference(alignment.objective().inputs(), reference);
    }

    /// @param rows     at least one
    /// @param progress hears how many rows are done, after every part
    /// @return measurements in the order of the rows
    public List<PairMeasurement> measure(
            ResponseModel model, List<? extends LabelledRow<?>> rows, IntConsumer progress) {
        RequiredInputs inputs = alignment.objective().inputs();
        List<PairMeasurement> measurements = new ArrayList<>(rows.size());
        for (RowBatch window : RowBatch.windows(rows, packing)) {
            int from = measurements.size();
            BatchLogProbs logProbs = window.score(
                    model, PreferenceBatch.request(inputs, reference), (_, done) -> progress.accept(from + done));
            PairLogProbs pairs = new PreferenceBatch(inputs, rows, reference, logProbs).quantities(false);
            measurements.addAll(PairMeasurement.of(
                    alignment,
                    rows.subList(from, from + window.size()),
                    pairs,
                    alignment.evaluate(pairs, AlignmentState.START)));
        }
        return measurements;
    }
}
