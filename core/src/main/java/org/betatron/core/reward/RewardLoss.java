package org.betatron.core.reward;

import org.betatron.core.Numbers;

/// Bradley-Terry loss of a reward model on a batch of pairs, with its gradient.
///
/// ```text
/// d_i = s_i - t_i - m_i                      s chosen score, t rejected score, m margin
/// loss_i = softplus(-d_i) + c (s_i + t_i)^2
/// loss = sum_i loss_i / N                    N pairs of the whole batch, of which these may be a part
/// d loss / d s_i = ( -sigmoid(-d_i) + 2 c (s_i + t_i) ) / N
/// d loss / d t_i = (  sigmoid(-d_i) + 2 c (s_i + t_i) ) / N
/// ```
///
/// Source: Bradley and Terry 1952; the margin from Touvron et al. 2023, arXiv 2307.09288, equation
/// 2; centering from Eisenstein et al. 2023, arXiv 2312.09244, as in TRL's `RewardTrainer`.
///
/// Immutable.
public final class RewardLoss {

    private final double[] losses;
    private final double[] chosenDerivatives;
    private final double[] rejectedDerivatives;
    private final double loss;

    private RewardLoss(double[] losses, double[] chosenDerivatives, double[] rejectedDerivatives, double total) {
        this.losses = losses;
        this.chosenDerivatives = chosenDerivatives;
        this.rejectedDerivatives = rejectedDerivatives;
        double sum = 0;
        for (double each : losses) {
            sum += each;
        }
        loss = sum / total;
    }

    /// @param chosen    scores of the better answers, `[n]`, at least one
    /// @param rejected  scores of the others, `[n]`
    /// @param margins   by how much the first must exceed the second, `[n]`; zeros for none
    /// @param centering weight of the centering term, ≥ 0
    /// @param total     pairs of the whole batch, ≥ `n`
    /// @return loss and derivatives; not finite where a score is not
    /// @throws IllegalArgumentException if lengths differ or there is no pair
    public static RewardLoss of(double[] chosen, double[] rejected, double[] margins, double centering, double total) {
        int n = chosen.length;
        if (n == 0 || rejected.length != n || margins.length != n) {
            throw new IllegalArgumentException("chosen, rejected and margins must be equally many, at least one, but"
                    + " were " + n + ", " + rejected.length + " and " + margins.length);
        }
        double[] losses = new double[n];
        double[] chosenDerivatives = new double[n];
        double[] rejectedDerivatives = new double[n];
        for (int i = 0; i < n; i++) {
            double difference = chosen[i] - rejected[i] - margins[i];
            double sum = chosen[i] + rejected[i];
            losses[i] = Numbers.softplus(-difference) + centering * sum * sum;
            double wrong = Numbers.sigmoid(-difference);
            chosenDerivatives[i] = (-wrong + 2 * centering * sum) / total;
            rejectedDerivatives[i] = (wrong + 2 * centering * sum) / total;
        }
        return new RewardLoss(losses, chosenDerivatives, rejectedDerivatives, total);
    }

    /// Of a whole batch.
    public static RewardLoss of(double[] chosen, double[] rejected, double[] margins, double centering) {
        return of(chosen, rejected, margins, centering, chosen.length);
    }

    /// @return these pairs' share of the mean over the whole batch, nats where there is no centering
    public double loss() {
        return loss;
    }

    /// @return number of pairs
    public int size() {
        return losses.length;
    }

    /// @return loss of one pair, not divided by any number
    public double pairLoss(int pair) {
        return losses[pair];
    }

    /// @return derivative of the mean by the pair's chosen score
    public double chosenDerivative(int pair) {
        return chosenDerivatives[pair];
    }

    /// @return derivative of the mean by the pair's rejected score
    public double rejectedDerivative(int pair) {
        return rejectedDerivatives[pair];
    }
}
