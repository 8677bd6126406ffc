package org.betatron.core.model;

/// The log-probabilities of one batch together with what is needed to differentiate them.
///
/// Owned by whoever called [TrainableModel#forward]. One thread at a time, the same that ran the forward pass.
public interface ForwardPass extends AutoCloseable {

    TokenLogProbs logProbs();

    /// Adds the vector-Jacobian product of the log-probabilities to the model's gradient:
    /// `gradient += sum_t derivatives[t] * d logProbs[t] / d weights`.
    ///
    /// May be called once. A derivative of zero for every token does no work.
    ///
    /// @param derivatives dL/dlogProb of every response token, `[batch.numResponseTokens()]`, finite
    /// @throws IllegalArgumentException if the length differs or a value is not finite
    /// @throws IllegalStateException    if called twice or after [#close]
    default void backward(float[] derivatives) {
        backward(derivatives, new float[0]);
    }

    /// As [#backward(float[])], for a loss that depends on the divergence from the reference as well:
    /// `gradient += sum_t derivatives[t] * d logProbs[t] / d weights + divergences[t] * d KL[t] / d weights`.
    ///
    /// @param derivatives dL/dlogProb of every response token, `[batch.numResponseTokens()]`, finite
    /// @param divergences dL/d[TokenQuantity#REFERENCE_KL] of every response token, of the same length; empty
    ///     where the loss does not depend on it
    /// @throws IllegalStateException if divergences are given that were not asked for in the forward pass
    void backward(float[] derivatives, float[] divergences);

    /// Releases the pass; the log-probabilities stay readable.
    @Override
    void close();
}
