package org.betatron.training;

import org.betatron.core.model.LanguageModel;
import org.betatron.training.run.Metrics;

/// What a model is worth on held-out rows.
///
/// Pure: it can only score, sees no moving average and draws nothing, so training goes on as if it
/// had not been.
@FunctionalInterface
public interface Evaluation {

    /// There are no held-out rows.
    Evaluation NONE = _ -> Metrics.EMPTY;

    /// @return measurements without a prefix
    Metrics evaluate(LanguageModel model);
}
