package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Which token has which id, read from `tokenizer.json`.
final class Vocabulary {

    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens;

    private Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.tokens = new String[largest + 1];
        ids.forEach((token, id) -> tokens[id] = token);
    }

    /// @throws DataException if the file is no JSON or has no vocabulary
    static Vocabulary read(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        JsonNode root = ModelFiles.readJsonIfPresent(
                directory == null ? Path.of("") : directory, String.valueOf(file.getFileName()));
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocab = root.path("model").path("vocab");
        if (vocab.isArray()) {
            // Unigram models list [token, score]; the position is the id.
            for (int id = 0; id < vocab.size(); id++) {
                ids.put(vocab.get(id).path(0).asString(""), id);
            }
        } else {
            vocab.properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        }
        for (JsonNode added : root.path("added_tokens")) {
            ids.put(added.path("content").asString(""), added.path("id").asInt());
        }
        if (ids.isEmpty()) {
            throw new DataException(file + ": has no vocabulary (\"model.vocab\")");
        }
        return new Vocabulary(ids);
    }

    /// @return the id of a token, null if there is none
    @Nullable
    Integer id(String token) {
        return ids.get(token);
    }

    boolean contains(int id) {
        return id >= 0 && id < tokens.length && tokens[id] != null;
    }

    /// @return the entry of an id, `<id>` for an id without one
    String token(int id) {
        String token = id >= 0 && id < tokens.length ? tokens[id] : null;
        return token == null ? "<" + id + ">" : token;
    }

    /// @return largest id + 1
    int size() {
        return tokens.length;
    }
}
