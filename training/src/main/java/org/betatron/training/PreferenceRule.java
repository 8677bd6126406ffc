package org.betatron.training;

import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.data.TokenizedPair;
import org.betatron.training.reference.ReferenceLogProbs;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.TrainingException;

/// Preference alignment: what an [Alignment] decides about the whole optimizer batch.
///
/// A response's log-probability is the sum over its tokens, so each token gets the derivative of
/// its response. The selection of step `s` is drawn from the stream `selection` of the seed at
/// index `s`.
///
/// @param alignment      what is learned
/// @param rows           the pairs
/// @param reference      reference log-probabilities of the pairs; [ReferenceLogProbs#NONE] where
///     the objective uses none
/// @param microBatchSize pairs that are decided together where the alignment says so, ≥ 1
/// @param seed           seed of the run
public record PreferenceRule(
        Alignment alignment, List<TokenizedPair> rows, ReferenceLogProbs reference, int microBatchSize, long seed)
        implements LearningRule {

    public PreferenceRule {
        PairBatch.requireReference(alignment, reference);
    }

    @Override
    public StepDecision decide(long step, BatchLogProbs logProbs, AlignmentState state) {
        PairLogProbs pairs = PairBatch.join(alignment.inputs(), logProbs, reference);
        requireFinite(step, logProbs, pairs, state);
        RandomGenerator random = RandomStreams.stream(seed, "selection", step);
        AlignmentDecision decision = alignment.decide(pairs, microBatchSize, state, random);
        requireFinite(step, logProbs, pairs, decision);
        float[][] derivatives = new float[logProbs.size()][];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = PairBatch.tokenDerivatives(logProbs, decision, i);
        }
        return new StepDecision(decision.loss(), derivatives, decision.state(), metrics(pairs, decision));
    }

    private Metrics metrics(PairLogProbs pairs, AlignmentDecision decision) {
        Metrics.Builder metrics = Metrics.builder().put("loss", decision.loss());
        PairBatch.measure(alignment, pairs, metrics);
        return metrics.put("beta", decision.effectiveBeta())
                .put("betaClamped", decision.clampedShare())
                .put("gap/mean", decision.gapMean())
                .put("gap/deviation", decision.gapDeviation())
                .put("kept", decision.keptFraction())
                .build();
    }

    /// Checks before anything is decided: a selection would silently drop a pair without a finite
    /// gap.
    private void requireFinite(long step, BatchLogProbs logProbs, PairLogProbs pairs, AlignmentState state) {
        ObjectiveValue value = alignment.evaluate(pairs, state);
        for (int i = 0; i < pairs.size(); i++) {
            double margin = alignment.objective().margin(pairs, i);
            if (!Double.isFinite(margin) || !Double.isFinite(value.loss(i))) {
                String what = Double.isFinite(value.loss(i)) ? "margin is " + margin : "loss is " + value.loss(i);
                throw notFinite(step, what, logProbs, pairs, i);
            }
        }
    }

    private void requireFinite(long step, BatchLogProbs logProbs, PairLogProbs pairs, AlignmentDecision decision) {
        for (int i = 0; i < decision.size(); i++) {
            if (!Double.isFinite(decision.beta(i))) {
                throw notFinite(step, "beta is " + decision.beta(i), logProbs, pairs, i);
            }
            if (!Double.isFinite(decision.pairLoss(i)) || !Double.isFinite(decision.loss())) {
                throw notFinite(step, "loss is " + decision.loss(), logProbs, pairs, i);
            }
        }
    }

    private TrainingException notFinite(long step, String what, BatchLogProbs logProbs, PairLogProbs pairs, int index) {
        return new TrainingException("step " + step + ": " + what + "; first bad pair "
                + PairBatch.describe(alignment, rows, logProbs, pairs, index));
    }
}
