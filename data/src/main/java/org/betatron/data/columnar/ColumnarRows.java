package org.betatron.data.columnar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The rows of one file that keeps values by column, one at a time and in order. Holds a part of
/// the file in memory: a batch of rows of an Arrow file, pages of a Parquet file. Not thread-safe;
/// close it.
public interface ColumnarRows extends AutoCloseable {

    /// @return the next row, with a field for each column that is read; null after the last
    /// @throws DataException if the file is damaged here
    @Nullable
    ObjectNode next();

    /// @return bytes of the row that was returned last, about
    int rowBytes();

    @Override
    void close();

    /// Opens a file that is Parquet or Arrow by its first bytes, whatever its name.
    ///
    /// @param columns names of the columns to read; empty for all
    /// @return nothing if it is another kind of file
    /// @throws DataException if it is one that cannot be read, or lacks one of the columns
    static Optional<ColumnarRows> open(Path file, Set<String> columns) {
        // A pipe cannot be read twice, and none of these kinds can be read once from front to back.
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        byte[] begins;
        try (InputStream in = Files.newInputStream(file)) {
            begins = in.readNBytes(8);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        String text = new String(begins, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PAR1")) {
            return Optional.of(ParquetRows.open(file, columns));
        }
        if (text.startsWith("PARE")) {
            throw new DataException(file + ": " + ParquetFooter.ENCRYPTED);
        }
        if (text.startsWith("ARROW1")) {
            return Optional.of(ArrowRows.openFile(file, columns));
        }
        return isStream(begins) ? Optional.of(ArrowRows.openStream(file, columns)) : Optional.empty();
    }

    /// A stream has no name in its first bytes: a mark of four bytes 0xff, and the length of the
    /// schema.
    private static boolean isStream(byte[] begins) {
        ByteBuffer first = ByteBuffer.wrap(begins).order(ByteOrder.LITTLE_ENDIAN);
        return begins.length == 8 && first.getInt() == -1 && first.getInt() > 0;
    }
}
