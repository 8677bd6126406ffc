package org.betatron.data.columnar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Single values of columns as JSON has them. What JSON does not have becomes text: a date is
/// `2024-01-31`, a time `01:02:03`, a moment `2024-01-31T01:02:03Z`, a duration its ISO 8601 form.
/// Bytes stay bytes, which nobody takes for text.
final class CellValues {

    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CellValues() {}

    /// As JSON lines are read: `int` where it fits.
    static JsonNode whole(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    /// @param value the 64 bits of a number without a sign
    static JsonNode unsigned(long value) {
        return value >= 0 ? whole(value) : NODES.numberNode(new BigInteger(Long.toUnsignedString(value)));
    }

    static JsonNode real(double value) {
        return NODES.numberNode(value);
    }

    static JsonNode decimal(BigDecimal value) {
        return NODES.numberNode(value.doubleValue());
    }

    static JsonNode text(String value) {
        return NODES.stringNode(value);
    }

    /// @param value bytes that a file calls UTF-8
    /// @throws CharacterCodingException if they are not
    static String utf8(ByteBuffer value) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(value)
                .toString();
    }

    static JsonNode bytes(byte[] value) {
        return NODES.binaryNode(value);
    }

    /// @param type what the file calls it
    /// @return a value that nobody can take for text or a number
    static JsonNode unsupported(String type) {
        return NODES.pojoNode(type);
    }

    static JsonNode date(LocalDate value) {
        return text(value.toString());
    }

    static JsonNode time(LocalTime value) {
        return text(DateTimeFormatter.ISO_LOCAL_TIME.format(value));
    }

    static JsonNode moment(Instant value) {
        return text(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(value.atOffset(ZoneOffset.UTC)));
    }

    static JsonNode moment(LocalDateTime value) {
        return text(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(value));
    }
}
