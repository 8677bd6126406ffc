package org.betatron.core.objective;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads an objective as a recipe spells it. Every parameter must be there: a record of numbers leaves none
/// to a default that may change.
final class RecordedSpec {

    private RecordedSpec() {}

    static ObjectiveSpec read(JsonNode node) {
        String tag = node.required("type").asString();
        Class<?> record = Stream.of(ObjectiveSpec.class.getPermittedSubclasses())
                .filter(type -> type.getSimpleName().toLowerCase(Locale.ROOT).equals(tag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no objective has the tag " + tag));
        return (ObjectiveSpec) construct(record, node);
    }

    private static Object construct(Class<?> record, JsonNode node) {
        RecordComponent[] components = record.getRecordComponents();
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Stream.of(components)
                .map(component -> value(component.getGenericType(), node.required(component.getName())))
                .toArray();
        try {
            return record.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make " + record + " of " + node, e);
        }
    }

    private static Object value(Type type, JsonNode node) {
        if (type instanceof ParameterizedType list) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(value(list.getActualTypeArguments()[0], item)));
            return items;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == double.class) {
            return node.asDouble();
        }
        if (plain == boolean.class) {
            return node.asBoolean();
        }
        if (plain.isEnum()) {
            String name = node.asString().toUpperCase(Locale.ROOT).replace('-', '_');
            return Stream.of(plain.getEnumConstants())
                    .filter(constant -> constant.toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
        return plain == ObjectiveSpec.class ? read(node) : construct(plain, node);
    }
}
