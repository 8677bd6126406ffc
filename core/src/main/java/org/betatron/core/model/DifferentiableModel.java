package org.betatron.core.model;

/// A model whose numbers can be differentiated: what a batch of training goes through.
public interface DifferentiableModel extends ResponseModel {

    /// Computes the numbers of every response token and keeps what the backward pass needs.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return the pass; to be closed by the caller, at the latest before the next optimizer step
    /// @throws IllegalArgumentException as [#score]
    ForwardPass forward(PackedBatch batch);

    /// This model as one training step sees it, where a model leaves out some of its numbers at random
    /// while it trains (dropout). Both what is only scored and what is differentiated leave out the same:
    /// what a row loses depends on the seed and on the row's own tokens, and not on what goes through the
    /// model with it.
    ///
    /// @param seed of what is left out
    /// @return this model, borrowed; itself where nothing is random
    default DifferentiableModel dropping(long seed) {
        return this;
    }

    /// Estimates what one forward pass keeps in memory until it is closed, or several with as many tokens
    /// together.
    ///
    /// @param numTokens tokens of prompts and responses, ≥ 0
    /// @return bytes; right within a factor of about one and a half
    long graphBytes(long numTokens);

    /// @return tokens that one forward pass should have, or as few more as one row makes necessary: where neither
    ///     memory nor time is wasted, ≥ 1. Depends on the model alone, not on the machine
    int tokensAtOnce();
}
