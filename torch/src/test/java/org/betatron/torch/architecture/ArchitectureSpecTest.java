package org.betatron.torch.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.betatron.torch.TinyModels;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.error.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ArchitectureSpecTest {

    private static final String FAMILIES =
            "gpt_neox, llama, mistral, qwen2, qwen3, gemma2, gemma3_text, phi3, smollm3, olmo2, gpt2";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "gpt_neox | model_type | \"bert\" | model_type must be one of " + FAMILIES + " but was \"bert\"",
                "gpt_neox | model_type | null | model_type must be one of " + FAMILIES + " but was null",
                "gpt_neox | hidden_act | \"relu\" | hidden_act must be gelu, gelu_new, gelu_fast or gelu_pytorch_tanh"
                        + " but was \"relu\"",
                "gpt_neox | hidden_size | 30 | hidden_size must be a multiple of num_attention_heads but was 30 for 4",
                "gpt_neox | hidden_size | null | hidden_size must be a positive whole number but was null",
                "gpt_neox | vocab_size | 0 | vocab_size must be a positive whole number but was 0",
                "gpt_neox | vocab_size | 1.5 | vocab_size must be a positive whole number but was 1.5",
                "gpt_neox | vocab_size | 5000000000 | vocab_size must be a positive whole number but was 5000000000",
                "gpt_neox | layer_norm_eps | \"small\" | layer_norm_eps must be a number but was \"small\"",
                "gpt_neox | use_parallel_residual | 1 | use_parallel_residual must be true or false but was 1",
                "gpt_neox | rotary_pct | 0.4 | the rotated part of a head must be even, from 2 to 8 dimensions, but was"
                        + " 3",
                "gpt_neox | rotary_pct | 0.1 | the rotated part of a head must be even, from 2 to 8 dimensions, but was"
                        + " 0",
                "gpt_neox | rope_scaling | {\"type\":\"cubic\",\"factor\":2} | rope_scaling: type must be default, linear,"
                        + " dynamic, yarn, longrope or llama3 but was \"cubic\"",
                "llama | hidden_act | \"gelu\" | hidden_act must be silu or swish but was \"gelu\"",
                "llama | hidden_size | 30 | hidden_size must be a multiple of num_attention_heads but was 30 for 4",
                "llama | num_key_value_heads | 3 | num_attention_heads must be a multiple of num_key_value_heads but"
                        + " was 4 for 3",
                "llama | rope_parameters | {\"rope_type\":\"yarn\"} | rope_parameters: factor must be a number but"
                        + " was missing",
                "llama | rope_scaling | {\"rope_type\":\"llama3\"} | rope_scaling: factor must be a number but was"
                        + " missing",
                "llama | rope_scaling | 3 | rope_scaling must be an object but was 3",
                "llama | rope_theta | 1e999 | rope_theta must be a finite number that is not negative but was"
                        + " \"Infinity\"",
                "llama | rope_theta | 0 | the base of the rotation (rope_theta) must be above 0 but was 0.0",
                "llama | rms_norm_eps | -1e-6 | rms_norm_eps must be a finite number that is not negative but was"
                        + " -1.0E-6",
                "llama | num_hidden_layers | 2000000000 | num_hidden_layers must be at most 100000 but was 2000000000",
                "llama | hidden_act | 7 | hidden_act must be a text but was 7",
                "llama | tie_word_embeddings | null | tie_word_embeddings must be true or false but was null",
                "llama | quantization_config | {\"bits\":4} | quantization_config must be missing or null, as the"
                        + " family has none, but was {\"bits\":4}",
                "llama | logit_scale | 0.5 | logit_scale must be missing or null, as the family has none, but was 0.5",
                "llama | partial_rotary_factor | 0.5 | partial_rotary_factor must be missing or 1, which the other"
                        + " settings say, but was 0.5",
                "llama | rope_scaling | {\"rope_type\":null,\"factor\":2} | rope_scaling: rope_type must be default, linear,"
                        + " dynamic, yarn, longrope or llama3 but was null",
                "llama | is_causal | false | is_causal must be missing or true, as tokens see only what stands before"
                        + " them, but was false",
                "llama | is_causal | null | is_causal must be missing or true, as tokens see only what stands before"
                        + " them, but was null",
                "llama | layer_types | \"full_attention\" | layer_types must be a list of sliding_attention and"
                        + " full_attention, one for each of the 2 layers, but was \"full_attention\"",
                "mistral | layer_types | [\"full_attention\"] | layer_types must be a list of sliding_attention and"
                        + " full_attention, one for each of the 2 layers, but was [\"full_attention\"]",
                "gpt2 | layer_types | {} | layer_types must be a list of sliding_attention and full_attention, one for"
                        + " each of the 2 layers, but was {}",
                "llama | transformers_weights | \"other.safetensors\" | transformers_weights must be missing or null, as"
                        + " the family has none, but was \"other.safetensors\"",
                "gemma3_text | rope_scaling | {\"type\":\"linear\",\"factor\":8} | rope_scaling: type must be called"
                        + " rope_type, as transformers 5 does not read it here, but was \"linear\"",
                "gemma3_text | original_max_position_embeddings | 16 | original_max_position_embeddings must be missing or"
                        + " 64, which the other settings say, but was 16",
                "gemma3_text | partial_rotary_factor | 0.5 | partial_rotary_factor must be missing or 1, which the other"
                        + " settings say, but was 0.5",
                "gpt2 | num_attention_heads | 2 | num_attention_heads must be missing or 4, which the other settings"
                        + " say, but was 2",
                "gpt2 | hidden_size | 16 | hidden_size must be missing or 32, which the other settings say, but was 16",
                "gpt_neox | num_key_value_heads | 1 | num_key_value_heads must be missing or 4, which the other"
                        + " settings say, but was 1",
                "gpt_neox | rope_theta | 5 | rope_theta must be missing or 10000, which the other settings say, but"
                        + " was 5"
            })
    void refusedSettings(String architecture, String key, String value, String problem) {
        ObjectNode config = TinyModels.config(architecture);
        config.set(key, JsonMapper.shared().readTree(value));
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(config, "dir/config.json"))
                .withMessage("dir/config.json: " + problem);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt_neox, hidden_size",
        "gpt_neox, num_hidden_layers",
        "gpt_neox, num_attention_heads",
        "gpt_neox, intermediate_size",
        "gpt_neox, max_position_embeddings",
        "gpt_neox, vocab_size",
        "llama, hidden_size",
        "llama, num_hidden_layers",
        "llama, num_attention_heads",
        "llama, intermediate_size",
        "llama, max_position_embeddings",
        "llama, vocab_size"
    })
    void missingSettings(String architecture, String key) {
        ObjectNode config = TinyModels.config(architecture);
        config.remove(key);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(config, "dir/config.json"))
                .withMessage("dir/config.json: " + key + " must be a positive whole number but was missing");
    }

    @Test
    void missingModelType() {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(JsonMapper.shared().createObjectNode(), "dir/config.json"))
                .withMessage("dir/config.json: model_type must be one of " + FAMILIES + " but was missing");
    }

    /// What changes attention and is not read by the family in `transformers` is refused, unless it
    /// is off.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama"})
    void attentionThatTheFamilyHasNot(String architecture) {
        ObjectNode config = TinyModels.config(architecture).put("sliding_window", 16);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(config, "dir/config.json"))
                .withMessage("dir/config.json: sliding_window must be missing, null or turned off by"
                        + " use_sliding_window, as the family has none, but was 16");
        ArchitectureSpec.parse(config.put("use_sliding_window", false), "here");
        ArchitectureSpec.parse(config.put("sliding_window", 64).put("use_sliding_window", true), "here");
        ObjectNode capped = TinyModels.config(architecture).put("attn_logit_softcapping", 50.0);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(capped, "dir/config.json"))
                .withMessage("dir/config.json: attn_logit_softcapping must be missing or null, as the family has none,"
                        + " but was 50.0");
        ObjectNode mixed = TinyModels.config(architecture);
        mixed.putArray("layer_types").add("full_attention").add("sliding_attention");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> ArchitectureSpec.parse(mixed, "dir/config.json"))
                .withMessageStartingWith("dir/config.json: layer_types must be full_attention only but was ");
    }

    @Test
    void settingsThatNobodyKnowsAreNamed() {
        ObjectNode config = TinyModels.llama().put("use_cache", true).put("torch_dtype", "float32");
        assertThat(ArchitectureSpec.unknownSettings(config, "here")).isEmpty();
        config.put("zoom", 3).putNull("nothing").putObject("rope_scaling").put("flavour", "sweet");
        assertThat(ArchitectureSpec.unknownSettings(config, "here")).containsExactly("rope_scaling.flavour", "zoom");
    }

    /// As both are saved, for versions 4 and 5 of transformers: the second spelling is no unknown
    /// setting, unless it says something else.
    @Test
    void settingsThatAreSpelledTwiceAreKnown() {
        ObjectNode neox = TinyModels.neox().put("rotary_emb_base", 500.0);
        ArchitectureSpec.parse(neox, "here").write(neox);
        assertThat(ArchitectureSpec.unknownSettings(neox, "here")).isEmpty();
        assertThat(ArchitectureSpec.unknownSettings(neox.put("rotary_emb_base", 501.0), "here"))
                .containsExactly("rotary_emb_base");
        ObjectNode llama = TinyModels.llama();
        llama.putObject("rope_scaling")
                .put("rope_type", "llama3")
                .put("factor", 8)
                .put("low_freq_factor", 1)
                .put("high_freq_factor", 4)
                .put("original_max_position_embeddings", 32);
        ArchitectureSpec.parse(llama, "here").write(llama);
        assertThat(ArchitectureSpec.unknownSettings(llama, "here")).isEmpty();
        ((ObjectNode) llama.path("rope_parameters")).put("factor", 4).put("rope_theta", 7.0);
        assertThat(ArchitectureSpec.unknownSettings(llama, "here"))
                .containsExactly("rope_parameters.factor", "rope_parameters.rope_theta");
    }

    @Test
    void headDimensionNeedNotFollowFromTheHiddenSize() {
        ObjectNode config = TinyModels.llama().put("hidden_size", 30).put("head_dim", 8);
        assertThat(ArchitectureSpec.parse(config, "here")
                        .architecture()
                        .blueprint()
                        .weights())
                .filteredOn(weight -> weight.name().equals("model.layers.0.self_attn.q_proj.weight"))
                .singleElement()
                .satisfies(weight -> assertThat(weight.shape()).containsExactly(32, 30));
    }

    /// Buffers of older checkpoints; a tied head that was saved nevertheless.
    @Test
    void ignorableTensors() {
        ArchitectureSpec neox = ArchitectureSpec.parse(TinyModels.neox(), "here");
        assertThat(neox.architecture().blueprint().isIgnorable("gpt_neox.layers.0.attention.bias"))
                .isTrue();
        assertThat(neox.architecture().blueprint().isIgnorable("gpt_neox.layers.0.attention.masked_bias"))
                .isTrue();
        assertThat(neox.architecture().blueprint().isIgnorable("gpt_neox.layers.0.attention.rotary_emb.inv_freq"))
                .isTrue();
        assertThat(neox.architecture().blueprint().isIgnorable("gpt_neox.layers.9.attention.dense.bias"))
                .isFalse();
        assertThat(neox.architecture().blueprint().isIgnorable("embed_out.weight"))
                .isFalse();
        ArchitectureSpec tied = ArchitectureSpec.parse(TinyModels.llama().put("tie_word_embeddings", true), "here");
        assertThat(tied.architecture().blueprint().isIgnorable("lm_head.weight"))
                .isTrue();
        assertThat(tied.architecture().blueprint().isIgnorable("score.weight")).isFalse();
    }

    /// Not the 4,096 tokens of a file that says nothing.
    @Test
    void aWindowOfNullIsNone() {
        ObjectNode config = TinyModels.llama()
                .put("model_type", "qwen2")
                .put("max_window_layers", 0)
                .put("use_sliding_window", true);
        assertThat(windows(config)).containsOnly(4096);
        assertThat(windows(config.putNull("sliding_window"))).containsOnly(AttentionSpec.WHOLE);
        config.putArray("layer_types").add("sliding_attention").add("full_attention");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> windows(config))
                .withMessageContaining("layer_types must be full_attention only, as windows are turned off,");
    }

    private static List<Integer> windows(ObjectNode config) {
        return ArchitectureSpec.parse(config, "here").architecture().attention().stream()
                .map(AttentionSpec::window)
                .toList();
    }
}
