package org.betatron.data.columnar;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;

/// A record batch: which of its buffers belong to which column.
///
/// Source: "Physical Memory Layout" of the Arrow columnar format.
final class ArrowBatch {

    /// Fields of the table `RecordBatch`.
    private static final int NODES = 1;

    private static final int VIEW_COUNTS = 4;

    private final FlatTable batch;
    private final ArrowBuffers buffers;
    private final Map<Long, ArrowColumn> dictionaries;
    private final RowSize size;
    private int nextNode;
    private int nextViewCount;

    /// @param batch        table `RecordBatch`
    /// @param body         its buffers
    /// @param dictionaries by their numbers
    /// @param size         of the row that is being read
    ArrowBatch(FlatTable batch, MemorySegment body, Map<Long, ArrowColumn> dictionaries, RowSize size) {
        this.batch = batch;
        this.buffers = new ArrowBuffers(batch, body);
        this.dictionaries = dictionaries;
        this.size = size;
    }

    long numRows() {
        return batch.longAt(0);
    }

    /// @param fields all columns of the batch
    /// @param read   names of those to read
    /// @return those
    List<ArrowColumn> columns(List<ArrowField> fields, Set<String> read) throws IOException {
        List<ArrowColumn> columns = new ArrayList<>();
        for (ArrowField field : fields) {
            boolean isRead = read.contains(field.name());
            ArrowColumn column = column(field, isRead);
            if (isRead) {
                columns.add(column);
            }
        }
        return columns;
    }

    /// @param isRead whether values are asked for
    private ArrowColumn column(ArrowField field, boolean isRead) throws IOException {
        if (nextNode == batch.length(NODES)) {
            throw new IndexOutOfBoundsException("a batch has " + nextNode + " columns and needs more");
        }
        long length = batch.number(NODES, nextNode++, 16, 0);
        ArrowType type =
                field.dictionary() == null ? field.type() : field.dictionary().index();
        boolean hasValidity =
                !(type instanceof ArrowType.Nothing) && !(type instanceof ArrowType.Other other && !other.validity());
        MemorySegment validity = hasValidity ? buffers.next(isRead) : MemorySegment.ofArray(new byte[0]);
        ArrowColumn.Cell cell = cell(field, type, isRead);
        return new ArrowColumn.Plain(field.name(), length, validity, entries(field, cell), size);
    }

    private ArrowColumn.Cell entries(ArrowField field, ArrowColumn.Cell cell) {
        if (field.dictionary() == null) {
            return cell;
        }
        ArrowColumn entries = dictionaries.get(field.dictionary().id());
        return row -> {
            if (entries == null) {
                throw new DataException("the dictionary of column \"" + field.name() + "\" is missing");
            }
            return entries.get(cell.at(row).longValue());
        };
    }

    private ArrowColumn.Cell cell(ArrowField field, ArrowType type, boolean isRead) throws IOException {
        return switch (type) {
            case ArrowType.Nothing _ -> _ -> CellValues.NODES.nullNode();
            case ArrowType.Whole whole -> ArrowCells.whole(whole, buffers.next(isRead));
            case ArrowType.Real real -> ArrowCells.real(real, buffers.next(isRead));
            case ArrowType.Bit _ -> ArrowCells.bit(buffers.next(isRead));
            case ArrowType.Moment moment -> ArrowCells.moment(moment, buffers.next(isRead));
            case ArrowType.Decimal decimal -> ArrowCells.decimal(decimal, buffers.next(isRead));
            case ArrowType.FixedBytes bytes -> ArrowCells.fixedBytes(bytes, buffers.next(isRead), size);
            case ArrowType.Bytes bytes -> ArrowCells.bytes(bytes, buffers.next(isRead), buffers.next(isRead), size);
            case ArrowType.Views views -> ArrowCells.views(views, buffers.next(isRead), viewBuffers(isRead), size);
            case ArrowType.ListOf list -> list(list.wide(), buffers.next(isRead), element(field, isRead));
            case ArrowType.FixedListOf list -> {
                ArrowColumn element = element(field, isRead);
                yield row -> ArrowColumn.list(element, row * list.size(), (row + 1) * list.size(), size);
            }
            case ArrowType.MapOf _ -> map(buffers.next(isRead), entriesOfMap(field, isRead));
            case ArrowType.Struct _ -> {
                List<ArrowColumn> fields = children(field, isRead);
                yield row -> ArrowColumn.struct(fields, row);
            }
            case ArrowType.Other other -> {
                for (int i = 0; i < other.buffers(); i++) {
                    buffers.next(false);
                }
                children(field, false);
                yield _ -> CellValues.unsupported("an Arrow " + other.name());
            }
        };
    }

    private List<MemorySegment> viewBuffers(boolean isRead) throws IOException {
        if (nextViewCount == batch.length(VIEW_COUNTS)) {
            throw new IndexOutOfBoundsException("a column of views has no count of buffers");
        }
        long count = batch.number(VIEW_COUNTS, nextViewCount++, 8, 0);
        List<MemorySegment> views = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            views.add(buffers.next(isRead));
        }
        return views;
    }

    private List<ArrowColumn> children(ArrowField field, boolean isRead) throws IOException {
        List<ArrowColumn> children = new ArrayList<>();
        for (ArrowField child : field.children()) {
            children.add(column(child, isRead));
        }
        return children;
    }

    private ArrowColumn element(ArrowField field, boolean isRead) throws IOException {
        return column(field.children().getFirst(), isRead);
    }

    private ArrowColumn.Cell list(boolean wide, MemorySegment offsets, ArrowColumn element) {
        return row -> ArrowColumn.list(
                element, ArrowBuffers.offset(offsets, wide, row), ArrowBuffers.offset(offsets, wide, row + 1), size);
    }

    /// A map is a list of structs of two fields.
    private List<ArrowColumn> entriesOfMap(ArrowField field, boolean isRead) throws IOException {
        nextNode++;
        buffers.next(false);
        return children(field.children().getFirst(), isRead);
    }

    private ArrowColumn.Cell map(MemorySegment offsets, List<ArrowColumn> entries) {
        return row -> ArrowCells.map(
                entries.getFirst(),
                entries.getLast(),
                ArrowBuffers.offset(offsets, false, row),
                ArrowBuffers.offset(offsets, false, row + 1),
                size);
    }
}
