package org.betatron.core.objective;

import org.betatron.core.logprob.ResponseQuantity;
import org.jspecify.annotations.Nullable;

/// Derivatives of one number by the differentiable quantities of `n` responses, to which scores add.
///
/// Not thread-safe; owned by whoever asked for it.
public final class ResponseDerivatives {

    private final double[] policy;
    private double @Nullable [] policyTail;
    private double @Nullable [] referenceKl;

    public ResponseDerivatives(int size) {
        policy = new double[size];
    }

    /// @return derivative by the response's summed log-probability
    public double policy(int row) {
        return policy[row];
    }

    /// @return derivative by a quantity; 0 where nothing was added
    /// @throws IllegalArgumentException if the quantity is not differentiable
    public double get(ResponseQuantity quantity, int row) {
        double[] values = switch (quantity) {
            case POLICY -> policy;
            case POLICY_TAIL -> policyTail;
            case REFERENCE_KL -> referenceKl;
            default -> throw notDifferentiable(quantity);
        };
        return values == null ? 0 : values[row];
    }

    public void addPolicy(int row, double derivative) {
        policy[row] += derivative;
    }

    /// @throws IllegalArgumentException if the quantity is not differentiable
    public void add(ResponseQuantity quantity, int row, double derivative) {
        switch (quantity) {
            case POLICY -> policy[row] += derivative;
            case POLICY_TAIL -> {
                policyTail = policyTail == null ? new double[policy.length] : policyTail;
                policyTail[row] += derivative;
            }
            case REFERENCE_KL -> {
                referenceKl = referenceKl == null ? new double[policy.length] : referenceKl;
                referenceKl[row] += derivative;
            }
            default -> throw notDifferentiable(quantity);
        }
    }

    private static IllegalArgumentException notDifferentiable(ResponseQuantity quantity) {
        return new IllegalArgumentException(quantity + " is not differentiable");
    }
}
