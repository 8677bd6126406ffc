package org.betatron.data.columnar;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// What is looked at of a Parquet file before any of its pages: that it is whole, that no number in
/// it points elsewhere, and that it can be unpacked.
final class ParquetFooter {

    static final String ENCRYPTED =
            "is an encrypted Parquet file, which cannot be read: write it again without" + " encryption";

    /// Length of the footer, and the four letters that end a file.
    private static final int END_BYTES = 8;

    private static final Set<CompressionCodec> UNPACKED = Set.of(
            CompressionCodec.UNCOMPRESSED,
            CompressionCodec.SNAPPY,
            CompressionCodec.GZIP,
            CompressionCodec.ZSTD,
            CompressionCodec.LZ4,
            CompressionCodec.LZ4_RAW);

    private ParquetFooter() {}

    /// @throws DataException if the file does not end as a Parquet file does
    static void requireWhole(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            ByteBuffer end = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (size >= 4 + END_BYTES) {
                readFully(channel, end, size - END_BYTES);
            }
            String mark = new String(end.array(), 4, 4, StandardCharsets.ISO_8859_1);
            if (mark.equals("PARE")) {
                throw new DataException(file + ": " + ENCRYPTED);
            }
            if (!mark.equals("PAR1")) {
                throw new DataException(
                        file + ": the Parquet file ends too early: it was cut short, or is still being written; copy"
                                + " it again");
            }
            int footer = end.getInt(0);
            if (footer <= 0 || footer > size - END_BYTES - 4) {
                throw damaged(
                        file,
                        "its footer must have between 1 and " + (size - END_BYTES - 4) + " bytes but claims "
                                + Integer.toUnsignedLong(footer));
            }
            walk(file, channel, size - END_BYTES - footer, footer, "its footer");
        }
    }

    /// Passes over a struct: its texts and lists lie within it then, whatever they claim.
    private static void walk(Path file, FileChannel channel, long from, int length, String what) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        readFully(channel, bytes, from);
        try {
            ThriftReader in = new ThriftReader(bytes);
            in.struct((_, type) -> in.skip(type));
        } catch (BufferUnderflowException e) {
            throw damaged(file, what + " claims more than its " + length + " bytes");
        } catch (DataException e) {
            throw damaged(file, what + " is not what it should be");
        }
    }

    private static void walkIndex(
            Path file, FileChannel channel, @Nullable Long offset, @Nullable Integer length, String what)
            throws IOException {
        if (offset != null && length != null && length != 0) {
            if (offset < 0 || length < 0 || offset > channel.size() - length) {
                throw damaged(file, what + " lies outside of the file");
            }
            walk(file, channel, offset, length, what);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new EOFException("it ends while it is read");
            }
        }
        into.flip();
    }

    /// @param columns that are read
    /// @throws DataException if a column of a group lies outside of the file, or cannot be unpacked
    static void check(Path file, FileMetaData data, Set<String> columns) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            check(file, channel, data, columns);
        }
    }

    private static void check(Path file, FileChannel channel, FileMetaData data, Set<String> columns)
            throws IOException {
        long rows = 0;
        List<RowGroup> groups = data.rowGroups();
        for (int i = 0; i < groups.size(); i++) {
            RowGroup group = groups.get(i);
            if (group.numRows() < 0) {
                throw damaged(file, "row group " + (i + 1) + " claims " + group.numRows() + " rows");
            }
            rows += group.numRows();
            for (ColumnChunk chunk : group.columns()) {
                ColumnMetaData column = chunk.metaData();
                if (column == null) {
                    throw new DataException(file + ": " + ENCRYPTED);
                }
                walkIndex(file, channel, chunk.offsetIndexOffset(), chunk.offsetIndexLength(), "an index of its pages");
                walkIndex(
                        file, channel, chunk.columnIndexOffset(), chunk.columnIndexLength(), "an index of its values");
                check(
                        file,
                        channel,
                        column,
                        columns.contains(column.pathInSchema().topLevelName()));
            }
        }
        if (rows != data.numRows()) {
            throw damaged(file, "its groups have " + rows + " rows and the file " + data.numRows());
        }
    }

    private static void check(Path file, FileChannel channel, ColumnMetaData column, boolean isRead)
            throws IOException {
        long size = channel.size();
        long from = column.dictionaryPageOffset() == null || column.dictionaryPageOffset() <= 0
                ? column.dataPageOffset()
                : Math.min(column.dataPageOffset(), column.dictionaryPageOffset());
        long bytes = column.totalCompressedSize();
        if (from < 0 || bytes < 0 || from > size || bytes > size - from) {
            throw damaged(
                    file,
                    "column " + column.pathInSchema() + " must lie within the " + size
                            + " bytes of the file but claims " + bytes + " from " + from);
        }
        if (isRead && !UNPACKED.contains(column.codec())) {
            throw new DataException(file + ": column " + column.pathInSchema() + " is compressed with " + column.codec()
                    + ", which is not supported: write the file with zstd, snappy, gzip or lz4");
        }
        if (isRead) {
            ParquetPages.check(file, channel, column, from);
        }
    }

    static DataException damaged(Path file, String what) {
        return new DataException(file + ": the Parquet file is damaged: " + what);
    }
}
