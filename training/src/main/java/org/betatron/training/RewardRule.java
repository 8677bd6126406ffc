package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.TrainingException;

/// Training of a reward model: score the chosen answer above the rejected one.
///
/// The model gives a response's score to its last token and nothing to the others, so a score is a
/// sum over tokens as a log-probability is, and each token gets the derivative of its response.
///
/// @param spec margin and centering
/// @param rows the pairs
public record RewardRule(RewardSpec spec, List<TokenizedPair> rows) implements LearningRule {

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public StepDecision decide(long step, BatchLogProbs scored, AlignmentState state, double share) {
        RewardBatch batch = new RewardBatch(spec, rows, scored);
        float[][] derivatives = new float[scored.size()][];
        for (int i = 0; i < derivatives.length; i++) {
            if (!Double.isFinite(batch.value().pairLoss(i))) {
                throw new TrainingException("step " + step + ": loss is "
                        + batch.value().pairLoss(i) + "; first bad pair " + batch.describe(i));
            }
            derivatives[i] = batch.tokenDerivatives(i, share);
        }
        Metrics.Builder metrics = Metrics.builder();
        batch.measure(metrics);
        return new StepDecision(batch.value().loss(), derivatives, state, metrics.build());
    }
}
