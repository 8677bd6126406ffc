package org.betatron.data.load;

import org.jspecify.annotations.Nullable;

/// A prompt to be answered, written as a model reads it.
///
/// @param id     the row's `id` field, else `file:line`
/// @param prompt text that the answer continues
/// @param chosen the preferred answer, where the file has one; else null
public record PromptRow(String id, String prompt, @Nullable String chosen) {}
