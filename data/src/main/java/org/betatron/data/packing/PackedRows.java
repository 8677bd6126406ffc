package org.betatron.data.packing;

import java.util.List;
import java.util.function.IntFunction;
import org.betatron.core.model.PackedBatch;

/// Some rows of a list as one packed batch, and which of its responses are whose. A response of the batch
/// may belong to several rows.
///
/// Immutable as long as nobody writes into what the batch lends.
public final class PackedRows {

    private final PackedBatch batch;
    private final int[] indices; // [size]
    private final int[][] responses; // [size][responses of the row], numbers in the batch

    private PackedRows(PackedBatch batch, int[] indices, int[][] responses) {
        this.batch = batch;
        this.indices = indices;
        this.responses = responses;
    }

    static PackedRows of(List<RowGroup> groups) {
        PackedBatch.Builder builder = PackedBatch.builder();
        int size = groups.stream().mapToInt(group -> group.indices().size()).sum();
        int[] indices = new int[size];
        int[][] responses = new int[size][];
        int row = 0;
        int firstResponse = 0;
        for (RowGroup group : groups) {
            builder.add(group.prompt(), group.responses());
            for (int i = 0; i < group.indices().size(); i++, row++) {
                indices[row] = group.indices().get(i);
                int[] own = group.responsesOfRows().get(i);
                responses[row] = new int[own.length];
                for (int response = 0; response < own.length; response++) {
                    responses[row][response] = firstResponse + own[response];
                }
            }
            firstResponse += group.responses().length;
        }
        return new PackedRows(builder.build(), indices, responses);
    }

    /// @return what goes through a model
    public PackedBatch batch() {
        return batch;
    }

    /// @return number of rows
    public int size() {
        return indices.length;
    }

    /// @return place of a row in the list that was packed
    public int index(int row) {
        return indices[row];
    }

    public int numResponses(int row) {
        return responses[row].length;
    }

    /// @param response number of a response of the row
    /// @return its number in the batch
    public int packedResponse(int row, int response) {
        return responses[row][response];
    }

    /// Derivatives of rows as derivatives of the batch: those of a response that is several rows' are added
    /// up, as a function of one number by several ways has the sum of their derivatives.
    ///
    /// @param ofRows for each of these rows one number per response token, those of all its responses
    ///     together; empty for zeros
    /// @return one number per response token of the batch, `[batch.numResponseTokens()]`
    public float[] addUp(IntFunction<float[]> ofRows) {
        float[] sums = new float[batch.numResponseTokens()];
        for (int row = 0; row < indices.length; row++) {
            float[] numbers = ofRows.apply(row);
            int next = 0;
            for (int response = 0; response < responses[row].length && numbers.length > 0; response++) {
                int offset = batch.logProbOffset(responses[row][response]);
                int length = batch.responseLength(responses[row][response]);
                for (int token = 0; token < length; token++) {
                    sums[offset + token] += numbers[next++];
                }
            }
        }
        return sums;
    }
}
