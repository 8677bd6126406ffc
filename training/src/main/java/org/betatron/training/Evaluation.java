package org.betatron.training;

import org.betatron.training.run.Metrics;

/// What a model is worth on held-out rows.
///
/// Pure: it can only score, changes no state and draws nothing, so training goes on as if it had not been.
///
/// @param <S> the state of the rule that trains the model
@FunctionalInterface
public interface Evaluation<S> {

    /// There are no held-out rows.
    static <S> Evaluation<S> none() {
        return _ -> Metrics.EMPTY;
    }

    /// @param state what training has left so far; an objective that follows running moments is evaluated with them
    /// @return measurements without a prefix
    Metrics evaluate(S state);
}
