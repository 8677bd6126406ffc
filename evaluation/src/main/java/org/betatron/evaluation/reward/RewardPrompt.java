package org.betatron.evaluation.reward;

import java.util.Optional;

/// What answers are written to.
///
/// @param id       of the row
/// @param text     as the policy reads it, written with its chat template
/// @param expected the known right answer, where the row has one
public record RewardPrompt(String id, String text, Optional<String> expected) {

    /// A prompt whose right answer nobody knows.
    public RewardPrompt(String id, String text) {
        this(id, text, Optional.empty());
    }
}
