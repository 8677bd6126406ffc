package org.betatron.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.data.DataException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Files beside `tokenizer.json` are read as transformers 5 reads them, or refused.
/// `parity/model_files.py` recorded the ids that texts become.
class TokensParityTest {

    /// What is refused here although transformers 5 makes something of it: an id that a file states
    /// and that the token does not get, and an end of answers that no vocabulary has.
    private static final List<String> REFUSED = List.of(
            "added_tokens.json, far id",
            "added_tokens.json, id of another",
            "added_tokens_decoder, far id",
            "added_tokens_decoder, id of another",
            "eos_token that is not there");

    @TempDir
    Path directory;

    static Stream<JsonNode> recorded() throws IOException {
        try (InputStream in = TokensParityTest.class.getResourceAsStream("/org/betatron/data/parity/tokens.json")) {
            return JsonMapper.shared().readTree(in).path("tokens").valueStream();
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void isReadAsTransformersReadsItOrRefused(JsonNode recorded) throws IOException {
        ByteTokenizer.writeTo(directory);
        for (Map.Entry<String, JsonNode> file : recorded.path("files").properties()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue().toString());
        }
        if (REFUSED.contains(recorded.path("name").asString())) {
            assertThatExceptionOfType(DataException.class).isThrownBy(() -> HuggingFaceTokenizer.load(directory));
            return;
        }
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            assertThat(tokenizer.encode("a<x>b"))
                    .containsExactly(ids(recorded.path("ids").path(0)));
            assertThat(tokenizer.encode("a <|endoftext|> b"))
                    .containsExactly(ids(recorded.path("ids").path(1)));
            assertThat(tokenizer.eosId()).isEqualTo(recorded.path("eos").asInt());
        }
    }

    private static int[] ids(JsonNode json) {
        return json.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}
