package org.betatron.training;

import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ResponseModel;
import org.betatron.training.run.Metrics;

/// What a model is worth on held-out rows.
///
/// Pure: it can only score, changes no state and draws nothing, so training goes on as if it had not been.
@FunctionalInterface
public interface Evaluation {

    /// There are no held-out rows.
    Evaluation NONE = (_, _) -> Metrics.EMPTY;

    /// @param model what is evaluated
    /// @param state what training has left so far; an objective that follows running moments is evaluated with them
    /// @return measurements without a prefix
    Metrics evaluate(ResponseModel model, AlignmentState state);
}
