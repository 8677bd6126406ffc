package org.betatron.core.calibration;

import java.util.Set;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// The instance-level beta of epsilon-DPO: a step down where moving further from the reference would
/// separate the pair better, a step up where it would separate it worse.
///
/// ```text
/// d(f) = log p_f(y_w) - log p_f(y_l)
/// s_i  = +1 if d((1+e) f - e f_ref) > d(f) > d((1-e) f + e f_ref),   -1 if both are reversed,   else 0
/// beta_i = beta / (1 + e s_i)
/// next beta = beta / (1 + e mean(s))        mean over kept pairs
/// ```
///
/// Source: Lee et al. 2025, arXiv 2502.13177 (KL penalty control via perturbation), as its code computes it.
///
/// @param epsilon `e`, in (0, 1)
public record PerturbationCalibration(double epsilon) implements Calibration {

    @Override
    public RequiredInputs inputs() {
        return new RequiredInputs(
                Set.of(ResponseQuantity.EXTRAPOLATED, ResponseQuantity.INTERPOLATED), epsilon, false, false);
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public boolean isDynamic() {
        return true;
    }

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        PairLogProbs pairs = input.pairs();
        double beta = input.beta();
        double[] betas = new double[pairs.size()];
        double[] steps = new double[betas.length];
        for (int i = 0; i < betas.length; i++) {
            steps[i] = step(pairs.chosen(), pairs.rejected(), i);
            betas[i] = beta / (1 + epsilon * steps[i]);
        }
        return new CalibratedBetas(betas, 0).withNextRatio(1 / (1 + epsilon * input.meanOfKept(steps, 0)));
    }

    private static int step(ResponseLogProbs chosen, ResponseLogProbs rejected, int pair) {
        double policy = chosen.policy(pair) - rejected.policy(pair);
        double further = difference(ResponseQuantity.EXTRAPOLATED, chosen, rejected, pair);
        double nearer = difference(ResponseQuantity.INTERPOLATED, chosen, rejected, pair);
        if (further > policy && policy > nearer) {
            return 1;
        }
        return further < policy && policy < nearer ? -1 : 0;
    }

    private static double difference(
            ResponseQuantity quantity, ResponseLogProbs chosen, ResponseLogProbs rejected, int pair) {
        return chosen.get(quantity, pair) - rejected.get(quantity, pair);
    }
}
