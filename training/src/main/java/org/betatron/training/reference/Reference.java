package org.betatron.training.reference;

import org.betatron.core.model.LanguageModel;

/// What an objective compares the policy with.
public sealed interface Reference {

    /// Nothing: the objective needs no reference.
    record None() implements Reference {}

    /// Log-probabilities that were computed ahead of training.
    ///
    /// @param logProbs of the rows of one data set
    record Cached(ReferenceLogProbs logProbs) implements Reference {}

    /// A model that runs beside the policy: where its whole distribution is asked for, or where it moves.
    ///
    /// @param model borrowed; of the same kind and vocabulary as the policy
    record Live(LanguageModel model) implements Reference {}
}
