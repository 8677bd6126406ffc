package org.betatron.data.columnar;

import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.StructAccessor;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Values of Parquet columns as JSON.
///
/// @param bytesMayBeText whether columns of bytes without a type are text where they are UTF-8: old
///     writers gave text no type
/// @param size           of the row that is being read
record ParquetValues(boolean bytesMayBeText, RowSize size) {

    /// Who writes this key gives text its type.
    private static final String ARROW_SCHEMA = "ARROW:schema";

    static ParquetValues of(FileMetaData data) {
        return new ParquetValues(!data.keyValueMetadata().containsKey(ARROW_SCHEMA), new RowSize());
    }

    /// @param from  row or struct
    /// @param index of the field in it
    JsonNode field(SchemaNode node, StructAccessor from, int index) throws IOException {
        size.add(1, 0);
        if (from.isNull(index)) {
            return CellValues.NODES.nullNode();
        }
        return node instanceof SchemaNode.PrimitiveNode primitive
                ? single(primitive, from.getRawValue(index), from.getValue(index))
                : nested((SchemaNode.GroupNode) node, from.getValue(index));
    }

    private JsonNode nested(SchemaNode.GroupNode node, Object value) throws IOException {
        return switch (value) {
            case PqList list -> list(node.getListElement(), list);
            case PqMap map -> map(node.getMapValue(), map);
            case PqStruct struct -> struct(node, struct);
            default -> CellValues.unsupported("a Parquet " + node.logicalType());
        };
    }

    private ObjectNode struct(SchemaNode.GroupNode node, PqStruct struct) throws IOException {
        ObjectNode object = CellValues.NODES.objectNode();
        List<SchemaNode> children = node.children();
        for (int i = 0; i < children.size(); i++) {
            object.set(children.get(i).name(), field(children.get(i), struct, i));
        }
        return object;
    }

    private ArrayNode list(SchemaNode element, PqList values) throws IOException {
        size.add(values.size(), 0);
        ArrayNode list = CellValues.NODES.arrayNode();
        for (int i = 0; i < values.size(); i++) {
            if (values.isNull(i)) {
                list.addNull();
            } else if (element instanceof SchemaNode.PrimitiveNode primitive) {
                list.add(single(primitive, values.getRaw(i), values.get(i)));
            } else {
                list.add(nested((SchemaNode.GroupNode) element, values.get(i)));
            }
        }
        return list;
    }

    private ObjectNode map(SchemaNode element, PqMap map) throws IOException {
        size.add(map.size(), 0);
        ObjectNode object = CellValues.NODES.objectNode();
        for (PqMap.Entry entry : map.getEntries()) {
            JsonNode value = entry.isValueNull()
                    ? CellValues.NODES.nullNode()
                    : element instanceof SchemaNode.PrimitiveNode primitive
                            ? single(primitive, entry.getRawValue(), entry.getValue())
                            : nested((SchemaNode.GroupNode) element, entry.getValue());
            object.set(String.valueOf(entry.getKey()), value);
        }
        return object;
    }

    /// @param raw   as the file has it: text as bytes
    /// @param value what the library makes of it
    private JsonNode single(SchemaNode.PrimitiveNode node, @Nullable Object raw, @Nullable Object value)
            throws IOException {
        LogicalType type = node.logicalType();
        if (raw instanceof byte[] bytes) {
            size.add(1, bytes.length);
        }
        if (raw instanceof byte[] bytes && node.type() == PhysicalType.BYTE_ARRAY) {
            boolean isText = type instanceof LogicalType.StringType
                    || type instanceof LogicalType.EnumType
                    || type instanceof LogicalType.JsonType;
            if (isText || (type == null && bytesMayBeText)) {
                return text(node, bytes, isText);
            }
        }
        boolean isSigned = !(type instanceof LogicalType.IntType whole) || whole.isSigned();
        return switch (value) {
            case null -> CellValues.NODES.nullNode();
            case String text -> CellValues.text(text);
            case Boolean bit -> CellValues.NODES.booleanNode(bit);
            case Integer number -> CellValues.whole(isSigned ? number : Integer.toUnsignedLong(number));
            case Long number -> isSigned ? CellValues.whole(number) : CellValues.unsigned(number);
            case Float number -> CellValues.real(number);
            case Double number -> CellValues.real(number);
            case Byte number -> CellValues.whole(number);
            case Short number -> CellValues.whole(number);
            case BigDecimal number -> CellValues.decimal(number);
            case LocalDate date -> CellValues.date(date);
            case LocalTime time -> CellValues.time(time);
            case Instant moment -> CellValues.moment(moment);
            case LocalDateTime moment -> CellValues.moment(moment);
            case UUID id -> CellValues.text(id.toString());
            case byte[] bytes -> CellValues.bytes(bytes);
            default -> CellValues.unsupported("a Parquet " + type);
        };
    }

    private static JsonNode text(SchemaNode node, byte[] bytes, boolean isText) throws IOException {
        try {
            return CellValues.text(CellValues.utf8(ByteBuffer.wrap(bytes)));
        } catch (CharacterCodingException e) {
            if (isText) {
                throw new IOException("a text of column " + node.name() + " is not valid UTF-8", e);
            }
            return CellValues.bytes(bytes);
        }
    }
}
