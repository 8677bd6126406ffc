package org.betatron.core.calibration;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// A controller with a target for how far the policy moves from its reference, in nats per answer.
///
/// ```text
/// K_i     = sum over the answer's tokens of KL(q || p)                     exact over the vocabulary, or
///         = log q(y) - log p(y)                                            unbiased where answers are the reference's
/// K       = mean of K_i over the answers of all rows of the batch
/// slow:     ln beta <- ln beta + eta (K_avg / K* - 1)                      K_avg: moving average of K
/// fast:     beta of this batch = beta (K / K_avg)^f                        forgotten after it
/// ```
///
/// A larger beta holds the policy closer, if the loss is divided by it (`overbeta`): otherwise it
/// also scales every step, and more of it may move the policy further at first. Ours; the idea of
/// two loops is that of DualLoop-DPO (AAAI 2026), of which no formula could be read.
///
/// @param target     K*, nats, > 0
/// @param rate       eta, > 0
/// @param fast       f, in [0, 1]
/// @param vocabulary whether divergences are exact over the vocabulary, which needs the reference
///     beside the policy
/// @param minRatio   floor of beta over beta_0, in (0, 1]
/// @param maxRatio   ceiling of beta over beta_0, ≥ 1
public record DivergenceCalibration(
        double target, double rate, double fast, boolean vocabulary, double minRatio, double maxRatio)
        implements Calibration {

    @Override
    public RequiredInputs inputs() {
        return vocabulary ? RequiredInputs.of(ResponseQuantity.REFERENCE_KL) : RequiredInputs.REFERENCE;
    }

    @Override
    public boolean keepsStatistics() {
        return true;
    }

    @Override
    public double[] followed(PairLogProbs pairs) {
        double[] divergences = new double[pairs.size()];
        for (int i = 0; i < divergences.length; i++) {
            double sum = of(pairs.chosen(), i) + of(pairs.rejected(), i);
            divergences[i] = pairs.hasChosen(i) && pairs.hasRejected(i) ? sum / 2 : sum;
        }
        return divergences;
    }

    private double of(ResponseLogProbs responses, int row) {
        return vocabulary ? responses.get(ResponseQuantity.REFERENCE_KL, row) : -responses.logRatio(row);
    }

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        double average = input.followed().mean();
        CalibratedBetas slow = BoundedRatio.step(input, rate * (average / target - 1), minRatio, maxRatio);
        double now = CalibrationInput.meanOfFinite(followed(input.pairs()), average);
        if (fast == 0 || !(now > 0) || !(average > 0)) {
            return slow;
        }
        double step = Math.clamp(fast * Math.log(now / average), -BoundedRatio.LARGEST_STEP, BoundedRatio.LARGEST_STEP);
        double beta = Math.clamp(
                input.beta() * slow.nextRatio() * Math.exp(step),
                minRatio * input.baseBeta(),
                maxRatio * input.baseBeta());
        return CalibratedBetas.same(input.size(), beta, slow.clampedShare()).withNextRatio(slow.nextRatio());
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public boolean isDynamic() {
        return true;
    }
}
