package org.betatron.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizerConfigTest {

    private static final String NAMES = "[\"input_ids\",\"attention_mask\"]";

    @TempDir
    Path directory;

    @BeforeEach
    void tokenizer() {
        ByteTokenizer.writeTo(directory);
    }

    private JsonNode config() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(directory.resolve("tokenizer_config.json")));
    }

    @Test
    void aMissingOneIsWritten() throws IOException {
        TokenizerConfig.complete(directory);
        assertThat(config().path("eos_token").asString()).isEqualTo("<|endoftext|>");
        assertThat(config().path("model_input_names").toString()).isEqualTo(NAMES);
    }

    @Test
    void oneThatDoesNotSayWhatAModelTakesDoesAfterwards() throws IOException {
        Path file = directory.resolve("tokenizer_config.json");
        Files.writeString(file, "{\"eos_token\": \"<|endoftext|>\", \"chat_template\": \"{{ x }}\"}");
        TokenizerConfig.complete(directory);
        assertThat(config().path("chat_template").asString()).isEqualTo("{{ x }}");
        assertThat(config().path("model_input_names").toString()).isEqualTo(NAMES);
    }

    @Test
    void oneThatSaysItStaysAsItIs() throws IOException {
        Path file = directory.resolve("tokenizer_config.json");
        String own = "{\"eos_token\":\"<|endoftext|>\",   \"model_input_names\":[\"input_ids\"]}";
        Files.writeString(file, own);
        TokenizerConfig.complete(directory);
        assertThat(file).hasContent(own);
    }
}
