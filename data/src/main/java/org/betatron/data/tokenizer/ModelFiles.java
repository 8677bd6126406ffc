package org.betatron.data.tokenizer;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.betatron.core.files.InPlaceOf;
import org.betatron.data.DataException;
import org.betatron.data.source.JsonProblem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Reads the small JSON files of a Hugging Face model directory.
public final class ModelFiles {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ModelFiles() {}

    /// @return the parsed file, or a missing node if there is no such file
    public static JsonNode readJsonIfPresent(Path directory, String name) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            return MissingNode.getInstance();
        }
        requireFile(file);
        try {
            JsonNode node = JSON.readTree(file.toFile());
            if (!node.isObject()) {
                throw new DataException(file + ": must be a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw new DataException(file + ": " + JsonProblem.in(e) + InPlaceOf.hint(file), e);
        }
    }

    /// A pipe or a device in place of a file would be waited for without end.
    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": must be a file but is "
                    + (Files.isDirectory(file) ? "a directory" : "a pipe, a socket or a device"));
        }
    }

    public static String readText(Path file) {
        requireFile(file);
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": not valid UTF-8", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// @return variables of chat templates: every `*_token` of the tokenizer's configuration
    public static Map<String, String> specialTokens(Path directory, JsonNode tokenizerConfig) {
        return TokenizerSettings.of(directory, tokenizerConfig).tokens();
    }

    /// @return a token written as a string or as an object with `content`, null for anything else
    static @Nullable String tokenText(JsonNode node) {
        JsonNode content = node.isObject() ? node.path("content") : node;
        return content.isString() ? content.asString() : null;
    }
}
