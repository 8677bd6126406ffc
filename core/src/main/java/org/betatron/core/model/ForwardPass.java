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
    void backward(float[] derivatives);

    /// Releases the pass; the log-probabilities stay readable.
    @Override
    void close();
}
