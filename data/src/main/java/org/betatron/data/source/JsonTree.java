package org.betatron.data.source;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads JSON without refusing what nobody may ask for: a key that occurs twice is remembered, a number
/// out of range becomes infinite, `NaN` is one. Whoever reads such a field has to refuse it.
///
/// @param node    the value
/// @param doubled keys of the outermost object that occur twice, or whose value holds such a key
record JsonTree(JsonNode node, Set<String> doubled) {

    /// Deepest lists and objects within each other.
    static final int MAX_DEPTH = 500;

    /// Digits of a whole number that is read exactly.
    private static final int MAX_DIGITS = 100;

    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /// @param parser at the first token of a value; at its last one afterwards
    static JsonTree read(JsonParser parser) {
        Set<String> doubled = new HashSet<>();
        return new JsonTree(value(parser, null, doubled), doubled);
    }

    /// @param field key of the outermost object that the value belongs to, null for the outermost value
    private static JsonNode value(JsonParser parser, @Nullable String field, Set<String> doubled) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, field, doubled);
            case START_ARRAY -> {
                ArrayNode list = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, field, doubled));
                }
                yield list;
            }
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> whole(parser);
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            default -> nodes.nullNode();
        };
    }

    private static ObjectNode object(JsonParser parser, @Nullable String field, Set<String> doubled) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String outermost = field == null ? key : field;
            parser.nextToken();
            if (object.replace(key, value(parser, outermost, doubled)) != null) {
                doubled.add(outermost);
            }
        }
        return object;
    }

    private static JsonNode whole(JsonParser parser) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return parser.getStringLength() > MAX_DIGITS
                ? nodes.numberNode(Double.parseDouble(parser.getString()))
                : switch (parser.getNumberType()) {
                    case INT -> nodes.numberNode(parser.getIntValue());
                    case LONG -> nodes.numberNode(parser.getLongValue());
                    default -> nodes.numberNode(parser.getBigIntegerValue());
                };
    }
}
