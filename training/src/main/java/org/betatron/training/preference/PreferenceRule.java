package org.betatron.training.preference;

import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.NotFiniteException;
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
        return PreferenceBatch.request(alignment.inputs(), reference);
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
        return new PreferenceBatch(alignment.inputs(), rows, reference).quantities(alignment.needsScores());
    }

    @Override
    public PairLogProbs concat(List<PairLogProbs> parts) {
        return PairLogProbs.concat(parts);
    }

    @Override
    public Decision<LabelledRow<?>, AlignmentState> decide(
            StepPlace step, PairLogProbs pairs, AlignmentState state, double numPairs) {
        requireFinite(pairs, state);
        RandomGenerator random = RandomStreams.stream(seed, "selection", step.step());
        AlignmentDecision decision = alignment.decide(pairs, microBatchSize, state, step.progress(), random);
        requireFinite(pairs, decision);
        return new PreferenceDecision(alignment, pairs, decision, pairs.size() / numPairs);
    }

    /// Checks before anything is decided: a selection would silently drop a pair without a finite
    /// gap.
    private void requireFinite(PairLogProbs pairs, AlignmentState state) {
        ObjectiveValue value = alignment.evaluate(pairs, state);
        for (int i = 0; i < pairs.size(); i++) {
            double margin = alignment.objective().margin(pairs, i);
            if (!Double.isFinite(margin) || !Double.isFinite(value.loss(i))) {
                throw notFinite(
                        Double.isFinite(value.loss(i)) ? "margin is " + margin : "loss is " + value.loss(i), pairs, i);
            }
        }
    }

    private void requireFinite(PairLogProbs pairs, AlignmentDecision decision) {
        for (int i = 0; i < decision.size(); i++) {
            if (!Double.isFinite(decision.beta(i))) {
                throw notFinite("beta is " + decision.beta(i), pairs, i);
            }
            if (!Double.isFinite(decision.pairLoss(i)) || !Double.isFinite(decision.loss())) {
                throw notFinite("loss is " + decision.loss(), pairs, i);
            }
        }
    }

    private NotFiniteException notFinite(String what, PairLogProbs pairs, int place) {
        return new NotFiniteException(
                what,
                "pair",
                place,
                "margin " + alignment.objective().margin(pairs, place) + ", log-probability chosen "
                        + pairs.chosen().policy(place) + " and rejected "
                        + pairs.rejected().policy(place));
    }
}
