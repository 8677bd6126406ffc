package org.betatron.data.tokenizer.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.data.DataException;
import org.betatron.data.tokenizer.ByteTokenizer;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// There and back: a file's tokenizer as a directory, and that directory's tokenizer as metadata.
class GgufVocabularyTest {

    private static final Path FILES = Path.of("src/test/resources/org/betatron/data/tokenizer/gguf");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o"})
    void vocabulariesOfBytesComeBackAsTheyWere(String name) throws IOException {
        Map<String, Object> before = values(name);
        GgufTokenizer.write(new GgufMetadata(name, before), directory);
        Map<String, Object> after = GgufVocabulary.of(directory, 703);
        for (String key : List.of("model", "pre", "tokens", "merges", "add_bos_token")) {
            assertThat(after.get("tokenizer.ggml." + key)).as(key).isEqualTo(before.get("tokenizer.ggml." + key));
        }
        assertThat(value(after, "token_type").toString())
                .isEqualTo(value(before, "token_type").toString());
        assertThat(after)
                .containsEntry("tokenizer.ggml.bos_token_id", 700)
                .containsEntry("tokenizer.ggml.eos_token_id", 701);
    }

    /// Scores are other numbers in the same order: texts become the same tokens.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-no-space"})
    void piecesComeBackWithTheSameTokens(String name) throws IOException {
        Map<String, Object> before = values(name);
        GgufTokenizer.write(new GgufMetadata(name, before), directory);
        int size = ((List<?>) value(before, "tokens")).size();
        Map<String, Object> after = new LinkedHashMap<>();
        GgufVocabulary.of(directory, size).forEach((key, value) -> after.put(key, asRead(value)));
        assertThat(after.get("tokenizer.ggml.tokens")).isEqualTo(before.get("tokenizer.ggml.tokens"));
        assertThat(after.get("tokenizer.ggml.token_type")).isEqualTo(before.get("tokenizer.ggml.token_type"));
        assertThat(after.get("tokenizer.ggml.add_space_prefix"))
                .isEqualTo(before.get("tokenizer.ggml.add_space_prefix"));
        after.put("general.architecture", "llama");
        Path again = Files.createDirectory(directory.resolve("again"));
        GgufTokenizer.write(new GgufMetadata("again", after), again);
        String text = "Tokens  of a text, 1 of 2:\n<|begin|> ünd “mehr”";
        try (HuggingFaceTokenizer one = HuggingFaceTokenizer.load(directory);
                HuggingFaceTokenizer two = HuggingFaceTokenizer.load(again)) {
            assertThat(two.encode(text)).containsExactly(one.encode(text));
        }
    }

    @Test
    void rowsWithoutATokenAreFilledUp() {
        ByteTokenizer.writeTo(directory);
        Map<String, Object> values = GgufVocabulary.of(directory, 260);
        assertThat(ending(values, "tokens")).isEqualTo(List.of("[PAD257]", "[PAD258]", "[PAD259]"));
        assertThat(ending(values, "token_type")).isEqualTo(List.of(5, 5, 5));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> GgufVocabulary.of(directory, 200))
                .withMessageContaining("it has 257 tokens, but the model's embedding has 200 rows");
    }

    private static List<?> ending(Map<String, Object> values, String key) {
        List<?> list = (List<?>) value(values, key);
        assertThat(list).hasSize(260);
        return list.subList(257, 260);
    }

    @Test
    void aRuleThatLlamaCppDoesNotHaveIsRefused() throws IOException {
        GgufTokenizer.write(new GgufMetadata("gpt-2", values("gpt-2")), directory);
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"use_regex\" : true", "\"use_regex\" : false"));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> GgufVocabulary.of(directory, 703))
                .withMessageStartingWith(
                        file + ": cannot be written into a GGUF file: llama.cpp has no rule that splits");
    }

    private static Object value(Map<String, Object> values, String key) {
        return Objects.requireNonNull(values.get("tokenizer.ggml." + key), key);
    }

    /// Whole numbers of any width are `Long` once read, others `Double`.
    private static Object asRead(Object value) {
        return switch (value) {
            case Integer whole -> (long) whole;
            case Float number -> (double) number;
            case List<?> list -> list.stream().map(GgufVocabularyTest::asRead).toList();
            default -> value;
        };
    }

    private static Map<String, Object> values(String name) throws IOException {
        try (GgufFile file = GgufFile.open(FILES.resolve(name + ".gguf"))) {
            return new LinkedHashMap<>(file.metadata().values());
        }
    }
}
