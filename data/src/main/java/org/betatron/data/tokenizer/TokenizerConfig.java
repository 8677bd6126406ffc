package org.betatron.data.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.betatron.data.DataException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The `tokenizer_config.json` of a model directory, for those who read the model elsewhere: without it
/// `transformers` guesses a class from the model's type, and may split texts otherwise than
/// `tokenizer.json` says.
public final class TokenizerConfig {

    private static final String NAME = "tokenizer_config.json";
    private static final String INPUT_NAMES = "model_input_names";

    private TokenizerConfig() {}

    /// Writes the file if the directory has none.
    ///
    /// @param directory holds `tokenizer.json`
    /// @throws DataException if no token ends an answer, or the file cannot be written
    public static void writeIfMissing(Path directory) {
        Path file = directory.resolve(NAME);
        if (Files.exists(file)) {
            return;
        }
        TokenizerFile tokenizer = TokenizerFile.read(directory);
        ObjectNode config = JsonMapper.shared()
                .createObjectNode()
                .put("tokenizer_class", "PreTrainedTokenizerFast")
                .put("eos_token", tokenizer.vocabulary().token(EndTokens.find(directory, tokenizer)[0]));
        putInputNames(config);
        write(file, config);
    }

    /// Writes the file if the directory has none, and says in one that is there what a model takes, where it does not.
    ///
    /// @param directory holds `tokenizer.json`, and is ours to change
    /// @throws DataException if no token ends an answer, or the file cannot be written
    public static void complete(Path directory) {
        writeIfMissing(directory);
        if (ModelFiles.readJsonIfPresent(directory, NAME) instanceof ObjectNode config && !config.has(INPUT_NAMES)) {
            putInputNames(config);
            write(directory.resolve(NAME), config);
        }
    }

    /// Without it transformers 4 gives models token_type_ids, which they do not take.
    private static void putInputNames(ObjectNode config) {
        config.putArray(INPUT_NAMES).add("input_ids").add("attention_mask");
    }

    private static void write(Path file, ObjectNode config) {
        try {
            Files.writeString(file, config.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
