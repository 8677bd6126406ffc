package org.betatron.data.source;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.betatron.core.files.StagedFiles;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes JSON lines.
public final class JsonLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonLines() {}

    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /// @param file replaced if it exists
    /// @throws DataException if it cannot be written
    public static <T> void write(Path file, List<T> items, Function<T, ? extends JsonNode> toJson) {
        try {
            StagedFiles.write(file, partial -> {
                try (BufferedWriter out = Files.newBufferedWriter(partial)) {
                    for (T item : items) {
                        out.write(JSON.writeValueAsString(toJson.apply(item)));
                        out.write('\n');
                    }
                }
            });
        } catch (IOException e) {
            throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
