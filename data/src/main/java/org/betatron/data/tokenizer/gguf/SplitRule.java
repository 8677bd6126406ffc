package org.betatron.data.tokenizer.gguf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.betatron.data.DataException;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufMetadata;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How texts are split before pairs of bytes are merged, by the name that llama.cpp gives the rule.
///
/// Source: `llama-vocab.cpp` of llama.cpp; the expressions are those of the models' own
/// `tokenizer.json`.
enum SplitRule {
    /// As GPT-2: the expression is that of the library.
    GPT2("gpt-2", null, false),

    /// Every digit alone, the rest as GPT-2. The digits come first: a space before one does not
    /// stay with it.
    DIGITS_GPT2("smollm", null, true),

    LLAMA3(
            "llama-bpe",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false),

    QWEN2(
            "qwen2",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false),

    TEKKEN(
            "tekken",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false),

    GPT4O(
            "gpt-4o",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
                    + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false);

    private static final String KEY = "tokenizer.ggml.pre";

    private static final Map<String, SplitRule> BY_NAME = Map.ofEntries(
            Map.entry("gpt-2", GPT2),
            Map.entry("gpt2", GPT2),
            Map.entry("phi-2", GPT2),
            Map.entry("mpt", GPT2),
            Map.entry("olmo", GPT2),
            Map.entry("smollm", DIGITS_GPT2),
            Map.entry("starcoder", DIGITS_GPT2),
            Map.entry("refact", DIGITS_GPT2),
            Map.entry("command-r", DIGITS_GPT2),
            Map.entry("llama3", LLAMA3),
            Map.entry("llama-v3", LLAMA3),
            Map.entry("llama-bpe", LLAMA3),
            Map.entry("falcon3", LLAMA3),
            Map.entry("dbrx", LLAMA3),
            Map.entry("smaug-bpe", LLAMA3),
            Map.entry("qwen2", QWEN2),
            Map.entry("deepseek-r1-qwen", QWEN2),
            Map.entry("stablelm2", QWEN2),
            Map.entry("tekken", TEKKEN),
            Map.entry("gpt-4o", GPT4O),
            Map.entry("llama4", GPT4O));

    private final String name;
    private final @Nullable String expression;
    private final boolean digitsAlone;

    SplitRule(String name, @Nullable String expression, boolean digitsAlone) {
        this.name = name;
        this.expression = expression;
        this.digitsAlone = digitsAlone;
    }

    /// @throws GgufException if the file names no rule, or one that is not known
    static SplitRule of(GgufMetadata metadata) {
        String name = metadata.text(KEY).orElse("default");
        SplitRule rule = BY_NAME.get(name);
        if (rule == null) {
            throw new GgufException(metadata.where() + ": " + KEY
                    + (name.equals("default")
                            ? " does not say how texts are split before they become tokens, as old files do not: make"
                                    + " the file anew with a current llama.cpp"
                            : " is '" + name + "', which is not known")
                    + "; known are " + String.join(", ", new TreeSet<>(BY_NAME.keySet())));
        }
        return rule;
    }

    /// @param preTokenizer entry of `tokenizer.json` to fill
    void write(ObjectNode preTokenizer) {
        if (expression == null && !digitsAlone) {
            byteLevel(preTokenizer, true);
            return;
        }
        ArrayNode steps = preTokenizer.put("type", "Sequence").putArray("pretokenizers");
        if (digitsAlone) {
            steps.addObject().put("type", "Digits").put("individual_digits", true);
        }
        if (expression != null) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", expression);
            split.put("behavior", "Isolated").put("invert", false);
        }
        byteLevel(steps.addObject(), expression == null);
    }

    String llamaName() {
        return name;
    }

    /// @param preTokenizer of a `tokenizer.json`
    /// @param file         for the message
    /// @return what llama.cpp calls this way of splitting
    /// @throws DataException if it has no name for it
    static String nameOf(JsonNode preTokenizer, Path file) {
        JsonNode found = withoutHarmless(preTokenizer);
        for (SplitRule rule : values()) {
            ObjectNode written = JsonMapper.shared().createObjectNode();
            rule.write(written);
            if (withoutHarmless(written).equals(found)) {
                return rule.name;
            }
        }
        throw new DataException(
                file + ": cannot be written into a GGUF file: llama.cpp has no rule that splits texts as"
                        + " its pre_tokenizer does; known are " + String.join(", ", new TreeSet<>(BY_NAME.keySet())));
    }

    /// What does not change tokens, or says the same in another way.
    private static JsonNode withoutHarmless(JsonNode preTokenizer) {
        JsonNode copy = preTokenizer.deepCopy();
        if (copy.path("type").asString("").equals("Sequence")
                && copy.path("pretokenizers").size() == 1) {
            copy = copy.path("pretokenizers").path(0);
        }
        for (JsonNode step : copy.has("pretokenizers") ? copy.path("pretokenizers") : List.of(copy)) {
            if (step instanceof ObjectNode object) {
                object.remove("trim_offsets");
            }
        }
        return copy;
    }

    static ObjectNode byteLevel(ObjectNode node, boolean useRegex) {
        return node.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", useRegex);
    }
}
