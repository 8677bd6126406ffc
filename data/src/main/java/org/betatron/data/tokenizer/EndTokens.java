package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;

/// Finds the tokens that end an answer in the files of a model directory.
final class EndTokens {

    private static final List<String> WELL_KNOWN =
            List.of("<|endoftext|>", "</s>", "<|end_of_text|>", "<|eot_id|>", "<|im_end|>", "<eos>");

    private EndTokens() {}

    /// @return ids, at least one; the first ends an answer, all of them stop generation
    /// @throws DataException if there is none, or a file names a token that the vocabulary lacks
    static int[] find(Path directory, TokenizerFile tokenizer) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        Set<Integer> ids = new LinkedHashSet<>();
        String token = tokenizer.settings().token("eos_token");
        if (token != null) {
            Integer id = tokenizer.plain().id(token);
            if (id == null) {
                throw new DataException(tokenizer.settings().place("eos_token") + ": \"eos_token\" is \"" + token
                        + "\", which tokenizer.json does not contain");
            }
            ids.add(id);
        }
        for (String name : List.of("generation_config.json", "config.json")) {
            JsonNode value = ModelFiles.readJsonIfPresent(directory, name).path("eos_token_id");
            if (value.isMissingNode() || value.isNull()) {
                continue;
            }
            for (JsonNode id : value.isArray() ? value : List.of(value)) {
                if (!id.isIntegralNumber() || !id.canConvertToInt() || !vocabulary.contains(id.asInt())) {
                    throw new DataException(directory.resolve(name) + ": \"eos_token_id\" is " + id
                            + ", which tokenizer.json does not contain");
                }
                ids.add(id.asInt());
            }
            break; // What config.json says counts where generation_config.json says nothing.
        }
        for (int i = 0; i < WELL_KNOWN.size() && ids.isEmpty(); i++) {
            Integer id = vocabulary.id(WELL_KNOWN.get(i));
            if (id != null) {
                ids.add(id);
            }
        }
        if (ids.isEmpty()) {
            throw new DataException(
                    directory + ": no token ends an answer: set \"eos_token\" in tokenizer_config.json");
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
