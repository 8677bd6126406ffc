package org.betatron.torch.parallel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;

/// Some groups of a batch, packed for themselves.
public final class BatchPart {

    /// A lane that waits for another one longer than this share of the time has cost what lanes gain.
    private static final double LEAST_BUSY = 0.8;

    private final PackedBatch whole;
    private final int[] groups; // ascending
    private final PackedBatch packed;

    private BatchPart(PackedBatch whole, int[] groups) {
        this.whole = whole;
        this.groups = groups;
        packed = groups.length == whole.numGroups() ? whole : whole.select(groups);
    }

    /// Divides a batch so that every part has about as many tokens: longest group first, each to the part that has
    /// fewest. A batch that cannot be divided evenly stays whole.
    ///
    /// @param maxParts most parts, ≥ 1
    /// @return the parts, which together have each group once
    public static List<BatchPart> divide(PackedBatch batch, int maxParts) {
        int numParts = Math.min(maxParts, batch.numGroups());
        int[] partOf = new int[batch.numGroups()];
        long[] tokens = new long[numParts];
        IntStream.range(0, batch.numGroups())
                .boxed()
                .sorted(Comparator.comparingInt((Integer group) -> -batch.numTokens(group)))
                .forEach(group -> {
                    int fewest = IntStream.range(0, numParts)
                            .boxed()
                            .min(Comparator.comparingLong(part -> tokens[part]))
                            .orElseThrow();
                    partOf[group] = fewest;
                    tokens[fewest] += batch.numTokens(group);
                });
        double longest = Arrays.stream(tokens).max().orElseThrow();
        if (batch.numTokens() < LEAST_BUSY * numParts * longest) {
            return List.of(
                    new BatchPart(batch, IntStream.range(0, batch.numGroups()).toArray()));
        }
        List<BatchPart> parts = new ArrayList<>();
        for (int part = 0; part < numParts; part++) {
            int number = part;
            parts.add(new BatchPart(
                    batch,
                    IntStream.range(0, batch.numGroups())
                            .filter(group -> partOf[group] == number)
                            .toArray()));
        }
        return parts;
    }

    public PackedBatch packed() {
        return packed;
    }

    /// Finds the rows of this part among those of the whole batch.
    ///
    /// @param rowsOf how many rows a response of the whole batch has
    /// @return for every row of this part its place among the rows of all responses of the batch, in order
    public int[] places(IntUnaryOperator rowsOf) {
        int[] offsets = new int[whole.numResponses() + 1];
        for (int response = 0; response < whole.numResponses(); response++) {
            offsets[response + 1] = offsets[response] + rowsOf.applyAsInt(response);
        }
        return IntStream.of(groups)
                .flatMap(group -> IntStream.range(
                        offsets[whole.firstResponse(group)],
                        offsets[whole.firstResponse(group) + whole.numResponses(group)]))
                .toArray();
    }
}
