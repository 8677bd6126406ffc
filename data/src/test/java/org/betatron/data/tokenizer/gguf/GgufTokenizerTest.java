package org.betatron.data.tokenizer.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.betatron.data.DataException;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against what llama.cpp makes of the same files (`parity/gguf_tokenizers.py`).
class GgufTokenizerTest {

    private static final Path FILES = Path.of("src/test/resources/org/betatron/data/tokenizer/gguf");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o", "llama", "llama-no-space"})
    void textsBecomeTheTokensOfLlamaCpp(String name) throws IOException {
        try (GgufFile file = GgufFile.open(FILES.resolve(name + ".gguf"))) {
            GgufTokenizer.write(file.metadata(), directory);
        }
        JsonNode recorded = recorded();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            List<List<Integer>> ours = new ArrayList<>();
            List<List<Integer>> theirs = new ArrayList<>();
            for (int i = 0; i < recorded.path("texts").size(); i++) {
                String text = recorded.path("texts").path(i).asString();
                ours.add(IntStream.concat(IntStream.of(tokenizer.bosPrefix()), IntStream.of(tokenizer.encode(text)))
                        .boxed()
                        .toList());
                List<Integer> expected = new ArrayList<>();
                recorded.path(name).path(i).forEach(id -> expected.add(id.asInt()));
                theirs.add(expected);
            }
            assertThat(ours).isEqualTo(theirs);
            assertThat(tokenizer.decode(tokenizer.encode("Two  words, 12."))).isEqualTo("Two  words, 12.");
        }
    }

    @Test
    void anAnswerEndsWithEverythingThatTheFileCallsAnEnd() throws IOException {
        Map<String, Object> values = values("gpt-2");
        values.put("tokenizer.ggml.eot_token_id", 5L);
        GgufTokenizer.write(new GgufMetadata("x.gguf", values), directory);
        assertThat(json("generation_config.json").path("eos_token_id").toString())
                .isEqualTo("[701,5]");
    }

    @Test
    void theTemplateIsWrittenAsItIs() throws IOException {
        Map<String, Object> values = values("gpt-2");
        values.put("tokenizer.chat_template", "{{ messages[0].content }}\n");
        GgufTokenizer.write(new GgufMetadata("x.gguf", values), directory);
        assertThat(directory.resolve("chat_template.jinja")).hasContent("{{ messages[0].content }}\n");
    }

    @Test
    void whatIsNotKnownIsNamed() throws IOException {
        refused("tokenizer.ggml.model", "bert", "x.gguf: tokenizer.ggml.model must be gpt2 (pairs of bytes) or llama");
        refused("tokenizer.ggml.pre", "poro", "x.gguf: tokenizer.ggml.pre is 'poro', which is not known; known are");
        refused("tokenizer.ggml.pre", "default", "x.gguf: tokenizer.ggml.pre does not say how texts are split");
        refused("tokenizer.ggml.eos_token_id", 9999L, "x.gguf: tokenizer.ggml.eos_token_id is 9999, but there are 703");
        refused("tokenizer.ggml.merges", List.of("ab"), "x.gguf: tokenizer.ggml.merges must hold pairs but holds 'ab'");
        List<Object> twice =
                new ArrayList<>((List<?>) Objects.requireNonNull(values("gpt-2").get("tokenizer.ggml.tokens")));
        twice.set(9, twice.get(3));
        refused("tokenizer.ggml.tokens", twice, "x.gguf: tokenizer.ggml.tokens holds '$' twice, as 3 and 9");
    }

    private void refused(String key, Object value, String message) throws IOException {
        Map<String, Object> values = values("gpt-2");
        values.put(key, value);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> GgufTokenizer.write(new GgufMetadata("x.gguf", values), directory))
                .withMessageStartingWith(message);
    }

    private static Map<String, Object> values(String name) throws IOException {
        try (GgufFile file = GgufFile.open(FILES.resolve(name + ".gguf"))) {
            return new LinkedHashMap<>(file.metadata().values());
        }
    }

    private JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(directory.resolve(name)));
    }

    private static JsonNode recorded() throws IOException {
        try (InputStream in = Objects.requireNonNull(GgufTokenizerTest.class.getResourceAsStream("tokens.json"))) {
            return JsonMapper.shared().readTree(in);
        }
    }
}
