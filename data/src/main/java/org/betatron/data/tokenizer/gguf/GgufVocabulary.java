package org.betatron.data.tokenizer.gguf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.DataException;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TokenizerSource;
import tools.jackson.databind.JsonNode;

/// The metadata of a GGUF file that stand for a model directory's tokenizer: the way back of
/// [GgufTokenizer].
public final class GgufVocabulary {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    /// llama.cpp wants at least one merge. This one, of two bytes 0, makes no token, and is undone.
    private static final String NOTHING = "Ā Ā";

    /// Of what no merge makes: never looked at.
    private static final float NO_MERGE = -1e6f;

    private final Path directory;
    private final TokenizerSource source;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private GgufVocabulary(Path directory) {
        this.directory = directory;
        source = TokenizerSource.read(directory);
    }

    /// @param directory of a model with `tokenizer.json`
    /// @param rows      of the embedding: llama.cpp wants a token for each
    /// @return values of `tokenizer.*`
    /// @throws DataException if llama.cpp would make other tokens of texts
    public static Map<String, Object> of(Path directory, int rows) {
        return new GgufVocabulary(directory).make(rows);
    }

    private Map<String, Object> make(int rows) {
        JsonNode model = source.root().path("model");
        if (!model.path("type").asString("").equals("BPE")) {
            throw refused("model.type must be BPE but is " + model.path("type"));
        }
        boolean pieces = model.path("byte_fallback").asBoolean(false);
        values.put("tokenizer.ggml.model", pieces ? "llama" : "gpt2");
        List<String> merges = new ArrayList<>();
        Map<String, Integer> made = new HashMap<>();
        for (JsonNode merge : model.path("merges")) {
            String left = merge.isArray()
                    ? merge.path(0).asString()
                    : merge.asString().split(" ", 2)[0];
            String right = merge.isArray()
                    ? merge.path(1).asString()
                    : merge.asString().split(" ", 2)[1];
            made.putIfAbsent(left + right, merges.size());
            merges.add(left + " " + right);
        }
        if (!pieces) {
            // Without merges it does not matter how texts are split.
            values.put(
                    "tokenizer.ggml.pre",
                    merges.isEmpty()
                            ? SplitRule.GPT2.llamaName()
                            : SplitRule.nameOf(source.root().path("pre_tokenizer"), source.file()));
        }
        tokens(rows, pieces, made);
        if (!pieces) {
            values.put("tokenizer.ggml.merges", merges.isEmpty() ? List.of(NOTHING) : merges);
        }
        if (pieces) {
            values.put("tokenizer.ggml.add_space_prefix", spacePrefix());
        }
        id("bos_token", "bos_token_id");
        id("eos_token", "eos_token_id");
        id("unk_token", "unknown_token_id");
        id("pad_token", "padding_token_id");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            values.put("tokenizer.ggml.add_bos_token", tokenizer.bosPrefix().length > 0);
        }
        ChatTemplate.source(directory).ifPresent(template -> values.put("tokenizer.chat_template", template));
        return values;
    }

    private void tokens(int rows, boolean pieces, Map<String, Integer> made) {
        Map<String, Boolean> added = new HashMap<>();
        source.root()
                .path("added_tokens")
                .forEach(token -> added.put(
                        token.path("content").asString(""),
                        token.path("special").asBoolean(false)));
        String unknown = source.root().path("model").path("unk_token").asString("");
        if (source.size() > rows) {
            throw refused("it has " + source.size() + " tokens, but the model's embedding has " + rows + " rows");
        }
        List<String> tokens = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < rows; id++) {
            String token = source.token(id);
            Boolean special = added.get(token);
            int type;
            if (!source.has(id)) {
                type = UNUSED;
                token = "[PAD" + id + "]";
            } else if (pieces && token.equals(unknown)) {
                type = UNKNOWN;
            } else if (special != null) {
                type = special ? CONTROL : USER_DEFINED;
            } else {
                type = pieces && token.matches("<0x[0-9A-F]{2}>") ? BYTE : NORMAL;
            }
            tokens.add(token);
            types.add(type);
            Integer rank = made.get(token);
            scores.add(rank == null ? NO_MERGE : -(float) rank);
        }
        values.put("tokenizer.ggml.tokens", tokens);
        values.put("tokenizer.ggml.token_type", types);
        if (pieces) {
            values.put("tokenizer.ggml.scores", scores);
        }
    }

    /// Whether a space goes before a text: as a step of the normalizer, or of the pre-tokenizer.
    private boolean spacePrefix() {
        JsonNode before = source.root().path("pre_tokenizer");
        if (before.path("type").asString("").equals("Metaspace")) {
            return !before.path("prepend_scheme").asString("always").equals("never");
        }
        for (JsonNode step : source.root().path("normalizer").path("normalizers")) {
            if (step.path("type").asString("").equals("Prepend")) {
                return true;
            }
        }
        return false;
    }

    private void id(String name, String key) {
        source.specialId(name).ifPresent(id -> values.put("tokenizer.ggml." + key, id));
    }

    private DataException refused(String why) {
        return new DataException(source.file() + ": cannot be written into a GGUF file: " + why);
    }
}
