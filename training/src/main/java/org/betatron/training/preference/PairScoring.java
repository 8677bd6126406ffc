package org.betatron.training.preference;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.MeasuredRows;
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

    /// Measures rows as the result is iterated, some at a time.
    ///
    /// @param rows     at least one
    /// @param progress hears how many rows have gone through the model
    /// @return measurements in the order of the rows
    public Iterable<List<PairMeasurement>> measure(
            LanguageModel model, List<? extends LabelledRow<?>> rows, IntConsumer progress) {
        RequiredInputs inputs = alignment.objective().inputs();
        Iterable<RowBatch> windows = RowBatch.windows(rows, packing);
        return () -> StreamSupport.stream(windows.spliterator(), false)
                .map(window -> measure(model, rows, inputs, window, progress))
                .iterator();
    }

    private List<PairMeasurement> measure(
            LanguageModel model,
            List<? extends LabelledRow<?>> rows,
            RequiredInputs inputs,
            RowBatch window,
            IntConsumer progress) {
        int from = window.row(0);
        BatchNumbers numbers = window.score(
                model.asking(PreferenceBatch.request(inputs, reference)), (_, done) -> progress.accept(from + done));
        PairLogProbs pairs = new PreferenceBatch(inputs, new MeasuredRows<>(rows, numbers), reference)
                .quantities(alignment.objective().needsScores());
        return PairMeasurement.of(
                alignment,
                rows.subList(from, from + window.size()),
                pairs,
                alignment.evaluate(pairs, AlignmentState.START));
    }
}
