package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.torch.error.ModelException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Configurations of published models, for runs that begin with random weights and for planning memory:
/// the content of their `config.json`, no weights.
///
/// Source: the `config.json` of `EleutherAI/pythia-*` and of `meta-llama/Meta-Llama-3-8B` on the
/// Hugging Face hub.
public final class KnownModels {

    private static final Map<String, ObjectNode> CONFIGS = new LinkedHashMap<>();

    static {
        CONFIGS.put("pythia-14m", pythia(128, 6, 4));
        CONFIGS.put("pythia-70m", pythia(512, 6, 8));
        CONFIGS.put("pythia-160m", pythia(768, 12, 12));
        CONFIGS.put("pythia-410m", pythia(1024, 24, 16));
        CONFIGS.put("pythia-1.4b", pythia(2048, 24, 16));
        CONFIGS.put("pythia-2.8b", pythia(2560, 32, 32));
        CONFIGS.put("llama3-8b", llama3());
    }

    private KnownModels() {}

    /// @return the names that [#config] knows, small to large within a family
    public static List<String> names() {
        return new ArrayList<>(CONFIGS.keySet());
    }

    /// @param name one of [#names]
    /// @return content of the model's `config.json`; a copy
    /// @throws ModelException if there is no model of that name
    public static ObjectNode config(String name) {
        ObjectNode config = CONFIGS.get(name);
        if (config == null) {
            throw new ModelException(
                    "model name must be one of " + String.join(", ", names()) + " but was '" + name + "'");
        }
        return config.deepCopy();
    }

    private static ObjectNode pythia(int hiddenSize, int numLayers, int numHeads) {
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.putArray("architectures").add("GPTNeoXForCausalLM");
        return config.put("bos_token_id", 0)
                .put("eos_token_id", 0)
                .put("hidden_act", "gelu")
                .put("hidden_size", hiddenSize)
                .put("initializer_range", 0.02)
                .put("intermediate_size", 4 * hiddenSize)
                .put("layer_norm_eps", 1e-5)
                .put("max_position_embeddings", 2048)
                .put("model_type", "gpt_neox")
                .put("num_attention_heads", numHeads)
                .put("num_hidden_layers", numLayers)
                .put("rotary_emb_base", 10000)
                .put("rotary_pct", 0.25)
                .put("tie_word_embeddings", false)
                .put("use_parallel_residual", true)
                .put("vocab_size", 50304);
    }

    private static ObjectNode llama3() {
        ObjectNode config = JsonMapper.shared().createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        return config.put("attention_bias", false)
                .put("bos_token_id", 128000)
                .put("eos_token_id", 128001)
                .put("hidden_act", "silu")
                .put("hidden_size", 4096)
                .put("initializer_range", 0.02)
                .put("intermediate_size", 14336)
                .put("max_position_embeddings", 8192)
                .put("model_type", "llama")
                .put("num_attention_heads", 32)
                .put("num_hidden_layers", 32)
                .put("num_key_value_heads", 8)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 500000.0)
                .put("tie_word_embeddings", false)
                .put("vocab_size", 128256);
    }
}
