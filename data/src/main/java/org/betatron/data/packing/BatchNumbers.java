package org.betatron.data.packing;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;

/// What a model says about the rows of a batch, in the order of the batch, however they went
/// through a model.
///
/// A row is named by its index in the batch. Immutable.
public final class BatchNumbers {

    private final int[] rows; // number in the data set
    private final ScoredRows[] parts; // [rows]
    private final int[] places; // [rows]: number of the row in its part

    private BatchNumbers(int[] rows, ScoredRows[] parts, int[] places) {
        this.rows = rows;
        this.parts = parts;
        this.places = places;
    }

    /// @param rows  number in the data set of each row of the batch
    /// @param parts which together hold every row of the batch once
    static BatchNumbers of(int[] rows, List<ScoredRows> parts) {
        return of(rows, List.of(parts), new int[][] {
            IntStream.range(0, rows.length).toArray()
        });
    }

    /// @param rows    number in the data set of each row of the batch
    /// @param shares  parts of each share of the batch, which together hold every row once
    /// @param indices of each share the indices of its rows in the batch
    static BatchNumbers of(int[] rows, List<List<ScoredRows>> shares, int[][] indices) {
        ScoredRows[] partOf = new ScoredRows[rows.length];
        int[] places = new int[rows.length];
        for (int share = 0; share < indices.length; share++) {
            for (ScoredRows part : shares.get(share)) {
                for (int row = 0; row < part.rows().size(); row++) {
                    int index = indices[share][part.rows().index(row)];
                    partOf[index] = part;
                    places[index] = row;
                }
            }
        }
        return new BatchNumbers(rows, partOf, places);
    }

    /// @param rows number in the data set of each row of the batch
    /// @param part some of them, which are a batch by themselves now, in the order of the part
    static BatchNumbers ofPart(int[] rows, ScoredRows part) {
        int size = part.rows().size();
        ScoredRows[] partOf = new ScoredRows[size];
        Arrays.fill(partOf, part);
        return new BatchNumbers(
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

    /// @param quantity a number that was asked for
    /// @param response number of a response of the row
    /// @return its sum over the response
    public double sum(TokenQuantity quantity, int index, int response) {
        return sum(quantity, index, response, 0);
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

    /// @param quantity a number that was asked for
    /// @return its value at every response token of the row, `[numResponseTokens]`; a copy
    public float[] values(TokenQuantity quantity, int index) {
        float[] values = new float[numResponseTokens(index)];
        for (int response = 0; response < numResponses(index); response++) {
            System.arraycopy(
                    numbers(index).of(quantity),
                    numbers(index).batch().logProbOffset(packed(index, response)),
                    values,
                    start(index, response),
                    length(index, response));
        }
        return values;
    }

    private TokenNumbers numbers(int index) {
        return parts[index].numbers();
    }

    private int packed(int index, int response) {
        return parts[index].rows().packedResponse(places[index], response);
    }
}
