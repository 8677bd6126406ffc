package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.TrainingException;

/// Supervised fine-tuning: imitate the response.
///
/// ```text
/// loss = -1/N sum_t logp_t          N = response tokens of the optimizer batch
/// d loss / d logp_t = -1/N
/// ```
///
/// Every token of the batch weighs the same, however the batch is cut; a mean of means over
/// micro-batches would favour tokens of short texts.
///
/// @param rows the texts
public record SupervisedRule(List<TokenizedText> rows) implements LearningRule {

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public double weight(int row) {
        return rows.get(row).response().length;
    }

    @Override
    public StepDecision decide(long step, BatchLogProbs logProbs, AlignmentState state, double share) {
        long numTokens = 0;
        double sum = 0;
        for (int i = 0; i < logProbs.size(); i++) {
            double logProb = logProbs.sum(i, 0);
            if (!Double.isFinite(logProb)) {
                throw new TrainingException("step " + step + ": loss is " + -logProb + "; first bad text '"
                        + rows.get(logProbs.row(i)).id() + "', log-probability " + logProb);
            }
            sum += logProb;
            numTokens += logProbs.length(i, 0);
        }
        float[][] derivatives = new float[logProbs.size()][];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = StepDecision.spread(logProbs, i, -share / numTokens);
        }
        double loss = -sum / numTokens;
        Metrics metrics = Metrics.builder()
                .put("loss", loss)
                .put("perplexity", Math.exp(loss))
                .put("responseTokens", (double) numTokens)
                .build();
        return new StepDecision(loss, derivatives, state, metrics);
    }
}
