package org.betatron.data;

import org.jspecify.annotations.Nullable;

/// A prompt with a preferred and another answer, as text, whatever the layout of the file it came from.
///
/// @param id            the row's `id` field, else `file:line`
/// @param prompt        what both answers reply to
/// @param chosen        the preferred answer; a space that separates it from the prompt belongs to it
/// @param rejected      the other answer
/// @param chosenScore   how good the chosen answer was judged, on the scale of the file; null if unknown
/// @param rejectedScore how good the rejected answer was judged; null if unknown
public record PreferencePair(
        String id,
        Prompt prompt,
        String chosen,
        String rejected,
        @Nullable Double chosenScore,
        @Nullable Double rejectedScore) {

    /// @return whether both answers have a score
    public boolean isScored() {
        return chosenScore != null && rejectedScore != null;
    }
}
