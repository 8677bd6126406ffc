package org.betatron.data.row;

import org.jspecify.annotations.Nullable;

/// A row of a file as text, read for its prompt, which is to be answered.
///
/// @param id       the row's `id` field, else `file:line`
/// @param prompt   what is asked
/// @param chosen   the preferred answer, where the row has one; else null
/// @param expected the known right answer, where it was asked for; else null
public record AskedRow(
        String id,
        Prompt prompt,
        @Nullable Message chosen,
        @Nullable String expected) {

    /// A row of which no right answer is read.
    public AskedRow(String id, Prompt prompt, @Nullable Message chosen) {
        this(id, prompt, chosen, null);
    }

    /// @return the same row with the answer that is right
    public AskedRow withExpected(String newExpected) {
        return new AskedRow(id, prompt, chosen, newExpected);
    }
}
