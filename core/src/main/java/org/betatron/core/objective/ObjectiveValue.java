package org.betatron.core.objective;

/// Loss of every pair of a batch and its derivatives by the summed policy log-probabilities.
///
/// A negative chosen derivative means that gradient descent raises the chosen log-probability.
/// Owned by whoever asked for the evaluation; the constructor keeps the arrays.
public final class ObjectiveValue {

    private final double[] losses;
    private final double[] chosenDerivatives;
    private final double[] rejectedDerivatives;

    /// @param losses              loss of each pair, `[n]`, nats
    /// @param chosenDerivatives   derivative of that loss by the pair's chosen log-probability, `[n]`
    /// @param rejectedDerivatives derivative of that loss by the pair's rejected log-probability, `[n]`
    public ObjectiveValue(double[] losses, double[] chosenDerivatives, double[] rejectedDerivatives) {
        this.losses = losses;
        this.chosenDerivatives = chosenDerivatives;
        this.rejectedDerivatives = rejectedDerivatives;
    }

    public int size() {
        return losses.length;
    }

    public double loss(int pair) {
        return losses[pair];
    }

    public double chosenDerivative(int pair) {
        return chosenDerivatives[pair];
    }

    public double rejectedDerivative(int pair) {
        return rejectedDerivatives[pair];
    }

    /// @return losses of all pairs, `[n]`, as a copy
    public double[] toLosses() {
        return losses.clone();
    }
}
