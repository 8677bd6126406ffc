package org.betatron.core.objective;

/// Losses of another objective, each times a constant of its row.
final class WeightedValue extends ObjectiveValue {

    private final ObjectiveValue inner;
    private final double[] weights;

    private WeightedValue(double[] losses, ObjectiveValue inner, double[] weights) {
        super(losses);
        this.inner = inner;
        this.weights = weights;
    }

    /// @param weights of each row, `[n]`; kept
    static WeightedValue of(ObjectiveValue inner, double[] weights) {
        return new WeightedValue(times(inner.losses(), weights), inner, weights);
    }

    private static double[] times(double[] values, double[] weights) {
        double[] products = new double[values.length];
        for (int i = 0; i < products.length; i++) {
            products[i] = weights[i] * values[i];
        }
        return products;
    }

    @Override
    public void pullBack(double[] factors, PairDerivatives derivatives) {
        inner.pullBack(times(factors, weights), derivatives);
    }
}
