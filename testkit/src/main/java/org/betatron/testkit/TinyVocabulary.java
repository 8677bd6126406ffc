package org.betatron.testkit;

import org.betatron.core.model.TokenQuantity;

/// Numbers of one token from whole rows of logits, written out plainly in double precision.
///
/// @param size          number of token ids
/// @param extrapolation how far logits are moved away from, or towards, those of the reference
record TinyVocabulary(int size, double extrapolation) {

    /// @param logits    of the model, `[tokens * size]`
    /// @param reference logits of the reference, likewise
    /// @param token     index of the token
    /// @param target    its id
    double compute(TokenQuantity quantity, double[] logits, double[] reference, int token, int target) {
        double[] policy = row(logits, token);
        double[] other = row(reference, token);
        return switch (quantity) {
            case LOG_PROB -> logProb(policy, target);
            case SCORE -> throw new IllegalArgumentException("a language model gives no SCORE");
            case ENTROPY -> entropy(policy);
            case REFERENCE_LOG_PROB -> logProb(other, target);
            case REFERENCE_KL -> divergence(policy, other);
            case LOG_COLLISION -> {
                double sum = 0;
                for (double logit : policy) {
                    sum += Math.exp(2 * (logit - logSumExp(policy)));
                }
                yield Math.log(sum);
            }
            case EXTRAPOLATED -> logProb(mixed(policy, other, extrapolation), target);
            case INTERPOLATED -> logProb(mixed(policy, other, -extrapolation), target);
            case EXTRAPOLATED_KL -> divergence(other, mixed(policy, other, extrapolation));
            case INTERPOLATED_KL -> divergence(other, mixed(policy, other, -extrapolation));
        };
    }

    /// Adds `derivative * d quantity / d logits` of one token to `gradient`.
    ///
    /// @param logits of the model at this token, `[size]`
    void addGradient(
            TokenQuantity quantity,
            double[] logits,
            double[] reference,
            int token,
            int target,
            double derivative,
            double[] gradient) {
        double normalizer = logSumExp(logits);
        double[] other = quantity.needsReference() ? row(reference, token) : new double[0];
        double otherNormalizer = quantity.needsReference() ? logSumExp(other) : 0;
        double entropy = quantity == TokenQuantity.ENTROPY ? entropy(logits) : 0;
        for (int v = 0; v < size; v++) {
            double logP = logits[v] - normalizer;
            gradient[v] += derivative
                    * switch (quantity) {
                        case LOG_PROB -> (v == target ? 1 : 0) - Math.exp(logP);
                        case ENTROPY -> -Math.exp(logP) * (logP + entropy);
                        case REFERENCE_KL -> Math.exp(logP) - Math.exp(other[v] - otherNormalizer);
                        default -> throw new IllegalArgumentException(quantity + " is not differentiable here");
                    };
        }
    }

    private static double entropy(double[] logits) {
        double normalizer = logSumExp(logits);
        double sum = 0;
        for (double logit : logits) {
            sum -= Math.exp(logit - normalizer) * (logit - normalizer);
        }
        return sum;
    }

    private double[] row(double[] logits, int token) {
        double[] row = new double[size];
        System.arraycopy(logits, token * size, row, 0, size);
        return row;
    }

    private static double divergence(double[] policy, double[] reference) {
        double sum = 0;
        for (int v = 0; v < policy.length; v++) {
            double logP = policy[v] - logSumExp(policy);
            double logQ = reference[v] - logSumExp(reference);
            sum += Math.exp(logQ) * (logQ - logP);
        }
        return sum;
    }

    private static double logProb(double[] logits, int target) {
        return logits[target] - logSumExp(logits);
    }

    private static double[] mixed(double[] policy, double[] reference, double share) {
        double[] mixed = new double[policy.length];
        for (int v = 0; v < mixed.length; v++) {
            mixed[v] = (1 + share) * policy[v] - share * reference[v];
        }
        return mixed;
    }

    static double logSumExp(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }
}
