package org.betatron.training;

import java.util.Arrays;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.training.run.Metrics;

/// What one optimizer batch teaches: the derivative of its loss by every response token's
/// log-probability.
///
/// A row is named by its index in the batch. Immutable; the constructor keeps the arrays.
public final class StepDecision {

    private final double loss;
    private final float[][] derivatives;
    private final float[][] divergences;
    private final AlignmentState state;
    private final Metrics metrics;

    /// @param loss        loss that is optimized, finite
    /// @param derivatives for each row the derivative of the loss by the log-probability of each
    ///     of its response tokens, those of all its responses together
    /// @param state       what this batch leaves to the next
    /// @param metrics     what is worth knowing about the batch, without a prefix
    public StepDecision(double loss, float[][] derivatives, AlignmentState state, Metrics metrics) {
        this(loss, derivatives, new float[derivatives.length][0], state, metrics);
    }

    /// @param divergences for each row the derivative of the loss by the divergence from the reference at each of
    ///     its response tokens; empty arrays where the loss does not depend on it
    public StepDecision(
            double loss, float[][] derivatives, float[][] divergences, AlignmentState state, Metrics metrics) {
        this.loss = loss;
        this.derivatives = derivatives;
        this.divergences = divergences;
        this.state = state;
        this.metrics = metrics;
    }

    public double loss() {
        return loss;
    }

    /// @return derivatives of a row; lent, not to be written
    public float[] derivatives(int index) {
        return derivatives[index];
    }

    /// @return derivatives of a row by divergences, or an empty array; lent, not to be written
    public float[] divergences(int index) {
        return divergences[index];
    }

    /// @return whether there is anything to learn from the row
    public boolean teaches(int index) {
        return anyNonZero(derivatives[index]) || anyNonZero(divergences[index]);
    }

    private static boolean anyNonZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }

    /// @return whether there is anything to learn from the batch
    public boolean teaches() {
        for (int index = 0; index < derivatives.length; index++) {
            if (teaches(index)) {
                return true;
            }
        }
        return false;
    }

    public AlignmentState state() {
        return state;
    }

    public Metrics metrics() {
        return metrics;
    }

    /// Gives every token of consecutive responses the derivative of its response: a sum of token
    /// log-probabilities passes its own derivative on to each.
    static float[] spread(BatchLogProbs logProbs, int index, double... responseDerivatives) {
        float[] spread = new float[logProbs.numResponseTokens(index)];
        int from = 0;
        for (int response = 0; response < responseDerivatives.length; response++) {
            int to = from + logProbs.length(index, response);
            Arrays.fill(spread, from, to, (float) responseDerivatives[response]);
            from = to;
        }
        return spread;
    }
}
