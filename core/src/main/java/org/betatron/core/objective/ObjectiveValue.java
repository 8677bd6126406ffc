package org.betatron.core.objective;

import java.util.Arrays;

/// Losses of a batch, unreduced, and what is needed to differentiate them.
///
/// Owned by whoever asked for the evaluation. The batch that was evaluated is kept, not copied.
public abstract class ObjectiveValue {

    private final double[] losses;

    /// @param losses loss of each row, `[n]`, nats; kept, not copied
    protected ObjectiveValue(double[] losses) {
        this.losses = losses;
    }

    public final int size() {
        return losses.length;
    }

    /// @return loss of a row, nats
    public final double loss(int row) {
        return losses[row];
    }

    /// @return losses of all rows, `[n]`; lent, not to be written
    public final double[] losses() {
        return losses;
    }

    /// The vector-Jacobian product of the losses: adds `sum_i factors[i] * d losses[i] / d q` for every
    /// quantity `q` of every response.
    ///
    /// A row of factor zero adds nothing, whatever its loss is.
    ///
    /// @param factors     derivative of a batch loss by each loss, `[n]`
    /// @param derivatives where it is added
    public abstract void pullBack(double[] factors, PairDerivatives derivatives);

    /// @return derivatives of the sum of all losses: where rows do not depend on each other, each row's own
    public final PairDerivatives derivatives() {
        double[] ones = new double[size()];
        Arrays.fill(ones, 1);
        PairDerivatives derivatives = PairDerivatives.ofSize(size());
        pullBack(ones, derivatives);
        return derivatives;
    }
}
