package org.betatron.data;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.betatron.core.model.PackedBatch;
import org.jspecify.annotations.Nullable;

/// How much goes through a model at once. Memory goes with tokens, so they are limited; rows are too,
/// for those who think in rows.
///
/// @param rows   most rows, ≥ 1
/// @param tokens most tokens, ≥ 1; a longer row goes by itself
public record BatchLimit(int rows, int tokens) {

    public BatchLimit {
        if (rows < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "rows and tokens of a batch must be ≥ 1 but were " + rows + " and " + tokens);
        }
    }

    /// @return twice as much: what scores only, and keeps no graph, needs less memory
    public BatchLimit twice() {
        return new BatchLimit(2 * rows, 2 * tokens);
    }

    /// @param all rows
    /// @return consecutive parts of them, packed, in order; each is made when it is asked for
    public Iterable<PackedBatch> pack(List<? extends TokenizedRow> all) {
        return () -> new Packing(all.iterator());
    }

    private final class Packing implements Iterator<PackedBatch> {

        private final Iterator<? extends TokenizedRow> source;
        private @Nullable TokenizedRow next;

        Packing(Iterator<? extends TokenizedRow> source) {
            this.source = source;
            advance();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public PackedBatch next() {
            if (next == null) {
                throw new NoSuchElementException("all rows are packed");
            }
            PackedBatch.Builder builder = PackedBatch.builder();
            long numTokens = 0;
            for (int count = 0; next != null && count < rows; count++) {
                numTokens += next.numTokens();
                if (count > 0 && numTokens > tokens) {
                    break;
                }
                next.addTo(builder);
                advance();
            }
            return builder.build();
        }

        private void advance() {
            next = source.hasNext() ? source.next() : null;
        }
    }
}
