package org.betatron.torch;

import org.betatron.core.model.PackedBatch;
import org.betatron.torch.architecture.ArchitectureSpec;

/// Whether a batch is one that a model can compute.
final class BatchFit {

    private BatchFit() {}

    /// @throws IllegalArgumentException if a token id is outside the vocabulary or a sequence is
    ///     too long
    static void require(PackedBatch batch, ArchitectureSpec spec) {
        for (int id : batch.tokenIds()) {
            requireToken(id, spec.vocabularySize());
        }
        for (int group = 0; group < batch.numGroups(); group++) {
            for (int i = 0; i < batch.numResponses(group); i++) {
                int length = batch.promptLength(group) + batch.responseLength(batch.firstResponse(group) + i);
                if (length > spec.maxPositions()) {
                    throw new IllegalArgumentException("prompt and response must have at most " + spec.maxPositions()
                            + " tokens together, the model's positions, but had " + length);
                }
            }
        }
    }

    static void requireToken(int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw new IllegalArgumentException("token id must be in [0, " + vocabularySize
                    + "), the model's vocabulary, but was " + id + ": does the tokenizer belong to this model?");
        }
    }

    /// @return the batch's shape for a message
    static String describe(PackedBatch batch) {
        return batch.numGroups() + " prompts with " + batch.numResponses() + " responses (" + batch.numTokens()
                + " tokens)";
    }
}
