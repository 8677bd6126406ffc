package org.betatron.data;

import org.betatron.core.model.PackedBatch;

/// One training row as token ids: a prompt and the responses that share it.
public sealed interface TokenizedRow permits LabelledRow, TokenizedText {

    /// @return where the row came from, unique within a data set: its `id` field, else `file:line`
    String id();

    /// @return token rows that a model computes for it: the prompt once and each response
    int numTokens();

    /// Adds the row as one group. A pair's chosen response comes before its rejected one.
    void addTo(PackedBatch.Builder batch);
}
