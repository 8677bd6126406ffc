package org.betatron.data.transform;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.RandomAccess;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.LabelledRow;

/// Carries out transforms, each on what the one before left.
public final class Transforms {

    private Transforms() {}

    /// The rows after all transforms.
    ///
    /// @param rows    those that are left, in the order of the data set; a view of the rows before
    /// @param records an entry per row that was flipped or selected, in the same order
    /// @param summary what each transform did, a line each
    public record Result<R extends LabelledRow<R>>(
            List<R> rows, List<TransformedRowRecord> records, List<String> summary) {
        public Result {
            records = List.copyOf(records);
            summary = List.copyOf(summary);
        }
    }

    /// @param specs what is done, in this order; messages call them `data.transforms[0]` and so on,
    ///     as recipes do
    /// @param rows  training rows with unique ids
    /// @throws org.betatron.data.DataException if a transform cannot be carried out, saying which
    ///     and why
    public static <R extends LabelledRow<R>> Result<R> apply(List<TransformSpec> specs, List<R> rows) {
        List<TransformedRow> current = new ArrayList<>(rows.size());
        for (R row : rows) {
            current.add(TransformedRow.untouched(current.size(), row));
        }
        List<String> summary = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            Transform.Applied applied =
                    Transform.create(specs.get(i), "data.transforms[" + i + "]").apply(current);
            current = applied.rows();
            summary.add(applied.summary());
        }
        return new Result<>(
                new View<>(rows, current),
                current.stream()
                        .filter(row -> !row.transforms().isEmpty())
                        .map(TransformedRow::asRecord)
                        .toList(),
                summary);
    }

    /// The rows that are left: four bytes and a bit each.
    private static final class View<R extends LabelledRow<R>> extends AbstractList<R> implements RandomAccess {

        private final List<R> before;
        private final int[] indices;
        private final BitSet flipped = new BitSet();

        View(List<R> before, List<TransformedRow> after) {
            this.before = before;
            this.indices = after.stream().mapToInt(TransformedRow::index).toArray();
            for (int i = 0; i < indices.length; i++) {
                flipped.set(i, after.get(i).isFlipped());
            }
        }

        @Override
        public R get(int i) {
            R row = before.get(indices[i]);
            return flipped.get(i) ? row.flipped() : row;
        }

        @Override
        public int size() {
            return indices.length;
        }
    }
}
