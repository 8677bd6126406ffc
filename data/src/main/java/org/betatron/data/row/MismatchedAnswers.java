package org.betatron.data.row;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.betatron.data.DataException;

/// Gives each row another row's answer, from which KTO estimates how far the policy has left its reference.
///
/// Rows are put into a seeded circle, and each gets the answer of the row before it; so every answer serves
/// once, and the reference can score the rows ahead of training. The published code takes the neighbour within
/// a micro-batch instead, which ties the estimate to how the batch is cut.
public final class MismatchedAnswers {

    private MismatchedAnswers() {}

    /// @param rows      rows of one data set, at least two
    /// @param maxTokens longest prompt and answer together; a longer answer is cut at its end
    /// @param seed      seed of the circle
    /// @return a view of the same rows in the same order, each with an answer that is not its own
    /// @throws DataException if there is one row only
    public static List<TokenizedAnswer> assign(List<TokenizedAnswer> rows, int maxTokens, long seed) {
        if (rows.size() < 2) {
            throw new DataException("the objective compares every answer with that of another row, so at least two rows"
                    + " are needed, but there is one");
        }
        RowOrder order = new RowOrder(rows.size(), seed);
        int[] circle = order.rows(0, rows.size());
        int[] others = new int[circle.length];
        for (int i = 0; i < circle.length; i++) {
            others[circle[i]] = circle[(i + 1) % circle.length];
        }
        return new View(rows, others, maxTokens);
    }

    /// Holds, for every row, the row whose answer it gets.
    private static final class View extends AbstractList<TokenizedAnswer> implements RandomAccess {

        private final List<TokenizedAnswer> rows;
        private final int[] others;
        private final int maxTokens;

        View(List<TokenizedAnswer> rows, int[] others, int maxTokens) {
            this.rows = rows;
            this.others = others;
            this.maxTokens = maxTokens;
        }

        @Override
        public TokenizedAnswer get(int i) {
            TokenizedAnswer row = rows.get(i);
            int[] other = rows.get(others[i]).response();
            int room = Math.max(1, maxTokens - row.prompt().length);
            return row.withMismatched(other.length <= room ? other : Arrays.copyOf(other, room));
        }

        @Override
        public int size() {
            return others.length;
        }
    }
}
