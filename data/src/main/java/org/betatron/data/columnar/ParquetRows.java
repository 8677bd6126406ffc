package org.betatron.data.columnar;

import dev.hardwood.HardwoodContext;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The rows of a Parquet file. Pages are unpacked as rows get there, [#ROWS_AT_ONCE] at a time, so
/// that a file and a row group may be larger than memory.
final class ParquetRows implements ColumnarRows {

    /// Threads that unpack pages: one reads ahead while rows are made of another.
    private static final int THREADS = 2;

    /// Three batches of the least size that the library has.
    private static final int ROWS_AT_ONCE = 3 * 16_384;

    private final Path file;
    private final HardwoodContext context;
    private final ParquetFileReader reader;
    private final RowReader rows;
    private final List<SchemaNode> columns;
    private final ParquetValues values;
    private long number;

    private ParquetRows(
            Path file,
            HardwoodContext context,
            ParquetFileReader reader,
            RowReader rows,
            List<SchemaNode> columns,
            ParquetValues values) {
        this.file = file;
        this.context = context;
        this.reader = reader;
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /// @param wanted names of the columns to read; empty for all
    static ParquetRows open(Path file, Set<String> wanted) {
        HardwoodContext context = null;
        ParquetFileReader reader = null;
        try {
            ParquetFooter.requireWhole(file);
            context = HardwoodContext.create(THREADS);
            reader = ParquetFileReader.open(new ChannelFile(file), context);
            FileMetaData data = reader.getFileMetaData();
            List<SchemaNode> all = reader.getFileSchema().getRootNode().children();
            List<String> names = Columns.choose(
                    file, wanted, all.stream().map(SchemaNode::name).toList());
            ParquetFooter.check(file, data, new HashSet<>(names));
            RowReader rows = reader.buildRowReader()
                    .projection(
                            wanted.isEmpty()
                                    ? ColumnProjection.all()
                                    : ColumnProjection.columns(names.toArray(String[]::new)))
                    .build();
            List<SchemaNode> read =
                    all.stream().filter(column -> names.contains(column.name())).toList();
            return new ParquetRows(file, context, reader, rows, read, ParquetValues.of(data));
        } catch (IOException | RuntimeException e) {
            close(reader, context);
            throw translate(file, 0, e);
        }
    }

    @Override
    public @Nullable ObjectNode next() {
        try {
            if (!rows.hasNext()) {
                return null;
            }
            number++;
            rows.next();
            values.size().reset();
            ObjectNode row = CellValues.NODES.objectNode();
            for (int i = 0; i < columns.size(); i++) {
                row.set(columns.get(i).name(), values.field(columns.get(i), rows, i));
            }
            return row;
        } catch (IOException | RuntimeException e) {
            throw translate(file, Math.max(1, number), e);
        }
    }

    @Override
    public int rowBytes() {
        return values.size().bytes();
    }

    /// @param row number of the row that was being read, 0 for none
    private static DataException translate(Path file, long row, Exception e) {
        return switch (e) {
            case DataException known when String.valueOf(known.getMessage()).startsWith(file + ":") -> known;
            case DataException known ->
                new DataException(file + (row > 0 ? ":" + row : "") + ": " + known.getMessage(), known);
            case UncheckedIOException unchecked
            when unchecked.getCause() != null -> translate(file, row, unchecked.getCause());
            case Exception _
            when deepest(e) instanceof OutOfMemoryError ->
                new DataException(
                        file + ": the Java heap is too small for the " + ROWS_AT_ONCE + " rows of a Parquet file that"
                                + " are held at once: give it more with BETATRON_JAVA_OPTIONS=-Xmx8g, or read fewer"
                                + " columns (data.columns)",
                        e);
            case Exception _
            when reason(e).contains("Encrypted Parquet") -> new DataException(file + ": " + ParquetFooter.ENCRYPTED, e);
            default ->
                new DataException(
                        file + (row > 0 ? ":" + row : "") + ": the Parquet file cannot be read"
                                + (row > 0 ? " any further" : "") + ", it is damaged or of a kind that is not known: "
                                + reason(e),
                        e);
        };
    }

    /// The library wraps what threads of it met.
    private static Throwable deepest(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static String reason(Throwable e) {
        String message = deepest(e).getMessage();
        return message == null || message.contains("NullPointerException")
                ? "something is missing"
                : message.lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        rows.close();
        close(reader, context);
    }

    private static void close(@Nullable ParquetFileReader reader, @Nullable HardwoodContext context) {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (IOException e) {
            // It was only read.
        } finally {
            if (context != null) {
                context.close();
            }
        }
    }
}
