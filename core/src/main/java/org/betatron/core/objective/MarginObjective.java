package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// An objective that is a function of the pair's margin alone.
///
/// ```text
/// m_i = s_w(chosen_i) - s_l(rejected_i) - offset_i
/// loss_i = link(beta_i, m_i)
/// d loss_i / d q_w =  link'(beta_i, m_i) * d s_w / d q_w
/// d loss_i / d q_l = -link'(beta_i, m_i) * d s_l / d q_l
/// ```
///
/// @param chosenScore   what is compared of the chosen response
/// @param rejectedScore what is compared of the rejected response: the same value, at times with
///     another derivative
/// @param offset        what is subtracted from the margin; a constant for differentiation
/// @param link          what a margin costs
public record MarginObjective(
        ResponseScore chosenScore, ResponseScore rejectedScore, MarginOffset offset, MarginLink link)
        implements Objective {

    /// An objective without offset that scores both responses alike.
    public MarginObjective(ResponseScore score, MarginLink link) {
        this(score, score, MarginOffset.NONE, link);
    }

    @Override
    public RequiredInputs inputs() {
        return chosenScore.inputs().and(rejectedScore.inputs()).and(offset.inputs());
    }

    @Override
    public RowKind rows() {
        return RowKind.PAIRS;
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return chosenScore.of(responses, row);
    }

    @Override
    public boolean keepsStatistics() {
        return offset.keepsStatistics();
    }

    @Override
    public double[] tracked(PairLogProbs pairs) {
        return offset.tracked(pairs);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        Objective.requireSizes(pairs, betas, weights);
        double[] losses = new double[pairs.size()];
        double[] slopes = new double[pairs.size()];
        for (int i = 0; i < losses.length; i++) {
            double margin = chosenScore.of(pairs.chosen(), i)
                    - rejectedScore.of(pairs.rejected(), i)
                    - offset.of(pairs, i, betas[i], tracked);
            losses[i] = link.loss(betas[i], margin);
            slopes[i] = link.derivative(betas[i], margin);
        }
        return new Value(pairs, losses, slopes);
    }

    private final class Value extends ObjectiveValue {

        private final PairLogProbs pairs;
        private final double[] slopes;

        Value(PairLogProbs pairs, double[] losses, double[] slopes) {
            super(losses);
            this.pairs = pairs;
            this.slopes = slopes;
        }

        @Override
        public void pullBack(double[] factors, PairDerivatives derivatives) {
            for (int i = 0; i < slopes.length; i++) {
                if (factors[i] != 0) {
                    double slope = factors[i] * slopes[i];
                    chosenScore.pullBack(pairs.chosen(), i, slope, derivatives.chosen());
                    rejectedScore.pullBack(pairs.rejected(), i, -slope, derivatives.rejected());
                }
            }
        }
    }
}
