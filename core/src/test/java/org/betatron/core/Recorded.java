package org.betatron.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the numbers that `parity/*.py` recorded; what they mean is in `parity/README.md`.
public final class Recorded {

    private Recorded() {}

    /// @param file name below `org/betatron/core/parity`
    public static JsonNode read(String file) {
        return resource("/org/betatron/core/parity/" + file);
    }

    /// @param path of a resource, from the root
    public static JsonNode resource(String path) {
        try (InputStream stream = Objects.requireNonNull(Recorded.class.getResourceAsStream(path), path)) {
            return JsonMapper.shared().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    public static double number(JsonNode object, String field) {
        return object.required(field).asDouble();
    }

    public static double[] doubles(JsonNode object, String field) {
        JsonNode array = object.required(field);
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.required(i).asDouble())
                .toArray();
    }

    public static int[] ints(JsonNode object, String field) {
        JsonNode array = object.required(field);
        return IntStream.range(0, array.size())
                .map(i -> array.required(i).asInt())
                .toArray();
    }
}
