package org.betatron.data.columnar;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Values of a column in one batch. Reads outside of its buffers throw [IndexOutOfBoundsException].
interface ArrowColumn {

    String name();

    /// @return number of values
    long length();

    /// @param row below the length
    /// @return the value; null where there is none
    JsonNode get(long row) throws IOException;

    /// How a value is read where there is one.
    interface Cell {
        JsonNode at(long row) throws IOException;
    }

    /// What all columns have.
    ///
    /// @param validity a bit for each value, empty where all are there
    record Plain(String name, long length, MemorySegment validity, Cell cell, RowSize size) implements ArrowColumn {

        @Override
        public JsonNode get(long row) throws IOException {
            if (row < 0 || row >= length) {
                throw new IndexOutOfBoundsException(
                        "value " + row + " of " + length + " is asked for in column \"" + name + "\"");
            }
            size.add(1, 0);
            return validity.byteSize() == 0 || ArrowBuffers.bit(validity, row)
                    ? cell.at(row)
                    : CellValues.NODES.nullNode();
        }
    }

    /// Entries of a dictionary, and those that were added to it.
    record Joined(ArrowColumn first, ArrowColumn then) implements ArrowColumn {

        @Override
        public String name() {
            return first.name();
        }

        @Override
        public long length() {
            return first.length() + then.length();
        }

        @Override
        public JsonNode get(long row) throws IOException {
            return row < first.length() ? first.get(row) : then.get(row - first.length());
        }
    }

    /// @param from first element
    /// @param to   behind the last one
    static ArrayNode list(ArrowColumn elements, long from, long to, RowSize size) throws IOException {
        if (from < 0 || to < from || to > elements.length()) {
            throw new IndexOutOfBoundsException("a list of elements " + from + " to " + to + " of " + elements.length()
                    + " in column \"" + elements.name() + "\"");
        }
        size.add(to - from, 0);
        ArrayNode list = CellValues.NODES.arrayNode();
        for (long i = from; i < to; i++) {
            list.add(elements.get(i));
        }
        return list;
    }

    static ObjectNode struct(List<ArrowColumn> fields, long row) throws IOException {
        ObjectNode object = CellValues.NODES.objectNode();
        for (ArrowColumn field : fields) {
            object.set(field.name(), field.get(row));
        }
        return object;
    }
}
