package org.betatron.data.tokenizer.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufMetadata;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the tokenizer in a GGUF file's metadata as the files of a Hugging Face directory:
/// `tokenizer.json`, `tokenizer_config.json`, `generation_config.json`, and `chat_template.jinja`
/// where there is a template.
///
/// Texts are split as llama.cpp splits them (`tokenizer.ggml.pre`). transformers follows only some
/// of these rules, and splits by GPT-2's where it does not.
public final class GgufTokenizer {

    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    private final GgufMetadata metadata;
    private final String architecture;
    private final List<String> tokens;
    private final List<Long> types;
    private final JsonMapper mapper = JsonMapper.shared();

    private GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
        architecture = metadata.text("general.architecture").orElse("");
        tokens = metadata.texts("tokenizer.ggml.tokens").orElseThrow(() -> metadata.missing("tokenizer.ggml.tokens"));
        types = metadata.wholes("tokenizer.ggml.token_type").orElse(List.of());
    }

    /// @param directory exists; the files are written into it
    /// @throws DataException if the metadata hold no tokenizer that can be read
    /// @throws IOException   if a file cannot be written
    public static void write(GgufMetadata metadata, Path directory) throws IOException {
        try {
            new GgufTokenizer(metadata).writeInto(directory);
        } catch (GgufException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    private void writeInto(Path directory) throws IOException {
        write(directory.resolve("tokenizer.json"), tokenizer());
        write(directory.resolve("tokenizer_config.json"), tokenizerConfig());
        write(directory.resolve("generation_config.json"), generationConfig());
        Optional<String> template = metadata.text("tokenizer.chat_template");
        if (template.isPresent()) {
            Files.writeString(directory.resolve("chat_template.jinja"), template.get());
        }
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, json.toPrettyString() + "\n");
    }

    private ObjectNode tokenizer() {
        ObjectNode root = mapper.createObjectNode().put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        String model =
                metadata.text("tokenizer.ggml.model").orElseThrow(() -> metadata.missing("tokenizer.ggml.model"));
        switch (model) {
            case "gpt2" -> bytePairs(root);
            case "llama" -> pieces(root);
            default ->
                throw new GgufException(metadata.where() + ": tokenizer.ggml.model must be gpt2 (pairs of bytes) or"
                        + " llama (sentencepiece) but is '" + model + "'");
        }
        addTokens(added, model.equals("gpt2"));
        return root;
    }

    private void bytePairs(ObjectNode root) {
        root.putNull("normalizer");
        SplitRule.of(metadata).write(root.putObject("pre_tokenizer"));
        beginWithBos(root);
        SplitRule.byteLevel(root.putObject("decoder"), true).put("add_prefix_space", true);
        ObjectNode model = model(root, false);
        Map<String, Integer> ids = vocabulary(model.putObject("vocab"), tokens);
        ArrayNode merges = model.putArray("merges");
        for (String merge :
                metadata.texts("tokenizer.ggml.merges").orElseThrow(() -> metadata.missing("tokenizer.ggml.merges"))) {
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw new GgufException(
                        metadata.where() + ": tokenizer.ggml.merges must hold pairs but holds '" + merge + "'");
            }
            String left = merge.substring(0, space);
            String right = merge.substring(space + 1);
            if (ids.containsKey(left + right)) { // llama.cpp undoes a merge that makes no token
                merges.addArray().add(left).add(right);
            }
        }
    }

    private void pieces(ObjectNode root) {
        boolean gemma = architecture.startsWith("gemma");
        // A run of spaces is a piece of its own, which Gemma's files spell with spaces.
        List<String> spelled = gemma
                ? tokens.stream()
                        .map(token -> token.isBlank() ? token.replace(' ', '▁') : token)
                        .toList()
                : tokens;
        boolean prefix =
                !gemma && metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true);
        splitPieces(root, gemma, prefix);
        beginWithBos(root);
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        ObjectNode replace = decoders.addObject().put("type", "Replace");
        replace.putObject("pattern").put("String", "▁");
        replace.put("content", " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        ObjectNode model = model(root, true);
        Map<String, Integer> ids = vocabulary(model.putObject("vocab"), spelled);
        ArrayNode merges = model.putArray("merges");
        for (String[] merge : merges(ids, gemma)) {
            merges.addArray().add(merge[0]).add(merge[1]);
        }
    }

    /// A file without merges has scores; Gemma's do not follow the order of its merges, its ids do.
    private List<String[]> merges(Map<String, Integer> ids, boolean gemma) {
        if (gemma) {
            return PieceMerges.of(ids, piece -> -Objects.requireNonNull(ids.get(piece)));
        }
        List<Double> scores =
                metadata.numbers("tokenizer.ggml.scores").orElseThrow(() -> metadata.missing("tokenizer.ggml.scores"));
        if (scores.size() != tokens.size()) {
            throw new GgufException(metadata.where() + ": tokenizer.ggml.scores must have a score for each of the "
                    + tokens.size() + " tokens but has " + scores.size());
        }
        return PieceMerges.of(ids, piece -> scores.get(Objects.requireNonNull(ids.get(piece))));
    }

    private void splitPieces(ObjectNode root, boolean gemma, boolean prefix) {
        if (gemma) {
            replaceSpaces(root.putObject("normalizer"));
            ObjectNode split = root.putObject("pre_tokenizer").put("type", "Split");
            split.putObject("pattern").put("String", " ");
            split.put("behavior", "MergedWithPrevious").put("invert", false);
        } else {
            // A space goes before a text and before what follows a special token, whatever stands there: as
            // sentencepiece did it for the first models of this kind, and llama.cpp does it for all.
            ArrayNode steps =
                    root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
            if (prefix) {
                steps.addObject().put("type", "Prepend").put("prepend", "▁");
            }
            replaceSpaces(steps.addObject());
            root.putNull("pre_tokenizer");
        }
    }

    private static void replaceSpaces(ObjectNode normalizer) {
        normalizer.put("type", "Replace").putObject("pattern").put("String", " ");
        normalizer.put("content", "▁");
    }

    private ObjectNode model(ObjectNode root, boolean pieces) {
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout");
        String unknown = pieces ? token("tokenizer.ggml.unknown_token_id") : null;
        model.put("unk_token", unknown);
        model.put("continuing_subword_prefix", (String) null).put("end_of_word_suffix", (String) null);
        return model.put("fuse_unk", pieces).put("byte_fallback", pieces).put("ignore_merges", ignoresMerges());
    }

    /// Llama 3's own file takes a word that is a token whole, whatever its merges say.
    private boolean ignoresMerges() {
        return metadata.text("tokenizer.ggml.pre")
                .filter(Set.of("llama3", "llama-v3", "llama-bpe", "tekken")::contains)
                .isPresent();
    }

    private Map<String, Integer> vocabulary(ObjectNode vocabulary, List<String> spelled) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < spelled.size(); id++) {
            Integer before = ids.putIfAbsent(spelled.get(id), id);
            if (before != null) {
                throw new GgufException(metadata.where() + ": tokenizer.ggml.tokens holds '" + spelled.get(id)
                        + "' twice, as " + before + " and " + id);
            }
            if (!isFiller(id)) {
                vocabulary.put(spelled.get(id), id);
            }
        }
        return ids;
    }

    /// Rows of an embedding that has more of them than the tokenizer has tokens.
    private boolean isFiller(int id) {
        return id < types.size() && types.get(id) == UNUSED && tokens.get(id).equals("[PAD" + id + "]");
    }

    /// Tokens that are found in a text before it is split. In a vocabulary of bytes, a control
    /// token with other letters is a mistake of the file's maker.
    private void addTokens(ArrayNode added, boolean bytes) {
        for (int id = 0; id < Math.min(types.size(), tokens.size()); id++) {
            long type = types.get(id);
            boolean control = type == CONTROL && (!bytes || ByteSpelling.isSpelled(tokens.get(id)));
            if (control || type == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", control);
            }
        }
    }

    private boolean beginsWithBos() {
        boolean pieces =
                metadata.text("tokenizer.ggml.model").filter("llama"::equals).isPresent();
        return metadata.flag("tokenizer.ggml.add_bos_token").orElse(pieces)
                && token("tokenizer.ggml.bos_token_id") != null;
    }

    private void beginWithBos(ObjectNode root) {
        String bos = token("tokenizer.ggml.bos_token_id");
        if (bos == null || !beginsWithBos()) {
            root.putNull("post_processor");
            return;
        }
        ObjectNode processor = root.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        special(single, bos, 0);
        sequence(single, "A", 0);
        ArrayNode pair = processor.putArray("pair");
        special(pair, bos, 0);
        sequence(pair, "A", 0);
        special(pair, bos, 1);
        sequence(pair, "B", 1);
        ObjectNode known = processor.putObject("special_tokens").putObject(bos).put("id", bos);
        known.putArray("ids").add(id("tokenizer.ggml.bos_token_id").orElseThrow());
        known.putArray("tokens").add(bos);
    }

    private static void special(ArrayNode steps, String token, int type) {
        steps.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
    }

    private static void sequence(ArrayNode steps, String name, int type) {
        steps.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private ObjectNode tokenizerConfig() {
        ObjectNode config = mapper.createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        putToken(config, "bos_token", "tokenizer.ggml.bos_token_id");
        putToken(config, "eos_token", "tokenizer.ggml.eos_token_id");
        putToken(config, "unk_token", "tokenizer.ggml.unknown_token_id");
        putToken(config, "pad_token", "tokenizer.ggml.padding_token_id");
        config.put("add_bos_token", beginsWithBos());
        config.put("clean_up_tokenization_spaces", false);
        config.putArray("model_input_names").add("input_ids").add("attention_mask");
        return config;
    }

    private void putToken(ObjectNode config, String name, String key) {
        String token = token(key);
        if (token != null) {
            config.put(name, token);
        }
    }

    private ObjectNode generationConfig() {
        ObjectNode config = mapper.createObjectNode();
        id("tokenizer.ggml.bos_token_id").ifPresent(id -> config.put("bos_token_id", id));
        Set<Integer> ends = new LinkedHashSet<>();
        id("tokenizer.ggml.eos_token_id").ifPresent(ends::add);
        id("tokenizer.ggml.eot_token_id").ifPresent(ends::add);
        if (ends.size() == 1) {
            config.put("eos_token_id", ends.iterator().next());
        } else if (!ends.isEmpty()) {
            ArrayNode all = config.putArray("eos_token_id");
            new ArrayList<>(ends).forEach(all::add);
        }
        id("tokenizer.ggml.padding_token_id").ifPresent(id -> config.put("pad_token_id", id));
        return config;
    }

    private @Nullable String token(String key) {
        return id(key).map(tokens::get).orElse(null);
    }

    private Optional<Integer> id(String key) {
        Optional<Long> id = metadata.whole(key);
        if (id.isPresent() && (id.get() < 0 || id.get() >= tokens.size())) {
            throw new GgufException(
                    metadata.where() + ": " + key + " is " + id.get() + ", but there are " + tokens.size() + " tokens");
        }
        return id.map(Math::toIntExact);
    }
}
