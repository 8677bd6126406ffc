package org.betatron.training.preference;

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
import org.betatron.training.MeasuredRows;
import org.betatron.training.NotFiniteException;
import org.betatron.training.StepPlace;
import org.betatron.training.reference.Reference;

/// Between models and an [Alignment], wherever the rows come from: what rules that learn from
/// preferences have in common.
///
/// The selection of step `s` is drawn from the stream `selection` of the seed at index `s`.
///
/// @param alignment      what is learned
/// @param reference      what the policy is compared with; a cached one is of the rows' list
/// @param microBatchSize pairs that are decided together where the alignment says so, ≥ 1
/// @param seed           seed of the run
public record PairDecider(Alignment alignment, Reference reference, int microBatchSize, long seed) {

    public PairDecider {
        PreferenceBatch.requireReference(alignment.inputs(), reference);
    }

    /// @return what the policy has to be asked of each token
    public VocabularyRequest request() {
        return PreferenceBatch.request(alignment.inputs(), reference);
    }

    /// @return what a decision has to know of rows, in their order
    public PairLogProbs quantities(MeasuredRows<LabelledRow<?>> rows) {
        return new PreferenceBatch(alignment.inputs(), rows, reference).quantities(alignment.needsScores());
    }

    /// @param pairs    numbers of the rows
    /// @param numPairs of the whole batch, of which these may be a part
    /// @return the decision about them
    /// @throws NotFiniteException if anything is not finite
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
