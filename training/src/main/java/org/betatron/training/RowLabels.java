package org.betatron.training;

import java.util.List;
import org.betatron.data.LabelledRow;
import org.betatron.data.TokenizedAnswer;
import org.betatron.data.TokenizedRow;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.run.Fingerprint;

/// The data key of a run: what its rows look like to a model, and what is said about them.
public final class RowLabels {

    private RowLabels() {}

    /// @param rows the training rows in order
    /// @return fingerprint of token ids, labels and scores
    public static String digest(List<? extends TokenizedRow> rows) {
        StringBuilder labels = new StringBuilder();
        for (TokenizedRow row : rows) {
            if (row instanceof TokenizedAnswer answer) {
                labels.append(answer.desirable() ? '+' : '-');
            }
            if (row instanceof LabelledRow<?> labelled) {
                labelled.scoreGap().ifPresent(gap -> labels.append(gap).append(' '));
            }
        }
        String tokens = ReferenceKey.digest(rows);
        return labels.isEmpty() ? tokens : Fingerprint.of(tokens + " " + labels);
    }
}
