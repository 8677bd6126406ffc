package org.betatron.core.objective;

import static org.betatron.core.Numbers.sigmoid;
import static org.betatron.core.Numbers.softplus;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;

/// The score of f-DPO: `f'` of the probability ratio, up to constants that cancel between two responses.
///
/// ```text
/// u = l - r
/// reverse KL     u                          derivative  1
/// forward KL     -e^-u                                  e^-u
/// Jensen-Shannon log sigmoid(u)                         sigmoid(-u)
/// alpha          (1 - e^(-a u)) / a                     e^(-a u)
/// ```
///
/// Source: Wang et al. 2023, arXiv 2309.16240; alpha as in the paper, where 0 is reverse and 1 forward
/// KL. TRL 1.x reads its own parameter as `1 - alpha`.
///
/// `e^-u` leaves every floating-point range where the policy has all but given up a response that the
/// reference likes. The exponent is therefore bounded: beyond it the score goes on as a straight line
/// with the slope of the bound, so that value and derivative stay consistent, finite and monotone.
///
/// @param divergence which divergence from the reference is constrained
/// @param alpha      `a`, in (0, 1); read for [Divergence#ALPHA] only
public record DivergenceScore(Divergence divergence, double alpha) implements ResponseScore {

    /// Largest exponent that is taken as it is: `e^80` is about 5e34.
    private static final double MAX_EXPONENT = 80;

    /// A divergence between policy and reference.
    public enum Divergence {
        REVERSE_KL,
        FORWARD_KL,
        JENSEN_SHANNON,
        ALPHA
    }

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.REFERENCE;
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        double u = responses.logRatio(row);
        return switch (divergence) {
            case REVERSE_KL -> u;
            case FORWARD_KL -> -exp(-u);
            case JENSEN_SHANNON -> -softplus(-u);
            // expm1 keeps the digits that 1 - e^x loses near u = 0 or alpha = 0.
            case ALPHA -> -alpha * u > MAX_EXPONENT ? (1 - exp(-alpha * u)) / alpha : -Math.expm1(-alpha * u) / alpha;
        };
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        double u = responses.logRatio(row);
        double slope = switch (divergence) {
            case REVERSE_KL -> 1;
            case FORWARD_KL -> Math.exp(Math.min(-u, MAX_EXPONENT));
            case JENSEN_SHANNON -> sigmoid(-u);
            case ALPHA -> Math.exp(Math.min(-alpha * u, MAX_EXPONENT));
        };
        derivatives.addPolicy(row, factor * slope);
    }

    /// @return `e^x`, and its tangent beyond the largest exponent
    private static double exp(double x) {
        return x <= MAX_EXPONENT ? Math.exp(x) : Math.exp(MAX_EXPONENT) * (1 + x - MAX_EXPONENT);
    }
}
