package org.betatron.torch.head;

import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;

/// The row that each response is scored by: the last token of prompt and response that is not
/// padding, as `transformers` finds it in sequence classification.
///
/// Where a tokenizer pads with its end token, this is the token before the end, whose own row is
/// never looked at.
///
/// @param paddingId id of the padding token; negative where there is none, and the very last token
///     counts
public record LastTokenRows(int paddingId) implements AskedRows {

    /// @return row of each response, `[batch.numResponses()]`; a response of nothing but padding
    ///     has a row of its prompt
    @Override
    public int[] of(PackedBatch batch) {
        int[] rows = new int[batch.numResponses()];
        for (int group = 0; group < batch.numGroups(); group++) {
            int promptRow = last(batch, batch.promptStart(group), batch.promptLength(group));
            for (int i = 0; i < batch.numResponses(group); i++) {
                int response = batch.firstResponse(group) + i;
                int row = last(batch, batch.responseStart(response), batch.responseLength(response));
                rows[response] = row >= 0 ? row : Math.max(promptRow, batch.promptStart(group));
            }
        }
        return rows;
    }

    @Override
    public int count(PackedBatch batch, int response) {
        return 1;
    }

    /// @return the last token of each response, also where it is scored at another row
    @Override
    public int[] tokens(PackedBatch batch) {
        return IntStream.range(0, batch.numResponses())
                .map(response -> batch.logProbOffset(response) + batch.responseLength(response) - 1)
                .toArray();
    }

    /// @return last row of a segment that is not padding, -1 if all of it is
    private int last(PackedBatch batch, int start, int length) {
        for (int row = start + length - 1; row >= start; row--) {
            if (batch.tokenIds()[row] != paddingId) {
                return row;
            }
        }
        return -1;
    }
}
