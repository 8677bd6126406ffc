package org.betatron.evaluation.record;

import org.jspecify.annotations.Nullable;

/// An answer that a policy wrote while it learned.
///
/// @param step   the first step that learned from it
/// @param id     of the prompt's row
/// @param prompt as the policy read it
/// @param answer what it wrote
/// @param score  what that was worth; null where it had no score
public record RolloutSample(
        long step,
        String id,
        String prompt,
        String answer,
        @Nullable Double score) {}
