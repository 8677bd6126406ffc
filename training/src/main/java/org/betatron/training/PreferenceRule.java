package org.betatron.training;

import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.TrainingException;

/// Preference alignment: what an [Alignment] decides about the whole optimizer batch.
///
/// A response's log-probability is the sum over its tokens, so each token gets the derivative of
/// its response. The selection of step `s` is drawn from the stream `selection` of the seed at
/// index `s`.
///
/// @param alignment      what is learned
/// @param rows           the pairs, or labelled answers
/// @param reference      what the policy is compared with; a cached one is of these rows
/// @param microBatchSize pairs that are decided together where the alignment says so, ≥ 1
/// @param seed           seed of the run
public record PreferenceRule(
        Alignment alignment, List<? extends LabelledRow<?>> rows, Reference reference, int microBatchSize, long seed)
        implements LearningRule {

    public PreferenceRule {
        PreferenceBatch.requireReference(alignment.inputs(), reference);
    }

    @Override
    public VocabularyRequest request() {
        return PreferenceBatch.request(alignment.inputs(), reference);
    }

    @Override
    public boolean decidesRowByRow() {
        return alignment.decidesRowByRow();
    }

    @Override
    public StepDecision decide(long step, BatchLogProbs logProbs, AlignmentState state, double share) {
        PreferenceBatch batch = new PreferenceBatch(alignment.inputs(), rows, reference, logProbs);
        PairLogProbs pairs = batch.quantities(alignment.needsScores());
        requireFinite(step, batch, pairs, state);
        RandomGenerator random = RandomStreams.stream(seed, "selection", step);
        AlignmentDecision decision = alignment.decide(pairs, microBatchSize, state, random);
        requireFinite(step, batch, pairs, decision);
        float[][] derivatives = new float[logProbs.size()][];
        float[][] divergences = new float[logProbs.size()][];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = batch.tokenDerivatives(decision, i, share);
            divergences[i] = batch.tokenDivergences(decision, i, share);
        }
        return new StepDecision(decision.loss(), derivatives, divergences, decision.state(), metrics(pairs, decision));
    }

    private Metrics metrics(PairLogProbs pairs, AlignmentDecision decision) {
        Metrics.Builder metrics = Metrics.builder().put("loss", decision.loss());
        PreferenceMetrics.measure(alignment, pairs, metrics);
        return metrics.put("beta", decision.effectiveBeta())
                .put("betaClamped", decision.clampedShare())
                .put("gap/mean", decision.gapMean())
                .put("gap/deviation", decision.gapDeviation())
                .put("kept", decision.keptFraction())
                .build();
    }

    /// Checks before anything is decided: a selection would silently drop a pair without a finite
    /// gap.
    private void requireFinite(long step, PreferenceBatch batch, PairLogProbs pairs, AlignmentState state) {
        ObjectiveValue value = alignment.evaluate(pairs, state);
        for (int i = 0; i < pairs.size(); i++) {
            double margin = alignment.objective().margin(pairs, i);
            if (!Double.isFinite(margin) || !Double.isFinite(value.loss(i))) {
                String what = Double.isFinite(value.loss(i)) ? "margin is " + margin : "loss is " + value.loss(i);
                throw notFinite(step, what, batch, pairs, i);
            }
        }
    }

    private void requireFinite(long step, PreferenceBatch batch, PairLogProbs pairs, AlignmentDecision decision) {
        for (int i = 0; i < decision.size(); i++) {
            if (!Double.isFinite(decision.beta(i))) {
                throw notFinite(step, "beta is " + decision.beta(i), batch, pairs, i);
            }
            if (!Double.isFinite(decision.pairLoss(i)) || !Double.isFinite(decision.loss())) {
                throw notFinite(step, "loss is " + decision.loss(), batch, pairs, i);
            }
        }
    }

    private TrainingException notFinite(long step, String what, PreferenceBatch batch, PairLogProbs pairs, int index) {
        return new TrainingException(
                "step " + step + ": " + what + "; first bad pair " + batch.describe(alignment, pairs, index));
    }
}
