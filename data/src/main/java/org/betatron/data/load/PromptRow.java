package org.betatron.data.load;

import org.jspecify.annotations.Nullable;

/// A prompt to be answered, written as a model reads it.
///
/// @param id       the row's `id` field, else `file:line`
/// @param prompt   text that the answer continues
/// @param chosen   the preferred answer, where the file has one; else null
/// @param expected the known right answer, as the file has it, where the reader was told to read
///     it;
///     else null
public record PromptRow(
        String id,
        String prompt,
        @Nullable String chosen,
        @Nullable String expected) {

    /// A row of which no right answer was read.
    public PromptRow(String id, String prompt, @Nullable String chosen) {
        this(id, prompt, chosen, null);
    }

    /// @return the same row with another preferred answer
    public PromptRow withChosen(String newChosen) {
        return new PromptRow(id, prompt, newChosen, expected);
    }
}
