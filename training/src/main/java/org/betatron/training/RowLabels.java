package org.betatron.training;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.betatron.data.row.MadeRow;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.run.Fingerprint;

/// The data key of a run: what its rows look like to a model, and what is said about them.
public final class RowLabels {

    private RowLabels() {}

    /// @param rows the training rows in order
    /// @return fingerprint of token ids, labels and scores
    public static String digest(List<? extends TokenizedRow> rows) {
        String tokens = ReferenceKey.digest(rows);
        MessageDigest digest = Fingerprint.sha256();
        update(digest, tokens + " ");
        boolean labelled = false;
        for (TokenizedRow row : rows) {
            String label = label(row);
            labelled |= !label.isEmpty();
            update(digest, label);
        }
        return labelled ? HexFormat.of().formatHex(digest.digest()) : tokens;
    }

    private static String label(TokenizedRow row) {
        return switch (row) {
            case TokenizedAnswer answer -> answer.desirable() ? "+" : "-";
            case TokenizedPair pair ->
                pair.scoreGap().isPresent() ? pair.scoreGap().getAsDouble() + " " : "";
            case TokenizedText _, MadeRow _ -> "";
        };
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
