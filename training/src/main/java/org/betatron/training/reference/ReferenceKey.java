package org.betatron.training.reference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.Fingerprint;

/// Everything that reference log-probabilities depend on.
///
/// @param model      fingerprint of the bytes of the reference model
/// @param tokenizer  fingerprint of the tokenizer
/// @param truncation how rows were cut, in words
/// @param rows       digest of the ids and token ids of all rows, in order
/// @param numRows    number of rows
public record ReferenceKey(String model, String tokenizer, String truncation, String rows, int numRows) {

    /// @param model      fingerprint of the bytes of the reference model
    /// @param tokenizer  fingerprint of the tokenizer
    /// @param truncation how rows were cut, in words
    /// @param rows       the rows in order
    public static ReferenceKey of(
            String model, String tokenizer, String truncation, List<? extends TokenizedRow> rows) {
        return new ReferenceKey(model, tokenizer, truncation, digest(rows), rows.size());
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
