package org.betatron.training.preference;

import java.util.List;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.RowSource;
import org.betatron.training.StepPlace;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.RecordFormat;
import org.betatron.training.run.StateFormat;

/// Preference alignment: what an [Alignment] decides about the whole optimizer batch.
///
/// A response's log-probability is the sum over its tokens, so each token gets the derivative of
/// its response. The selection of step `s` is drawn from the stream `selection` of the seed at
/// index `s`.
///
/// @param alignment      what is learned
/// @param source         of pairs, or labelled answers
/// @param reference      what the policy is compared with; a cached one is of the source's rows
/// @param microBatchSize pairs that are decided together where the alignment says so, ≥ 1
/// @param seed           seed of the run
public record PreferenceRule(
        Alignment alignment,
        RowSource<LabelledRow<?>, AlignmentState> source,
        Reference reference,
        int microBatchSize,
        long seed)
        implements LearningRule<LabelledRow<?>, PairLogProbs, AlignmentState> {

    private static final StateFormat<AlignmentState> FORMAT =
            new RecordFormat<>(AlignmentState.class, AlignmentState.START);

    public PreferenceRule {
        PreferenceBatch.requireReference(alignment.inputs(), reference);
    }

    /// @return what the policy has to be asked of each token
    public VocabularyRequest request() {
        return decider().request();
    }

    @Override
    public StateFormat<AlignmentState> stateFormat() {
        return FORMAT;
    }

    @Override
    public boolean decidesRowByRow() {
        return alignment.decidesRowByRow();
    }

    @Override
    public PairLogProbs quantities(MeasuredRows<LabelledRow<?>> rows) {
        return decider().quantities(rows);
    }

    @Override
    public PairLogProbs concat(List<PairLogProbs> parts) {
        return PairLogProbs.concat(parts);
    }

    @Override
    public Decision<LabelledRow<?>, AlignmentState> decide(
            StepPlace step, PairLogProbs pairs, AlignmentState state, double numPairs) {
        return decider().decide(step, pairs, state, numPairs);
    }

    private PairDecider decider() {
        return new PairDecider(alignment, reference, microBatchSize, seed);
    }
}
