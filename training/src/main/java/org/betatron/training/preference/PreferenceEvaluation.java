package org.betatron.training.preference;

import static org.betatron.core.run.MetricNames.LOSS;

import java.util.List;
import java.util.function.Consumer;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.Evaluation;
import org.betatron.training.MeasuredRows;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.Metrics;

/// Evaluates held-out pairs, all of them, at beta_0.
///
/// @param model        what is evaluated, borrowed
/// @param alignment    its objective and beta_0 are used
/// @param rows         the held-out pairs or labelled answers, at least one
/// @param reference    what the policy is compared with; a cached one is of these rows
/// @param packing      how they go through the model
/// @param listener     hears what was measured of each row, at every evaluation; changes nothing
/// @param ranks        the processes that share the work
public record PreferenceEvaluation(
        LanguageModel model,
        Alignment alignment,
        List<? extends LabelledRow<?>> rows,
        Reference reference,
        Packing packing,
        Consumer<List<PairMeasurement>> listener,
        Ranks ranks)
        implements Evaluation<AlignmentState> {

    public PreferenceEvaluation {
        PreferenceBatch.requireReference(inputs(alignment), reference);
    }

    /// An evaluation that nobody hears of.
    public PreferenceEvaluation(
            LanguageModel model,
            Alignment alignment,
            List<? extends LabelledRow<?>> rows,
            Reference reference,
            Packing packing) {
        this(model, alignment, rows, reference, packing, _ -> {}, Ranks.ALONE);
    }

    @Override
    public Metrics evaluate(AlignmentState state) {
        RequiredInputs inputs = inputs(alignment);
        BatchNumbers numbers = SharedBatch.of(RowBatch.of(rows, packing), ranks)
                .score(model.asking(PreferenceBatch.request(inputs, reference)));
        PairLogProbs pairs = new PreferenceBatch(inputs, new MeasuredRows<>(rows, numbers), reference)
                .quantities(alignment.objective().needsScores());
        ObjectiveValue value = alignment.evaluate(pairs, state);
        double loss = 0;
        for (int i = 0; i < value.size(); i++) {
            loss += value.loss(i) / value.size();
        }
        Metrics.Builder metrics = Metrics.builder().put(LOSS, loss);
        listener.accept(PairMeasurement.of(alignment, rows, pairs, value));
        PreferenceMetrics.measure(alignment, pairs, metrics);
        return metrics.build();
    }

    /// Evaluation is at beta_0: what a calibration reads is not needed.
    private static RequiredInputs inputs(Alignment alignment) {
        return alignment.objective().inputs();
    }
}
