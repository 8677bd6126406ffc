package org.betatron.torch;

import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.WeightLoader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Configurations of models small enough for every test, one per architecture.
public final class TinyModels {

    public static final int VOCABULARY = 101;

    private TinyModels() {}

    /// @return 2 layers, 4 heads of 8 dimensions, a quarter of them rotated, parallel residual
    public static ObjectNode neox() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("model_type", "gpt_neox")
                .put("vocab_size", VOCABULARY)
                .put("max_position_embeddings", 64)
                .put("num_hidden_layers", 2)
                .put("hidden_size", 32)
                .put("num_attention_heads", 4)
                .put("intermediate_size", 64)
                .put("initializer_range", 0.2)
                .put("rotary_pct", 0.25);
    }

    /// @return 2 layers, 4 query heads of 8 dimensions on 2 key heads
    public static ObjectNode llama() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("model_type", "llama")
                .put("vocab_size", VOCABULARY)
                .put("max_position_embeddings", 64)
                .put("num_hidden_layers", 2)
                .put("hidden_size", 32)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("intermediate_size", 48)
                .put("initializer_range", 0.2);
    }

    /// @return norms around what 2 layers add, a window of 5 in the first, limits of scores and
    ///     logits, tied
    public static ObjectNode gemma2() {
        return llama().put("model_type", "gemma2")
                .put("head_dim", 8)
                .put("query_pre_attn_scalar", 8)
                .put("sliding_window", 5)
                .put("attn_logit_softcapping", 2.0)
                .put("final_logit_softcapping", 4.0);
    }

    /// @return 2 layers, 4 heads of 8 dimensions, learned positions, tied
    public static ObjectNode gpt2() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("model_type", "gpt2")
                .put("vocab_size", VOCABULARY)
                .put("n_positions", 64)
                .put("n_layer", 2)
                .put("n_embd", 32)
                .put("n_head", 4)
                .put("initializer_range", 0.2);
    }

    /// @return Gemma 2 without its limits of scores
    public static ObjectNode gemma3() {
        ObjectNode config = gemma2().put("model_type", "gemma3_text");
        config.remove("attn_logit_softcapping");
        return config;
    }

    /// @param architecture `gpt_neox`, `llama`, `mistral`, `gemma2`, `gemma3_text` or `gpt2`
    public static ObjectNode config(String architecture) {
        return switch (architecture) {
            case "gpt_neox" -> neox();
            case "llama" -> llama();
            case "mistral" -> llama().put("model_type", "mistral");
            case "gemma2" -> gemma2();
            case "gemma3_text" -> gemma3();
            case "gpt2" -> gpt2();
            default -> throw new IllegalArgumentException(architecture);
        };
    }

    /// @return a float32 model with random weights, to be closed by the caller
    public static TorchLanguageModel model(String architecture, long seed) {
        return TorchLanguageModel.initialize(
                config(architecture), "tiny " + architecture, seed, TestDevice.in(DataType.FP32));
    }

    /// @param config of a reward model
    /// @return a float32 reward model with random weights, to be closed by the caller
    public static TorchRewardModel reward(ObjectNode config) {
        ArchitectureSpec spec = ArchitectureSpec.parse(config, "tiny");
        ComputeSpec compute = TestDevice.in(DataType.FP32);
        return new TorchRewardModel(
                config, spec, WeightLoader.initialize(spec.architecture().blueprint(), compute, 1), compute);
    }
}
