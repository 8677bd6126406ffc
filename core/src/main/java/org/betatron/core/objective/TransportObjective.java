package org.betatron.core.objective;

import java.util.Arrays;
import org.betatron.core.Ranking;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.statistics.Moments;

/// Alignment via optimal transport: a link on the distance between two sorted lists, instead of between
/// the two responses of a pair.
///
/// ```text
/// paired     d_k = a_(k) - b_(k)        a = l_w - l_l,  b = r_w - r_l,  both sorted over the batch
/// unpaired   d_k = u_w,(k) - u_l,(k)    u = l - r
/// loss_k = link(beta, d_k)
/// ```
///
/// Source: Melnyk et al. 2024, arXiv 2406.05882. A loss belongs to the row that holds rank `k` in the first
/// list; in the unpaired form its other half belongs to another row. Ranks are taken over all kept rows of
/// the batch that is decided together. A dropped row costs what it would cost alone.
///
/// @param paired whether margins of policy and reference are matched, or answers of both sides
/// @param link   what a distance costs
record TransportObjective(boolean paired, MarginLink link) implements Objective {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.REFERENCE;
    }

    @Override
    public RowKind rows() {
        return RowKind.PAIRS;
    }

    @Override
    public boolean isRowByRow() {
        return false;
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return LogProbScore.LOG_RATIO.of(responses, row);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        Objective.requireSizes(pairs, betas, weights);
        int n = pairs.size();
        double[] firsts = new double[n];
        double[] seconds = new double[n];
        for (int i = 0; i < n; i++) {
            firsts[i] = paired ? pairs.chosen().policy(i) - pairs.rejected().policy(i) : score(pairs.chosen(), i);
            seconds[i] = paired
                    ? pairs.chosen().get(ResponseQuantity.REFERENCE, i)
                            - pairs.rejected().get(ResponseQuantity.REFERENCE, i)
                    : score(pairs.rejected(), i);
        }
        int[] partners = match(firsts, seconds, weights);
        double[] losses = new double[n];
        double[] slopes = new double[n];
        for (int i = 0; i < n; i++) {
            double distance = firsts[i] - seconds[partners[i]];
            losses[i] = link.loss(betas[i], distance);
            slopes[i] = link.derivative(betas[i], distance);
        }
        return new Value(losses, slopes, partners);
    }

    /// @return for each row the row that holds the same rank in the second list; a dropped row's own
    private static int[] match(double[] firsts, double[] seconds, double[] weights) {
        int[] partners = new int[firsts.length];
        Arrays.setAll(partners, row -> row);
        int[] byFirst = Ranking.ascending(firsts, weights);
        int[] bySecond = Ranking.ascending(seconds, weights);
        for (int rank = 0; rank < byFirst.length; rank++) {
            partners[byFirst[rank]] = bySecond[rank];
        }
        return partners;
    }

    private final class Value extends ObjectiveValue {

        private final double[] slopes;
        private final int[] partners;

        Value(double[] losses, double[] slopes, int[] partners) {
            super(losses);
            this.slopes = slopes;
            this.partners = partners;
        }

        @Override
        public void pullBack(double[] factors, PairDerivatives derivatives) {
            for (int i = 0; i < slopes.length; i++) {
                if (factors[i] != 0) {
                    double slope = factors[i] * slopes[i];
                    derivatives.chosen().addPolicy(i, slope);
                    derivatives.rejected().addPolicy(paired ? i : partners[i], -slope);
                }
            }
        }
    }
}
