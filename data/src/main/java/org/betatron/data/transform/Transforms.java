package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.LabelledRow;
import org.betatron.data.TransformedRowRecord;

/// Carries out transforms, each on what the one before left.
public final class Transforms {

    private Transforms() {}

    /// The rows after all transforms.
    ///
    /// @param rows    those that are left, in the order of the data set
    /// @param records an entry per row that was flipped or selected, in the same order
    /// @param summary what each transform did, a line each
    public record Result<R extends LabelledRow<R>>(
            List<R> rows, List<TransformedRowRecord> records, List<String> summary) {
        public Result {
            rows = List.copyOf(rows);
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
        List<TransformedRow<R>> current =
                rows.stream().map(TransformedRow::untouched).toList();
        List<String> summary = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            Transform.Outcome<R> outcome =
                    Transform.create(specs.get(i), "data.transforms[" + i + "]").apply(current);
            current = outcome.rows();
            summary.add(outcome.summary());
        }
        return new Result<>(
                current.stream().map(TransformedRow::row).toList(),
                current.stream()
                        .filter(row -> !row.transforms().isEmpty())
                        .map(TransformedRow::asRecord)
                        .toList(),
                summary);
    }
}
