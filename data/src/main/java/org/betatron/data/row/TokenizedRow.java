package org.betatron.data.row;

import java.util.List;

/// One training row as token ids: a prompt and the responses that share it. All arrays are lent, not to
/// be written.
///
/// Files hold [LabelledRow] and [TokenizedText]; [MadeRow] is what training makes as it goes.
public sealed interface TokenizedRow permits LabelledRow, TokenizedText, MadeRow {

    /// @return where the row came from, unique within a data set: its `id` field, else `file:line`
    String id();

    /// @return token ids of the prompt, at least one
    int[] prompt();

    /// @return token ids of each response, at least one response with at least one token; a pair's chosen
    ///     response comes before its rejected one
    List<int[]> responses();

    /// @return tokens of the prompt, once, and of each response: what a model computes for the row by
    ///     itself
    default int numTokens() {
        return prompt().length
                + responses().stream().mapToInt(response -> response.length).sum();
    }
}
