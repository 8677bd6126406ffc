package org.betatron.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.SharedData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class HuggingFaceTokenizerTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path directory;

    @Test
    void oneTokenPerByte() {
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            assertThat(tokenizer.encode("Hi é")).containsExactly('H', 'i', ' ', 0xc3, 0xa9);
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.encode("a<|endoftext|>b")).containsExactly('a', 256, 'b');
            assertThat(tokenizer.encode("\u0000\n😀")).containsExactly(0, '\n', 0xf0, 0x9f, 0x98, 0x80);
            assertThat(tokenizer.decode(new int[] {'a', 256, 0xc3, 0xa9})).isEqualTo("a<|endoftext|>é");
            assertThat(tokenizer.piece('a')).isEqualTo("a");
            assertThat(tokenizer.piece(256)).isEqualTo("<|endoftext|>");
            assertThat(tokenizer.piece(0xc3)).as("half a character").isEqualTo("Ã");
            assertThat(tokenizer.piece(300)).isEqualTo("<300>");
            assertThat(tokenizer.bosPrefix()).isEmpty();
            assertThat(tokenizer.eosId()).isEqualTo(256);
            assertThat(tokenizer.vocabularySize()).isEqualTo(ByteTokenizer.VOCABULARY_SIZE);
        }
    }

    /// Whether transformers 5.24 puts a space before a text, from all three files.
    @ParameterizedTest
    @CsvSource({
        "GPT2Tokenizer, , false, true",
        "GPT2TokenizerFast, true, true, true",
        "GPTNeoXTokenizerFast, true, false, false",
        "Qwen2Tokenizer, , true, false",
        "CodeGenTokenizer, false, true, false",
        "PreTrainedTokenizerFast, true, false, true",
        "PreTrainedTokenizerFast, , true, true",
        ", true, false, false",
        ", , false, true",
    })
    void filesThatDisagreeAboutThePrefixSpaceAreRefused(
            @Nullable String tokenizerClass, @Nullable Boolean inConfig, boolean inSplit, boolean isRead)
            throws IOException {
        ObjectNode root = readByteTokenizer();
        root.putObject("pre_tokenizer")
                .put("type", "ByteLevel")
                .put("add_prefix_space", inSplit)
                .put("trim_offsets", true);
        writeTokenizer(root);
        ObjectNode config = JSON.createObjectNode().put("eos_token", "<|endoftext|>");
        if (tokenizerClass != null) {
            config.put("tokenizer_class", tokenizerClass);
        }
        if (inConfig != null) {
            config.put("add_prefix_space", inConfig);
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), config.toString());
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"gpt_neox\"}");
        if (isRead) {
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
                assertThat(tokenizer.encode("a")).hasSize(inSplit ? 2 : 1);
            }
        } else {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> HuggingFaceTokenizer.load(directory))
                    .withMessageContaining("\"add_prefix_space\" is ")
                    .withMessageContaining("but the ByteLevel split of tokenizer.json says " + inSplit);
        }
    }

    @Test
    void settingsInsideTheFileDoNotTruncateOrPad() throws IOException {
        ObjectNode root = readByteTokenizer();
        root.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", 3)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
        writeTokenizer(root);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            assertThat(tokenizer.encode("abcdef")).hasSize(6);
        }
    }

    /// The library ends the process at the first.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "post_processor | {\"type\":\"Sequence\",\"processors\":[{\"type\":\"TemplateProcessing\",\"single\":["
                        + "{\"SpecialToken\":{\"id\":\"<none>\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],"
                        + "\"pair\":[],\"special_tokens\":{}}]} | \"single\" of the post-processor names the token \"<none>\","
                        + " which must be among its \"special_tokens\"",
                "model | {\"type\":\"WordLevel\",\"vocab\":{\"b\":0},\"unk_token\":\"?\"} | cannot make tokens of a text:"
                        + " WordLevel error: Missing [UNK] token from the vocabulary",
                "model | {\"type\":\"BPE\",\"dropout\":0.1,\"vocab\":{\"a\":0},\"merges\":[]} | \"dropout\" of the model must"
                        + " be null or 0, as a text would become other tokens each time, but was 0.1"
            })
    void whatTheLibraryDoesNotDoIsRefused(String key, String value, String problem) throws IOException {
        ObjectNode root = readByteTokenizer();
        root.set(key, JSON.readTree(value));
        writeTokenizer(root);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> HuggingFaceTokenizer.load(directory))
                .withMessage(directory.resolve("tokenizer.json") + ": " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "eos_token | 5 | \"eos_token\" must be a text, or an object with its \"content\"",
                "pad_token | {\"content\":null} | \"pad_token\" must be a text, or an object with its \"content\"",
                "added_tokens_decoder | [1] | \"added_tokens_decoder\" must be an object of tokens by id"
            })
    void settingsOfAnotherKindAreRefused(String key, String value, String problem) throws IOException {
        writeTokenizer(readByteTokenizer());
        ObjectNode config = JSON.createObjectNode().put("eos_token", "<|endoftext|>");
        config.set(key, JSON.readTree(value));
        Files.writeString(directory.resolve("tokenizer_config.json"), config.toString());
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> HuggingFaceTokenizer.load(directory))
                .withMessage(directory.resolve("tokenizer_config.json") + ": " + problem);
    }

    @Test
    void startTokensComeFromTheTokenizer() throws IOException {
        ObjectNode root = readByteTokenizer();
        addToken(root, 257, "<s>");
        root.set("post_processor", JSON.readTree("""
                {"type": "TemplateProcessing",
                 "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                            {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}],
                 "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                 "special_tokens": {"<s>": {"id": "<s>", "ids": [257], "tokens": ["<s>"]},
                   "<|endoftext|>": {"id": "<|endoftext|>", "ids": [256], "tokens": ["<|endoftext|>"]}}}
                """));
        writeTokenizer(root);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            assertThat(tokenizer.bosPrefix()).containsExactly(257);
            assertThat(tokenizer.encode("a")).containsExactly('a');
        }
    }

    @Test
    void theTokenThatEndsAnAnswer() throws IOException {
        ObjectNode root = readByteTokenizer();
        addToken(root, 257, "<|im_end|>");
        writeTokenizer(root);
        assertThat(stopIds()).containsExactly(256);
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 97}");
        assertThat(stopIds()).containsExactly(97);
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [98, 97]}");
        assertThat(stopIds()).containsExactly(98, 97);
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"eos_token\": {\"content\": \"<|im_end|>\"}}");
        assertThat(stopIds()).containsExactly(257, 98, 97);
        Files.writeString(config, "{\"eos_token\": \"</s>\"}");
        assertFails(config + ": \"eos_token\" is \"</s>\", which tokenizer.json does not contain");
        Files.writeString(config, "{}");
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 900}");
        assertFails(directory.resolve("generation_config.json")
                + ": \"eos_token_id\" is 900, which tokenizer.json does not contain");
    }

    private int[] stopIds() {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            return tokenizer.stopIds();
        }
    }

    private void assertFails(String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> HuggingFaceTokenizer.load(directory))
                .withMessage(message);
    }

    @Test
    void directoriesWithoutAUsableTokenizer() throws IOException {
        assertFails(directory + ": a model directory must have a tokenizer.json (from vocab.json and merges.txt, make"
                + " one with AutoTokenizer.save_pretrained)");
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, "{}");
        assertFails(file + ": has no vocabulary (\"model.vocab\")");
        Files.writeString(file, "{\"model\": {\"vocab\": {\"a\": 0}}}");
        assertFails(directory + ": no token ends an answer: set \"eos_token\" in tokenizer_config.json");
        Files.writeString(file, "{\"model\": {\"vocab\": {\"</s>\": 0}}}");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> HuggingFaceTokenizer.load(directory))
                .withMessageStartingWith(file + ": cannot be loaded as a tokenizer: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "-1 | must be a whole number from 0 to 16777215 but was -1",
                "2000000000 | must be a whole number from 0 to 16777215 but was 2000000000",
                "1e30 | must be a whole number from 0 to 16777215 but was 1.0E30",
                "\"7\" | must be a whole number from 0 to 16777215 but was \"7\"",
                "null | must be a whole number from 0 to 16777215 but was null",
            })
    void idsThatAreNone(String id, String problem) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, "{\"model\": {\"vocab\": {\"</s>\": 0, \"a\": " + id + "}}}");
        assertFails(file + ": the id of token \"a\" " + problem);
        Files.writeString(
                file,
                "{\"model\": {\"vocab\": {\"</s>\": 0}}, \"added_tokens\": [{\"content\": \"a\", \"id\": " + id
                        + "}]}");
        assertFails(file + ": the id of token \"a\" " + problem);
    }

    @Test
    void oneTokenWithTwoIds() throws IOException {
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(
                file,
                "{\"model\": {\"vocab\": {\"</s>\": 0}}, \"added_tokens\": [{\"content\": \"</s>\", \"id\": 1}]}");
        assertFails(file + ": token \"</s>\" has two ids, 0 and 1");
    }

    @Test
    void specialTokensThatWouldBeSplit() throws IOException {
        ByteTokenizer.writeTo(directory);
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"split_special_tokens\": true}");
        assertFails(config + ": \"split_special_tokens\" must be false or missing: the special tokens that chat"
                + " templates write would be split");
    }

    @Test
    void whatIsNoFile() throws IOException {
        Files.createDirectory(directory.resolve("tokenizer.json"));
        assertFails(directory.resolve("tokenizer.json") + ": must be a file but is a directory");
    }

    @Test
    void specialTokensOfAnotherTokenizer() throws IOException {
        ObjectNode root = readByteTokenizer();
        Set<String> own;
        int next;
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            own = tokenizer.specialTokens();
            next = tokenizer.vocabularySize();
            assertThat(tokenizer.isOneToken("<|turn|>")).isFalse();
            assertThat(tokenizer.isOneToken("a")).isTrue();
            assertThat(tokenizer.isOneToken("ab")).isFalse();
            assertThat(own).allMatch(tokenizer::isOneToken);
        }
        addToken(root, next, "<|turn|>");
        ((ArrayNode) root.path("added_tokens"))
                .add(addedToken(next + 1, "plain").put("special", false));
        writeTokenizer(root);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            assertThat(tokenizer.specialTokens())
                    .contains("<|turn|>")
                    .doesNotContain("plain")
                    .containsAll(own);
            assertThat(tokenizer.isOneToken("<|turn|>")).isTrue();
        }
    }

    @Test
    void idsOfGpt2() throws IOException {
        assertVectors(SharedData.require("tokenizers/gpt2"), "gpt-2");
    }

    /// The files of Qwen2.5 are from before tokenizer.json; this puts one together from them.
    @Test
    void idsOfQwen() throws IOException {
        Path source = SharedData.require("tokenizers/qwen2.5");
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.set("normalizer", JSON.readTree("{\"type\": \"NFC\"}"));
        ObjectNode split = JSON.createObjectNode()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false);
        split.putObject("pattern")
                .put(
                        "Regex",
                        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                                + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
        ObjectNode pieces = root.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = pieces.putArray("pretokenizers");
        steps.add(split);
        steps.add(
                JSON.readTree(
                        "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": false, \"use_regex\": false}"));
        root.set(
                "decoder",
                JSON.readTree(
                        "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": false, \"use_regex\": false}"));
        ArrayNode added = root.putArray("added_tokens");
        Map<Integer, String> tokens = new java.util.TreeMap<>();
        JSON.readTree(source.resolve("added_tokens.json").toFile())
                .properties()
                .forEach(entry -> tokens.put(entry.getValue().asInt(), entry.getKey()));
        tokens.forEach((id, token) -> added.add(addedToken(id, token)));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.set("vocab", JSON.readTree(source.resolve("vocab.json").toFile()));
        ArrayNode merges = model.putArray("merges");
        Files.readAllLines(source.resolve("merges.txt")).stream()
                .filter(line -> !line.startsWith("#version") && !line.isEmpty())
                .forEach(merges::add);
        writeTokenizer(root);
        assertVectors(directory, "qwen2");
    }

    private static void assertVectors(Path modelDirectory, String name) throws IOException {
        Path inputs = SharedData.require("tokenizer-vectors/ggml-vocab-" + name + ".gguf.inp");
        String[] texts = Files.readString(inputs).split("\n__ggml_vocab_test__\n", -1);
        String[] lines = Files.readString(inputs.resolveSibling("ggml-vocab-" + name + ".gguf.out"))
                .split("\n", -1);
        List<int[]> expected = new ArrayList<>();
        for (String line : lines) {
            expected.add(
                    line.isBlank()
                            ? new int[0]
                            : Arrays.stream(line.strip().split(" +"))
                                    .mapToInt(Integer::parseInt)
                                    .toArray());
        }
        assertThat(expected).hasSize(47);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(modelDirectory)) {
            for (int i = 0; i < expected.size(); i++) {
                assertThat(tokenizer.encode(texts[i]))
                        .as("text %d: %s", i, texts[i])
                        .isEqualTo(expected.get(i));
            }
        }
    }

    private ObjectNode readByteTokenizer() {
        return (ObjectNode) JSON.readTree(ByteTokenizer.writeTo(directory).toFile());
    }

    private static void addToken(ObjectNode root, int id, String token) {
        ((ArrayNode) root.path("added_tokens")).add(addedToken(id, token));
    }

    private static ObjectNode addedToken(int id, String token) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private void writeTokenizer(ObjectNode root) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), JSON.writeValueAsString(root));
    }
}
