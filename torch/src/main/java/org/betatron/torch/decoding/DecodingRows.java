package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the new tokens of several sequences are laid out as rows of one flat batch: pool after pool, in
/// each first the single tokens by slot, then the longer pieces, and at the end rows without meaning.
///
/// Matrix products are computed in blocks of rows, and a batch that is not a multiple of the block takes
/// another path through the library, with other rounding. Filled up to the multiple, a row gives the same
/// bits however many others there are.
final class DecodingRows {

    /// Measured with MKL on AVX-512, which is used where [PackedMaps] is not there: products of 4, 8, 12, ...
    /// rows give equal rows bit for bit, those of 1,
    /// 2, 3, 5 or 7 rows do not.
    static final int ROW_BLOCK = 4;

    private final List<CachedSequence> sequences;
    private final int[][] tokenIds;
    private final List<PoolRows> pools = new ArrayList<>();
    private final int[] ids;
    private final int[] positions;
    private final int[] lastRows;
    private int numRows;

    /// Several new tokens of one sequence.
    ///
    /// @param firstRow first of its rows
    /// @param numRows  how many
    /// @param slot     place of the sequence in its pool
    /// @param past     tokens that it held before
    record Piece(int firstRow, int numRows, int slot, int past) {}

    /// The rows of one pool.
    static final class PoolRows {

        private final KeyValuePool pool;
        private final int firstRow;
        private final List<Piece> pieces = new ArrayList<>();
        private final int[] queryOfSlot;
        private final int[] filledAfter;
        private int[] slotOfSingle = {};
        private int[] places = {};

        private PoolRows(KeyValuePool pool, int firstRow) {
            this.pool = pool;
            this.firstRow = firstRow;
            // A sequence that gets nothing attends with some row's query; nobody reads the result.
            queryOfSlot = new int[pool.sequences().size()];
            Arrays.fill(queryOfSlot, firstRow);
            filledAfter =
                    pool.sequences().stream().mapToInt(CachedSequence::length).toArray();
        }

        KeyValuePool pool() {
            return pool;
        }

        int firstRow() {
            return firstRow;
        }

        int numRows() {
            return places.length;
        }

        int numSingles() {
            return slotOfSingle.length;
        }

        List<Piece> pieces() {
            return pieces;
        }

        /// @return where in the pool each row goes, `slot * capacity + position`; lent
        int[] places() {
            return places;
        }

        /// @return by slot, the row of its new token; lent
        int[] queryOfSlot() {
            return queryOfSlot;
        }

        /// @return by single-token row, its slot; lent
        int[] slotOfSingle() {
            return slotOfSingle;
        }

        /// @return by slot, tokens that its sequence holds with the new ones; lent
        int[] filledAfter() {
            return filledAfter;
        }
    }

    /// @param sequences what is continued, with room for it
    /// @param tokenIds  the next tokens of each
    DecodingRows(List<CachedSequence> sequences, int[][] tokenIds) {
        this.sequences = sequences;
        this.tokenIds = tokenIds;
        int tokens = Arrays.stream(tokenIds).mapToInt(ids -> ids.length).sum();
        ids = new int[roundedUp(tokens)];
        positions = new int[ids.length];
        lastRows = new int[sequences.size()];
        Map<KeyValuePool, List<Integer>> byPool = new LinkedHashMap<>();
        for (int i = 0; i < sequences.size(); i++) {
            KeyValuePool pool = sequences.get(i).pool();
            if (pool == null) {
                throw new IllegalStateException("a sequence has no room for its tokens");
            }
            byPool.computeIfAbsent(pool, _ -> new ArrayList<>()).add(i);
        }
        byPool.forEach(this::addPool);
    }

    private void addPool(KeyValuePool pool, List<Integer> members) {
        PoolRows rows = new PoolRows(pool, numRows);
        List<Integer> singles = members.stream()
                .filter(i -> tokenIds[i].length == 1)
                .sorted((a, b) -> Integer.compare(
                        sequences.get(a).slot(), sequences.get(b).slot()))
                .toList();
        rows.slotOfSingle =
                singles.stream().mapToInt(i -> sequences.get(i).slot()).toArray();
        for (int i : singles) {
            rows.queryOfSlot[sequences.get(i).slot()] = numRows;
            addTokens(rows, i);
        }
        for (int i : members) {
            if (tokenIds[i].length > 1) {
                CachedSequence sequence = sequences.get(i);
                rows.pieces.add(new Piece(numRows, tokenIds[i].length, sequence.slot(), sequence.length()));
                addTokens(rows, i);
            }
        }
        rows.places = new int[numRows - rows.firstRow];
        for (int i : members) {
            CachedSequence sequence = sequences.get(i);
            int count = tokenIds[i].length;
            for (int t = 0; t < count; t++) {
                rows.places[lastRows[i] - count + 1 + t - rows.firstRow] =
                        sequence.slot() * pool.capacity() + sequence.length() + t;
            }
        }
        pools.add(rows);
    }

    private void addTokens(PoolRows rows, int index) {
        CachedSequence sequence = sequences.get(index);
        for (int t = 0; t < tokenIds[index].length; t++) {
            ids[numRows] = tokenIds[index][t];
            positions[numRows] = sequence.length() + t;
            numRows++;
        }
        lastRows[index] = numRows - 1;
        rows.filledAfter[sequence.slot()] += tokenIds[index].length;
    }

    private static int roundedUp(int rows) {
        return Math.ceilDiv(rows, ROW_BLOCK) * ROW_BLOCK;
    }

    List<PoolRows> pools() {
        return pools;
    }

    /// @return token of each row, `[T]`, lent
    int[] ids() {
        return ids;
    }

    /// @return position of each row in its sequence, `[T]`, lent
    int[] positions() {
        return positions;
    }

    /// @return rows at the end that belong to no sequence
    int padding() {
        return ids.length - numRows;
    }

    /// @return by sequence the row of its last token, filled up with rows of any sequence to a whole block
    int[] predictors() {
        int[] rows = Arrays.copyOf(lastRows, roundedUp(lastRows.length));
        Arrays.fill(rows, lastRows.length, rows.length, lastRows[0]);
        return rows;
    }
}
