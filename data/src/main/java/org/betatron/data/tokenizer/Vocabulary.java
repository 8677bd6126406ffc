package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Which token has which id, read from `tokenizer.json`.
final class Vocabulary {

    /// More tokens than any vocabulary has. A file that says more is damaged, and would fill the memory.
    private static final int LARGEST = (1 << 24) - 1;

    private final Map<String, Integer> ids;
    private final @Nullable String[] tokens;

    private Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        int largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.tokens = new String[largest + 1];
        ids.forEach((token, id) -> tokens[id] = token);
    }

    /// @param file `tokenizer.json`, for messages
    /// @param root its content
    /// @throws DataException if it has no vocabulary, or an id in it is none
    static Vocabulary read(Path file, JsonNode root) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocab = root.path("model").path("vocab");
        if (vocab.isArray()) {
            // Unigram models list [token, score]; the position is the id.
            for (int id = 0; id < vocab.size(); id++) {
                ids.put(vocab.get(id).path(0).asString(""), id);
            }
        } else {
            vocab.properties().forEach(entry -> ids.put(entry.getKey(), id(file, entry.getKey(), entry.getValue())));
        }
        for (JsonNode added : root.path("added_tokens")) {
            String token = added.path("content").asString("");
            int id = id(file, token, added.path("id"));
            Integer other = ids.put(token, id);
            if (other != null && other != id) {
                throw new DataException(file + ": token \"" + token + "\" has two ids, " + other + " and " + id);
            }
        }
        if (ids.isEmpty()) {
            throw new DataException(file + ": has no vocabulary (\"model.vocab\")");
        }
        return new Vocabulary(ids);
    }

    private static int id(Path file, String token, JsonNode id) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0 || id.asInt() > LARGEST) {
            throw new DataException(file + ": the id of token \"" + token + "\" must be a whole number from 0 to "
                    + LARGEST + " but was " + (id.isMissingNode() ? "missing" : id));
        }
        return id.asInt();
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
