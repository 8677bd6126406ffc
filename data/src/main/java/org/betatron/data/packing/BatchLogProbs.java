package org.betatron.data.packing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.TokenQuantity;

/// Log-probabilities of the rows of a batch, in the order of the batch, however they went through a model.
///
/// A row is named by its index in the batch. Immutable.
public final class BatchLogProbs {

    private final int[] rows; // number in the data set
    private final ScoredRows[] parts; // [rows]
    private final int[] places; // [rows]: number of the row in its part

    private BatchLogProbs(int[] rows, ScoredRows[] parts, int[] places) {
        this.rows = rows;
        this.parts = parts;
        this.places = places;
    }

    /// @param rows  number in the data set of each row of the batch
    /// @param parts which together hold every row of the batch once
    static BatchLogProbs of(int[] rows, List<ScoredRows> parts) {
        ScoredRows[] partOf = new ScoredRows[rows.length];
        int[] places = new int[rows.length];
        for (ScoredRows part : parts) {
            for (int row = 0; row < part.rows().size(); row++) {
                partOf[part.rows().index(row)] = part;
                places[part.rows().index(row)] = row;
            }
        }
        return new BatchLogProbs(rows, partOf, places);
    }

    /// @param rows number in the data set of each row of the batch
    /// @param part some of them, which are a batch by themselves now, in the order of the part
    static BatchLogProbs ofPart(int[] rows, ScoredRows part) {
        int size = part.rows().size();
        ScoredRows[] partOf = new ScoredRows[size];
        Arrays.fill(partOf, part);
        return new BatchLogProbs(
                IntStream.range(0, size)
                        .map(row -> rows[part.rows().index(row)])
                        .toArray(),
                partOf,
                IntStream.range(0, size).toArray());
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
        return parts[index].rows().numResponses(places[index]);
    }

    /// @param response number of a response of the row
    /// @return its number of tokens
    public int length(int index, int response) {
        return numbers(index).batch().responseLength(packed(index, response));
    }

    /// @param response number of a response of the row
    /// @return log-probability of the whole response, nats
    public double sum(int index, int response) {
        return numbers(index).sum(packed(index, response));
    }

    /// @param response number of a response of the row
    /// @param from     first token of the response that counts
    /// @return log-probability of the response from that token on, nats
    public double sum(int index, int response, int from) {
        return numbers(index).sum(packed(index, response), from);
    }

    /// @param quantity a number that was asked for
    /// @param response number of a response of the row
    /// @param from     first token of the response that counts
    /// @return its sum over the response from that token on
    public double sum(TokenQuantity quantity, int index, int response, int from) {
        return numbers(index).sum(quantity, packed(index, response), from);
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
        return start(index, numResponses(index));
    }

    /// @return log-probability of every response token of the row, `[numResponseTokens]`, nats; a copy
    public float[] values(int index) {
        float[] values = new float[numResponseTokens(index)];
        for (int response = 0; response < numResponses(index); response++) {
            System.arraycopy(
                    numbers(index).values(),
                    numbers(index).batch().logProbOffset(packed(index, response)),
                    values,
                    start(index, response),
                    length(index, response));
        }
        return values;
    }

    private TokenLogProbs numbers(int index) {
        return parts[index].logProbs();
    }

    private int packed(int index, int response) {
        return parts[index].rows().packedResponse(places[index], response);
    }
}
