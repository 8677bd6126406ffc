package org.betatron.core.objective;

import java.util.EnumMap;
import java.util.Map;
import org.betatron.core.logprob.ResponseQuantity;

/// Derivatives of one number by the differentiable quantities of `n` responses, to which scores add.
///
/// Not thread-safe; owned by whoever asked for it.
public final class ResponseDerivatives {

    private final double[] policy;
    private final Map<ResponseQuantity, double[]> others = new EnumMap<>(ResponseQuantity.class);

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
        requireDifferentiable(quantity);
        double[] values = quantity == ResponseQuantity.POLICY ? policy : others.get(quantity);
        return values == null ? 0 : values[row];
    }

    public void addPolicy(int row, double derivative) {
        policy[row] += derivative;
    }

    /// @throws IllegalArgumentException if the quantity is not differentiable
    public void add(ResponseQuantity quantity, int row, double derivative) {
        requireDifferentiable(quantity);
        double[] values = quantity == ResponseQuantity.POLICY
                ? policy
                : others.computeIfAbsent(quantity, _ -> new double[policy.length]);
        values[row] += derivative;
    }

    private static void requireDifferentiable(ResponseQuantity quantity) {
        if (!quantity.isDifferentiable()) {
            throw new IllegalArgumentException(quantity + " is not differentiable");
        }
    }
}
