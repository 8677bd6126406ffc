package org.betatron.data.template.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Brings what a program passes to a template into the values of this package: whole numbers as
/// `Long` or, where they do not fit, `BigInteger`; null as [None].
public final class Values {

    private Values() {}

    /// @param value JSON in Java: maps, lists, texts, numbers, truth values, null
    /// @return a copy that templates may read
    /// @throws IllegalArgumentException for any other object
    public static Object of(@Nullable Object value) {
        return switch (value) {
            case null -> None.NONE;
            case Boolean truth -> truth;
            case CharSequence text -> text.toString();
            case Long number -> number;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case BigInteger number -> Numbers.integer(number);
            case Double number -> number;
            case Float number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case Map<?, ?> map -> {
                Map<Object, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, entry) -> copy.put(of(key), of(entry)));
                yield copy;
            }
            case Iterable<?> items -> {
                List<Object> copy = new ArrayList<>();
                items.forEach(item -> copy.add(of(item)));
                yield copy;
            }
            default -> throw new IllegalArgumentException("templates cannot read a " + value.getClass());
        };
    }
}
