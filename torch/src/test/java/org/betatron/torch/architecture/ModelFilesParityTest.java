package org.betatron.torch.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.torch.TinyModels;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.weight.HeadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Configurations are read as transformers 5 reads them, or refused. `parity/model_files.py`
/// recorded what it builds.
class ModelFilesParityTest {

    /// What is refused here although transformers 5 builds something of it: another version builds
    /// something else, or a setting that it overlooks says something else.
    private static final List<String> REFUSED = List.of(
            "llama {\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
                    + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8},"
                    + "\"original_max_position_embeddings\":16}",
            "llama {\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":4.0,"
                    + "\"high_freq_factor\":1.0,\"original_max_position_embeddings\":8}}",
            "llama {\"partial_rotary_factor\":0.5}",
            "llama {\"rope_parameters\":{\"rope_type\":\"default\",\"partial_rotary_factor\":0.5}}",
            "llama {\"rotary_pct\":0.5}",
            "llama {\"rotary_emb_base\":50.0}",
            "llama {\"layer_norm_eps\":0.1}",
            "llama {\"sliding_window\":4}",
            "gpt_neox {\"rope_theta\":50.0}",
            "gpt_neox {\"partial_rotary_factor\":0.5}",
            "gpt_neox {\"partial_rotary_factor\":0.5,\"rotary_pct\":1.0}",
            "gpt_neox {\"num_key_value_heads\":1}",
            "gpt_neox {\"head_dim\":4}",
            "gpt_neox {\"rms_norm_eps\":0.1}",
            "qwen2 {\"attention_bias\":true}",
            "gemma3_text {\"head_dim\":8,\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":777.0}}",
            "phi3 {\"pad_token_id\":0,\"rope_scaling\":{\"type\":\"longrope\","
                    + "\"original_max_position_embeddings\":8,\"short_factor\":[1.0,1.25,1.5,2.0],"
                    + "\"long_factor\":[1.5,2.0,4.0,8.0]}}");

    /// Families with key-value heads of their own where a file says none.
    private static final List<String> SAYING = List.of("mistral", "qwen2", "qwen3", "smollm3", "gemma2", "gemma3_text");

    static Stream<JsonNode> configurations() throws IOException {
        return recorded("configurations");
    }

    static Stream<JsonNode> rotations() throws IOException {
        return recorded("rotations");
    }

    private static Stream<JsonNode> recorded(String what) throws IOException {
        try (InputStream in =
                ModelFilesParityTest.class.getResourceAsStream("/org/betatron/torch/parity/model-files.json")) {
            return JsonMapper.shared().readTree(in).path(what).valueStream();
        }
    }

    private static ObjectNode config(JsonNode recorded) {
        String architecture = recorded.path("architecture").asString();
        ObjectNode config = JsonMapper.shared()
                .createObjectNode()
                .put("model_type", architecture)
                .put("vocab_size", 37)
                .put("hidden_size", 16)
                .put("num_hidden_layers", 1)
                .put("num_attention_heads", 2)
                .put("intermediate_size", 24)
                .put("max_position_embeddings", 32);
        if (SAYING.contains(architecture)) {
            config.put("num_key_value_heads", 1);
        }
        recorded.path("settings").properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
        return config;
    }

    /// Every kind of stretching, of sequences within and beyond the original context.
    @ParameterizedTest
    @MethodSource("rotations")
    void positionsTurnAsInTransformers(JsonNode recorded) {
        ArchitectureSpec spec = ArchitectureSpec.parse(config(recorded), "here");
        RotarySpec rotary = spec.architecture().attention().getFirst().rotary();
        int length = recorded.path("length").asInt();
        assertFrequencies(rotary.frequencies(length), recorded.path("frequencies"));
        assertThat(rotary.attentionFactor()).isCloseTo(recorded.path("scale").asDouble(), within(1e-12));
        // Rows that may be shared are never turned in another way than recorded.
        if (length <= spec.maxPositions()) {
            assertThat(rotary.frequencies()).containsExactly(rotary.frequencies(length));
        }
    }

    @Test
    void sequencesBeyondWhatPositionsMeanInAllAreTooLong() {
        ObjectNode config = TinyModels.llama();
        ObjectNode rope = config.putObject("rope_scaling")
                .put("rope_type", "longrope")
                .put("original_max_position_embeddings", 16);
        rope.set("short_factor", JsonMapper.shared().readTree("[1, 1, 1, 1]"));
        rope.set("long_factor", JsonMapper.shared().readTree("[2, 2, 2, 2]"));
        assertThat(ArchitectureSpec.parse(config, "here").maxPositions()).isEqualTo(16);
        config.putObject("rope_scaling").put("rope_type", "dynamic").put("factor", 2);
        assertThat(ArchitectureSpec.parse(config, "here").maxPositions()).isEqualTo(64);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void isReadAsTransformersReadsItOrRefused(JsonNode recorded) {
        String architecture = recorded.path("architecture").asString();
        ObjectNode config = config(recorded);
        JsonNode built = recorded.path("built");
        if (built.isNull() || REFUSED.contains(architecture + " " + recorded.path("settings"))) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> ArchitectureSpec.parse(config, "here"))
                    .withMessageStartingWith("here: ");
            return;
        }
        ArchitectureSpec spec = ArchitectureSpec.parse(config, "here");
        assertSame(spec, built);
        // What is saved says the same in every spelling.
        ObjectNode saved = config.deepCopy();
        spec.write(saved);
        assertSame(ArchitectureSpec.parse(saved, "saved"), built);
        saved.remove("rope_parameters");
        assertSame(ArchitectureSpec.parse(saved, "saved, as transformers 4 sees it"), built);
    }

    private static void assertSame(ArchitectureSpec spec, JsonNode built) {
        AttentionSpec attention = spec.architecture().attention().getFirst();
        RotarySpec rotary = attention.rotary();
        assertFrequencies(rotary.frequencies(), built.path("frequencies"));
        assertThat(attention.window()).isEqualTo(built.path("window").asInt(AttentionSpec.WHOLE));
        assertThat(rotary.attentionFactor()).isCloseTo(built.path("scale").asDouble(), within(1e-12));
        assertThat(spec.architecture().blueprint().finalNorm().epsilon())
                .isEqualTo(built.path("epsilon").asDouble());
        assertThat(spec.head() == HeadKind.TIED).isEqualTo(built.path("tied").asBoolean());
    }

    private static void assertFrequencies(double[] actual, JsonNode recorded) {
        assertThat(actual).hasSize(recorded.size());
        for (int i = 0; i < recorded.size(); i++) {
            double expected = recorded.get(i).asDouble();
            assertThat(actual[i]).isCloseTo(expected, within(2e-6 * expected)); // theirs is in float32
        }
    }
}
