package org.betatron.data;

/// A text to imitate: what is given and what is learned, as text.
///
/// @param id       the row's `id` field, else `file:line`
/// @param prompt   what is given
/// @param response what is learned
public record TrainingText(String id, Prompt prompt, String response) {}
