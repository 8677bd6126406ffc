package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;

/// Whether a space is put before a text that has none: said by the byte-level split of
/// `tokenizer.json`, and once more by `add_prefix_space` of `tokenizer_config.json`.
///
/// For some classes transformers 5 builds the split itself and takes the latter, false where it is
/// missing; for all others `tokenizer.json` holds. Tried with 5.24.
final class PrefixSpace {

    private static final String KEY = "add_prefix_space";

    /// Without the ending `Fast`. Where no class is named it follows from the model's type.
    private static final Set<String> REBUILT =
            Set.of("GPT2Tokenizer", "GPTNeoXTokenizer", "Qwen2Tokenizer", "CodeGenTokenizer");

    private static final Set<String> REBUILT_TYPES = Set.of("gpt2", "gpt_neox", "qwen2", "codegen");

    private PrefixSpace() {}

    /// @param tokenizer content of `tokenizer.json`
    /// @throws DataException if the files disagree and another reader would take the other one at
    ///     its word
    static void requireAgreement(Path directory, JsonNode tokenizer) {
        JsonNode config = ModelFiles.readJsonIfPresent(directory, TokenizerSettings.CONFIG);
        if (!isRebuilt(directory, config)) {
            return;
        }
        Set<Boolean> said = new TreeSet<>();
        collect(tokenizer.path("pre_tokenizer"), said);
        boolean wanted = config.path(KEY).asBoolean(false);
        if (said.contains(!wanted)) {
            throw new DataException(directory.resolve(TokenizerSettings.CONFIG) + ": \"" + KEY + "\" "
                    + (config.hasNonNull(KEY) ? "is " + wanted : "is missing, which means false,")
                    + " but the ByteLevel split of tokenizer.json says " + !wanted
                    + ": the same text would have other tokens in transformers; make both say what the model was"
                    + " trained with");
        }
    }

    private static boolean isRebuilt(Path directory, JsonNode config) {
        String tokenizerClass = config.path("tokenizer_class").asString("").replaceFirst("Fast$", "");
        return tokenizerClass.isEmpty()
                ? REBUILT_TYPES.contains(ModelFiles.readJsonIfPresent(directory, "config.json")
                        .path("model_type")
                        .asString(""))
                : REBUILT.contains(tokenizerClass);
    }

    private static void collect(JsonNode node, Set<Boolean> said) {
        if (node.path("type").asString("").equals("ByteLevel")) {
            // Its own default is true.
            said.add(node.path(KEY).asBoolean(true));
        }
        node.forEach(child -> collect(child, said));
    }
}
