package org.betatron.data.packing;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A batch that is computed in several places, each of which has some of its rows.
///
/// Rows are divided by tokens: the longest first, each to the place with the fewest so far. Rows
/// that share a prompt stay together, unless there are fewer prompts than places. Which rows a
/// place has is a function of the batch and the number of places, so every place knows what the
/// others have, and how it goes through their models.
///
/// Immutable.
public final class RowShares {

    private final RowBatch batch;
    private final int[][] indices; // [places][rows of the place], ascending
    private final RowBatch[] shares; // [places]

    private RowShares(RowBatch batch, int[][] indices) {
        this.batch = batch;
        this.indices = indices;
        this.shares = new RowBatch[indices.length];
        for (int place = 0; place < indices.length; place++) {
            // In one place a batch is what it is, packed as it is.
            shares[place] = indices.length == 1 ? batch : batch.only(indices[place]);
        }
    }

    /// @param places number of places, ≥ 1; a place has no row where there are fewer rows
    public static RowShares of(RowBatch batch, int places) {
        if (places == 1) {
            return new RowShares(
                    batch, new int[][] {IntStream.range(0, batch.size()).toArray()});
        }
        List<Unit> units = units(batch, batch.sharesPrompts());
        if (units.size() < places) {
            units = units(batch, false);
        }
        units.sort(Comparator.comparingLong(Unit::numTokens).reversed());
        long[] tokens = new long[places];
        List<List<Integer>> rows = new ArrayList<>();
        for (int place = 0; place < places; place++) {
            rows.add(new ArrayList<>());
        }
        for (Unit unit : units) {
            int least = 0;
            for (int place = 1; place < places; place++) {
                least = tokens[place] < tokens[least] ? place : least;
            }
            tokens[least] += unit.numTokens();
            rows.get(least).addAll(unit.indices());
        }
        return new RowShares(
                batch,
                rows.stream()
                        .map(of -> of.stream().mapToInt(i -> i).sorted().toArray())
                        .toArray(int[][]::new));
    }

    /// Rows that go to one place together.
    private record Unit(List<Integer> indices, long numTokens) {}

    private static List<Unit> units(RowBatch batch, boolean byPrompt) {
        Map<IntBuffer, List<Integer>> together = new LinkedHashMap<>();
        List<Unit> units = new ArrayList<>();
        for (int index = 0; index < batch.size(); index++) {
            if (byPrompt) {
                together.computeIfAbsent(IntBuffer.wrap(batch.content(index).prompt()), _ -> new ArrayList<>())
                        .add(index);
            } else {
                units.add(new Unit(List.of(index), batch.content(index).numTokens()));
            }
        }
        for (List<Integer> rows : together.values()) {
            long prompt = batch.content(rows.getFirst()).prompt().length;
            long responses = rows.stream()
                    .mapToLong(index -> batch.content(index).numTokens() - prompt)
                    .sum();
            units.add(new Unit(rows, prompt + responses));
        }
        return units;
    }

    /// @return number of places
    public int places() {
        return shares.length;
    }

    /// @return the rows of a place, as a batch of its own
    public RowBatch of(int place) {
        return shares[place];
    }

    /// @param index of a row among those of the place
    /// @return its index in the whole batch
    public int index(int place, int index) {
        return indices[place][index];
    }

    /// @param ofPlaces of each place the parts of its share, which together hold every row of it
    ///     once
    /// @return numbers of the whole batch, in its order
    public BatchNumbers join(List<List<ScoredRows>> ofPlaces) {
        int[] rows = IntStream.range(0, batch.size()).map(batch::row).toArray();
        return BatchNumbers.of(rows, ofPlaces, indices);
    }
}
