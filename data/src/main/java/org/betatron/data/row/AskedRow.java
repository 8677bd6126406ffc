package org.betatron.data.row;

import org.jspecify.annotations.Nullable;

/// A row of a file as text, read for its prompt, which is to be answered.
///
/// @param id     the row's `id` field, else `file:line`
/// @param prompt what is asked
/// @param chosen the preferred answer, where the row has one; else null
public record AskedRow(String id, Prompt prompt, @Nullable Message chosen) {}
