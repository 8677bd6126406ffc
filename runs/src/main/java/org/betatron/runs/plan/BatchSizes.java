package org.betatron.runs.plan;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.data.packing.PackedRows;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedRow;

/// How large optimizer batches are, and what of them goes through the model at once: packed as a run packs them.
///
/// @param tokens       of a batch, mean
/// @param asked        tokens of a batch whose log-probs are asked for, mean
/// @param mostTokens   of a batch, the largest
/// @param partTokens   of what goes through the model at once, the largest
/// @param partAsked    of what goes through the model at once, the largest
/// @param context      tokens that a token sees, mean
/// @param distinct     different tokens in these batches
public record BatchSizes(
        double tokens, double asked, long mostTokens, long partTokens, long partAsked, double context, int distinct) {

    /// Batches that are packed: enough to meet long rows, and no time to speak of.
    private static final int MOST_BATCHES = 32;

    /// @param rows      of the training set, any order
    /// @param batchSize rows of an optimizer batch
    /// @param packing   how they go through the model
    public static BatchSizes of(List<? extends TokenizedRow> rows, int batchSize, Packing packing) {
        int batches = Math.clamp(rows.size() / Math.max(1, batchSize), 1, MOST_BATCHES);
        int size = Math.min(batchSize, rows.size());
        BitSet met = new BitSet();
        long tokens = 0;
        long asked = 0;
        long most = 0;
        long partTokens = 0;
        long partAsked = 0;
        double seen = 0;
        for (int i = 0; i < batches; i++) {
            int first = (int) ((long) i * (rows.size() - size) / Math.max(1, batches - 1));
            RowBatch batch =
                    RowBatch.of(rows, IntStream.range(first, first + size).toArray(), packing);
            tokens += batch.numTokens();
            most = Math.max(most, batch.numTokens());
            for (PackedRows part : batch.parts()) {
                PackedBatch packed = part.batch();
                asked += packed.numResponseTokens();
                partTokens = Math.max(partTokens, packed.numTokens());
                partAsked = Math.max(partAsked, packed.numResponseTokens());
                IntStream.of(packed.tokenIds()).forEach(met::set);
                seen += IntStream.of(packed.positions()).asDoubleStream().sum();
            }
        }
        return new BatchSizes(
                (double) tokens / batches,
                (double) asked / batches,
                most,
                partTokens,
                partAsked,
                seen / Math.max(1, tokens),
                met.cardinality());
    }
}
