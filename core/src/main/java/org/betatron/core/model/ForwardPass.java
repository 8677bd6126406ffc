package org.betatron.core.model;

import java.util.EnumMap;
import java.util.Map;

/// The numbers of one batch together with what is needed to differentiate them.
///
/// Owned by whoever called [DifferentiableModel#forward]. One thread at a time, the same that ran
/// the forward pass.
public interface ForwardPass extends AutoCloseable {

    /// @return what the model says about the batch
    TokenNumbers numbers();

    /// Adds the vector-Jacobian product of the numbers to the model's gradient:
    ///
    /// ```text
    /// gradient += sum_q sum_t derivatives[q][t] * d q[t] / d weights          q a quantity, t a
    /// response token
    /// ```
    ///
    /// May be called once. Derivatives of zero for every token do no work.
    ///
    /// @param derivatives dL/dq of every response token, `[batch.numResponseTokens()]` each,
    ///     finite, for every quantity that the loss depends on; not written
    /// @throws IllegalArgumentException if a length differs, a value is not finite, or a quantity
    ///     is not differentiable
    /// @throws IllegalStateException    if a quantity was not computed by this pass, if called
    ///     twice or after [#close]
    void backward(Map<TokenQuantity, float[]> derivatives);

    /// As [#backward(Map)], where no other pass of this step is differentiated after it: what it
    /// leaves of a weight's gradient is final, and may be sent to other ranks while it still works
    /// on others.
    default void finish(Map<TokenQuantity, float[]> derivatives) {
        backward(derivatives);
    }

    /// As [#backward(Map)], for a loss that depends on log-probabilities alone.
    ///
    /// @param derivatives dL/d[TokenQuantity#LOG_PROB] of every response token
    default void backward(float[] derivatives) {
        backward(Map.of(TokenQuantity.LOG_PROB, derivatives));
    }

    /// Releases the pass; the numbers stay readable.
    @Override
    void close();

    /// Checks what a backward pass is given, and leaves out quantities that nothing depends on.
    ///
    /// @param numbers of the pass
    /// @return the derivatives of quantities with any that is not zero; empty where there is
    ///     nothing to do
    /// @throws IllegalArgumentException as [#backward(Map)]
    /// @throws IllegalStateException    if a quantity was not computed
    static Map<TokenQuantity, float[]> teaching(TokenNumbers numbers, Map<TokenQuantity, float[]> derivatives) {
        Map<TokenQuantity, float[]> teaching = new EnumMap<>(TokenQuantity.class);
        derivatives.forEach((quantity, values) -> {
            if (!quantity.isDifferentiable()) {
                throw new IllegalArgumentException(quantity + " is not differentiable");
            }
            if (!numbers.all().containsKey(quantity)) {
                throw new IllegalStateException(quantity + " was not asked for in the forward pass");
            }
            if (values.length != numbers.batch().numResponseTokens()) {
                throw new IllegalArgumentException("derivatives must have one entry per response token ("
                        + numbers.batch().numResponseTokens() + ") but had " + values.length);
            }
            if (anyNonZero(values)) {
                teaching.put(quantity, values);
            }
        });
        return teaching;
    }

    private static boolean anyNonZero(float[] derivatives) {
        boolean any = false;
        for (int i = 0; i < derivatives.length; i++) {
            if (!Float.isFinite(derivatives[i])) {
                throw new IllegalArgumentException(
                        "derivatives must be finite but entry " + i + " was " + derivatives[i]);
            }
            any |= derivatives[i] != 0;
        }
        return any;
    }
}
