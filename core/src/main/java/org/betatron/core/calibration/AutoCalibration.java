package org.betatron.core.calibration;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;

/// A beta for runs that set none: from how long answers are, and how far the policy has moved on
/// them.
///
/// ```text
/// k_i  = sum over both answers of log q(y) - log p(y), over their tokens      nats per token, q: reference
/// k    = moving average of the mean of k_i
/// L    = mean length of the answers of the batch, tokens
/// beta = clamp((k / k*)^s, minRatio, maxRatio) / (k* L)
/// ```
///
/// `k* L` is the distance in nats at which a preference shall be learned: at `beta = 1 / (k* L)` a
/// pair whose margin is that large has `sigmoid(-1)` of its pull left. Below the target beta is
/// smaller, so that pairs go on teaching, and beyond it larger, so that they are let go. It
/// remembers nothing but the moving average: there is no integral to wind up while the learning
/// rate warms up. Ours.
///
/// @param target    k*, nats per token, > 0
/// @param stiffness s, ≥ 0; 0 leaves `1 / (k* L)`
/// @param minRatio  floor of `beta k* L`, in (0, 1]
/// @param maxRatio  ceiling of `beta k* L`, ≥ 1
public record AutoCalibration(double target, double stiffness, double minRatio, double maxRatio)
        implements Calibration {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.REFERENCE;
    }

    @Override
    public boolean keepsStatistics() {
        return true;
    }

    @Override
    public double[] followed(PairLogProbs pairs) {
        double[] moved = new double[pairs.size()];
        for (int i = 0; i < moved.length; i++) {
            int tokens = pairs.chosen().length(i) + pairs.rejected().length(i);
            moved[i] = -(pairs.chosen().logRatio(i) + pairs.rejected().logRatio(i)) / tokens;
        }
        return moved;
    }

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        double ratio = Math.pow(Math.max(0, input.followed().mean()) / target, stiffness);
        double held = Math.clamp(ratio, minRatio, maxRatio);
        return CalibratedBetas.same(input.size(), held / (target * meanLength(input.pairs())), held == ratio ? 0 : 1);
    }

    private static double meanLength(PairLogProbs pairs) {
        long tokens = 0;
        int answers = 0;
        for (int i = 0; i < pairs.size(); i++) {
            for (ResponseLogProbs responses : new ResponseLogProbs[] {pairs.chosen(), pairs.rejected()}) {
                tokens += responses.length(i);
                answers += responses.length(i) > 0 ? 1 : 0;
            }
        }
        return answers == 0 ? 1 : (double) tokens / answers;
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
