package org.betatron.training.reference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;

/// Everything that reference log-probabilities depend on.
///
/// @param settings what they are made with: [#MODEL], [#TOKENIZER], and settings of the recipe by their paths
/// @param rows     digest of the ids and token ids of all rows, in order
/// @param numRows  number of rows
public record ReferenceKey(Settings settings, String rows, int numRows) {

    /// Name of the fingerprint of the bytes of the reference model.
    public static final String MODEL = "the model";

    /// Name of the fingerprint of the tokenizer.
    public static final String TOKENIZER = "the tokenizer";

    /// @param settings what the log-probabilities are made with
    /// @param rows     the rows in order
    public static ReferenceKey of(Settings settings, List<? extends TokenizedRow> rows) {
        return new ReferenceKey(settings, digest(rows), rows.size());
    }

    /// @param saved what a file says of itself
    /// @return what differs, each in words for the user
    List<String> differencesFrom(ReferenceFormat.Header saved) {
        List<String> differences = new ArrayList<>(settings.differencesFrom(saved.settings()));
        if (saved.numRows() != numRows) {
            differences.add("the number of rows was " + saved.numRows() + " and is " + numRows);
        } else if (!saved.rows().equals(rows)) {
            differences.add("the content of the rows was " + saved.rows() + " and is " + rows);
        }
        return differences;
    }

    /// Fingerprint of rows as a model sees them; also serves as the data key of a run.
    ///
    /// @param rows the rows in order
    /// @return SHA-256 over ids, lengths and token ids, in hexadecimal
    public static String digest(List<? extends TokenizedRow> rows) {
        MessageDigest digest = Fingerprint.sha256();
        for (TokenizedRow row : rows) {
            byte[] id = row.id().getBytes(StandardCharsets.UTF_8);
            List<int[]> responses = row.responses();
            // Every variable part is preceded by its length, so that no two lists of rows read the
            // same.
            ByteBuffer bytes = ByteBuffer.allocate(id.length + 4 * (3 + responses.size() + row.numTokens()));
            bytes.putInt(id.length).put(id).putInt(row.prompt().length).putInt(responses.size());
            responses.forEach(response -> bytes.putInt(response.length));
            putAll(bytes, row.prompt());
            responses.forEach(response -> putAll(bytes, response));
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void putAll(ByteBuffer bytes, int[] tokens) {
        for (int token : tokens) {
            bytes.putInt(token);
        }
    }
}
