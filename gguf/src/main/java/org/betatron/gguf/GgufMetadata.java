package org.betatron.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a file says of itself: values by key.
///
/// A value is a text, a whole number (`Long`), a number (`Double`), a truth (`Boolean`), or a list
/// of one of these.
public final class GgufMetadata {

    private final String where;
    private final Map<String, Object> values;

    /// @param where  what messages begin with
    /// @param values by key, in file order
    public GgufMetadata(String where, Map<String, Object> values) {
        this.where = where;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /// @return the keys in file order
    public Set<String> keys() {
        return values.keySet();
    }

    /// @return all of it, in file order
    public Map<String, Object> values() {
        return values;
    }

    /// @throws GgufException if the value is no text
    public Optional<String> text(String key) {
        return get(key, String.class, "a text");
    }

    /// @throws GgufException if the value is no whole number
    public Optional<Long> whole(String key) {
        return get(key, Long.class, "a whole number");
    }

    /// @throws GgufException if the value is no number
    public Optional<Double> number(String key) {
        return get(key, Number.class, "a number").map(Number::doubleValue);
    }

    /// @throws GgufException if the value is not true or false
    public Optional<Boolean> flag(String key) {
        return get(key, Boolean.class, "true or false");
    }

    /// @throws GgufException if the value is no list of texts
    public Optional<List<String>> texts(String key) {
        return list(key, String.class, "a list of texts");
    }

    /// @throws GgufException if the value is no list of whole numbers
    public Optional<List<Long>> wholes(String key) {
        return list(key, Long.class, "a list of whole numbers");
    }

    /// @throws GgufException if the value is no list of numbers
    public Optional<List<Double>> numbers(String key) {
        return list(key, Double.class, "a list of numbers");
    }

    /// @throws GgufException if the value is no list of truths
    public Optional<List<Boolean>> flags(String key) {
        return list(key, Boolean.class, "a list of true or false");
    }

    /// @throws GgufException if it is missing, or no whole number that fits an `int` and is at
    ///     least 0
    public int requireCount(String key) {
        long count = whole(key).orElseThrow(() -> missing(key));
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new GgufException(where + ": " + key + " must be from 0 to 2147483647 but is " + count);
        }
        return (int) count;
    }

    /// @return what to throw where a key is needed and missing
    public GgufException missing(String key) {
        return new GgufException(where + " has no " + key + ", which is needed to read it");
    }

    /// @return the file, for messages
    public String where() {
        return where;
    }

    private <T> Optional<T> get(String key, Class<T> type, String name) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new GgufException(where + ": " + key + " must be " + name + " but is " + kind(value));
        }
        return Optional.ofNullable(value).map(type::cast);
    }

    @SuppressWarnings("unchecked") // every element was looked at
    private <T> Optional<List<T>> list(String key, Class<T> type, String name) {
        Optional<List<?>> list = get(key, List.class, name).map(found -> (List<?>) found);
        list.flatMap(found ->
                        found.stream().filter(each -> !type.isInstance(each)).findFirst())
                .ifPresent(other -> {
                    throw new GgufException(where + ": " + key + " must be " + name + " but holds " + kind(other));
                });
        return list.map(found -> (List<T>) found);
    }

    private static String kind(Object value) {
        return switch (value) {
            case String _ -> "a text";
            case Long _ -> "a whole number";
            case Double _ -> "a number";
            case Boolean _ -> "true or false";
            default -> "a list";
        };
    }
}
