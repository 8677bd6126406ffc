package org.betatron.data.columnar;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The rows of an Arrow file or stream, one record batch in memory at a time, mapped from the file.
final class ArrowRows implements ColumnarRows {
    private static final Pattern FOREIGN = Pattern.compile("MemorySegment|Exception");

    /// `ARROW1` and two bytes to fill up.
    private static final int MAGIC_BYTES = 8;

    private final Path file;
    private final ArrowMessages messages;
    private final List<ArrowField> fields;
    private final Set<String> read;
    private final Map<Long, ArrowColumn> dictionaries = new HashMap<>();
    private final Map<Long, ArrowField> dictionaryFields = new HashMap<>();
    private final Arena dictionaryMemory = newMemory();
    private final RowSize size = new RowSize();
    private @Nullable Arena memory;
    private List<ArrowColumn> columns = List.of();
    private long row;
    private long batchRows;
    private long number;

    private ArrowRows(Path file, ArrowMessages messages, List<ArrowField> fields, Set<String> read) {
        this.file = file;
        this.messages = messages;
        this.fields = fields;
        this.read = read;
        fields.forEach(this::findDictionaries);
    }

    private void findDictionaries(ArrowField field) {
        if (field.dictionary() != null) {
            dictionaryFields.putIfAbsent(
                    field.dictionary().id(), new ArrowField(field.name(), field.type(), field.children(), null));
        }
        field.children().forEach(this::findDictionaries);
    }

    static ArrowRows openFile(Path file, Set<String> wanted) {
        return open(file, MAGIC_BYTES, wanted);
    }

    static ArrowRows openStream(Path file, Set<String> wanted) {
        return open(file, 0, wanted);
    }

    private static ArrowRows open(Path file, long begin, Set<String> wanted) {
        ArrowMessages messages = null;
        try {
            messages = ArrowMessages.open(file, begin, begin == 0);
            ArrowMessages.Message schema = messages.next();
            if (schema == null || schema.kind() != 1) {
                throw new DataException("it must begin with a schema");
            }
            List<ArrowField> fields = ArrowField.ofSchema(schema.header());
            List<String> chosen;
            try {
                chosen = Columns.choose(
                        file, wanted, fields.stream().map(ArrowField::name).toList());
            } catch (DataException e) {
                messages.close();
                throw e;
            }
            return new ArrowRows(file, messages, fields, new HashSet<>(chosen));
        } catch (IOException | RuntimeException e) {
            if (messages != null) {
                messages.close();
            }
            throw translate(file, 0, e);
        }
    }

    @Override
    public @Nullable ObjectNode next() {
        try {
            while (row == batchRows) {
                if (!nextBatch()) {
                    return null;
                }
            }
            number++;
            size.reset();
            ObjectNode object = CellValues.NODES.objectNode();
            for (ArrowColumn column : columns) {
                object.set(column.name(), column.get(row));
            }
            row++;
            return object;
        } catch (IOException | RuntimeException e) {
            throw translate(file, number, e);
        } catch (InternalError e) {
            // What reading from a mapped file that became shorter throws.
            throw new DataException(file + ":" + number + ": the file became shorter while it was read", e);
        }
    }

    @Override
    public int rowBytes() {
        return size.bytes();
    }

    private boolean nextBatch() throws IOException {
        for (ArrowMessages.Message next = messages.next(); next != null; next = messages.next()) {
            switch (next.kind()) {
                case 2 -> addDictionary(next);
                case 3 -> {
                    closeBatch();
                    memory = newMemory();
                    ArrowBatch batch = new ArrowBatch(next.header(), messages.body(next, memory), dictionaries, size);
                    columns = batch.columns(fields, read);
                    batchRows = batch.numRows();
                    row = 0;
                    return true;
                }
                default -> {
                    // A kind of message that holds no rows.
                }
            }
        }
        return false;
    }

    private void addDictionary(ArrowMessages.Message message) throws IOException {
        long id = message.header().longAt(0);
        ArrowField field = dictionaryFields.get(id);
        if (field == null) {
            throw new DataException("no column has its dictionary " + id);
        }
        ArrowBatch batch = new ArrowBatch(
                message.header().required(1, "entries of dictionary " + id),
                messages.body(message, dictionaryMemory),
                dictionaries,
                size);
        ArrowColumn entries =
                batch.columns(List.of(field), Set.of(field.name())).getFirst();
        ArrowColumn before = dictionaries.get(id);
        dictionaries.put(
                id, message.header().flag(2) && before != null ? new ArrowColumn.Joined(before, entries) : entries);
    }

    private static DataException translate(Path file, long row, Exception e) {
        String where = file + (row > 0 ? ":" + row : "") + ": ";
        return switch (e) {
            case DataException known when String.valueOf(known.getMessage()).startsWith(file + ":") -> known;
            case DataException known ->
                new DataException(where + "the Arrow data cannot be read: " + known.getMessage(), known);
            default ->
                new DataException(
                        where + "the Arrow data is damaged: "
                                // Libraries name their own objects where something lies outside of them.
                                + (e.getMessage() == null
                                                || FOREIGN.matcher(e.getMessage())
                                                        .find()
                                        ? "its sizes and positions do not fit together"
                                        : e.getMessage()),
                        e);
        };
    }

    /// Rows are read by whatever thread asks for them.
    ///
    /// @return closed with the batch, or with the file
    @SuppressWarnings("MustBeClosedChecker")
    private static Arena newMemory() {
        return Arena.ofShared();
    }

    private void closeBatch() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }

    @Override
    public void close() {
        closeBatch();
        dictionaryMemory.close();
        messages.close();
    }
}
