package org.betatron.training;

import java.util.List;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.TokenQuantity;

/// Log-probabilities of the rows of one optimizer batch, in the order of the batch, whatever the
/// micro-batches were.
///
/// A row is named by its index in the batch. Immutable.
public final class BatchLogProbs {

    private final int[] rows;
    private final TokenLogProbs[] parts;
    private final int[] groups;

    /// @param rows         number in the data set of each row of the batch; kept, not copied
    /// @param microBatches log-probabilities of consecutive parts of the batch, which together
    ///     have one group per row
    BatchLogProbs(int[] rows, List<TokenLogProbs> microBatches) {
        this.rows = rows;
        this.parts = new TokenLogProbs[rows.length];
        this.groups = new int[rows.length];
        int index = 0;
        for (TokenLogProbs microBatch : microBatches) {
            for (int group = 0; group < microBatch.batch().numGroups(); group++) {
                parts[index] = microBatch;
                groups[index++] = group;
            }
        }
    }

    /// @return number of rows
    public int size() {
        return rows.length;
    }

    /// @return number of the row in the data set
    public int row(int index) {
        return rows[index];
    }

    public int numResponses(int index) {
        return parts[index].batch().numResponses(groups[index]);
    }

    /// @param response number of a response of the row
    /// @return its number of tokens
    public int length(int index, int response) {
        return parts[index].batch().responseLength(packed(index, response));
    }

    /// @param response number of a response of the row
    /// @return log-probability of the whole response, nats
    public double sum(int index, int response) {
        return parts[index].sum(packed(index, response));
    }

    /// @param response number of a response of the row
    /// @param from     first token of the response that counts
    /// @return log-probability of the response from that token on, nats
    public double sum(int index, int response, int from) {
        return parts[index].sum(packed(index, response), from);
    }

    /// @param quantity a number that was asked for
    /// @param response number of a response of the row
    /// @param from     first token of the response that counts
    /// @return its sum over the response from that token on
    public double sum(TokenQuantity quantity, int index, int response, int from) {
        return parts[index].sum(quantity, packed(index, response), from);
    }

    /// @return number of the response's first token among the response tokens of the row
    public int start(int index, int response) {
        int start = 0;
        for (int before = 0; before < response; before++) {
            start += length(index, before);
        }
        return start;
    }

    /// @return response tokens of the row, those of all its responses together
    public int numResponseTokens(int index) {
        int count = 0;
        for (int response = 0; response < numResponses(index); response++) {
            count += length(index, response);
        }
        return count;
    }

    private int packed(int index, int response) {
        return parts[index].batch().firstResponse(groups[index]) + response;
    }
}
