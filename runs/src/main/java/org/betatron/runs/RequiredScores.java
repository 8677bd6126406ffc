package org.betatron.runs;

import java.util.Optional;
import org.betatron.data.DataException;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.LabelledRow;

/// Rows that must say how good their answers were judged.
final class RequiredScores {

    private RequiredScores() {}

    /// @param why what reads the scores, the beginning of a message
    /// @return the rows
    /// @throws DataException if a row has no scores, naming the first
    static <R extends LabelledRow<R>> TokenizedDataSet<R> of(TokenizedDataSet<R> rows, String why) {
        if (!rows.report().scores().allScored()) {
            String first = Optional.ofNullable(rows.report().scores().firstWithout())
                    .map(place -> "; the first row without them is " + place)
                    .orElse("");
            throw new DataException(why + ", so every pair must have chosen_score and rejected_score" + first);
        }
        return rows;
    }
}
