package org.betatron.training.reference;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.TokenizedRow;
import tools.jackson.databind.json.JsonMapper;

/// Writes one reference file: header and index first, as response lengths are known before any
/// scoring, then the values as they come.
final class ReferenceWriter implements AutoCloseable {

    private final FileChannel channel;
    private final CRC32C checksum = new CRC32C();

    ReferenceWriter(Path file, ReferenceKey key, List<? extends TokenizedRow> rows) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            writeHead(key, rows);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Appends the values of the rows that follow those already written.
    void append(BatchNumbers logProbs) throws IOException {
        for (int index = 0; index < logProbs.size(); index++) {
            float[] values = logProbs.values(TokenQuantity.LOG_PROB, index);
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            writeAll(bytes);
        }
    }

    /// Says that all values are there.
    void finish() throws IOException {
        writeAll(ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(ReferenceFormat.CHECKED)
                .putLong(checksum.getValue())
                .flip());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void writeHead(ReferenceKey key, List<? extends TokenizedRow> rows) throws IOException {
        ByteBuffer index = ByteBuffer.allocate(Math.multiplyExact(Long.BYTES, rows.size() + 1))
                .order(ByteOrder.LITTLE_ENDIAN);
        long numValues = 0;
        for (TokenizedRow row : rows) {
            index.putLong(numValues);
            numValues += numResponseTokens(row);
        }
        index.putLong(numValues);
        byte[] header = header(ReferenceFormat.Header.of(key, numValues));
        writeAll(ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(ReferenceFormat.MAGIC)
                .putLong(header.length)
                .flip());
        writeAll(ByteBuffer.wrap(header));
        writeAll(index.flip());
    }

    private static byte[] header(ReferenceFormat.Header header) {
        byte[] json = new JsonMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        String padding = " ".repeat(Math.floorMod(-json.length, Long.BYTES));
        return (new String(json, StandardCharsets.UTF_8) + padding).getBytes(StandardCharsets.UTF_8);
    }

    private static int numResponseTokens(TokenizedRow row) {
        return row.numTokens() - row.prompt().length;
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        checksum.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
