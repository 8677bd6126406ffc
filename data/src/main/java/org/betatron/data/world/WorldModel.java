package org.betatron.data.world;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Shapes of models for the world, each about four times the one before; all can learn its facts.
public enum WorldModel {
    SMALL(48, 2),
    MEDIUM(96, 2),
    LARGE(160, 4);

    private final int width;
    private final int layers;

    WorldModel(int width, int layers) {
        this.width = width;
        this.layers = layers;
    }

    /// @return name of its file: `config.json` of the largest, `config-small.json` and so on
    public String fileName() {
        return this == LARGE ? "config.json" : "config-" + name().toLowerCase(java.util.Locale.ROOT) + ".json";
    }

    /// @return a GPT-NeoX configuration for the world's tokenizer
    ObjectNode config(JsonMapper mapper) {
        ObjectNode config = mapper.createObjectNode();
        config.putArray("architectures").add("GPTNeoXForCausalLM");
        return config.put("model_type", "gpt_neox")
                .put("hidden_act", "gelu")
                .put("hidden_size", width)
                .put("initializer_range", 0.02)
                .put("intermediate_size", 4 * width)
                .put("layer_norm_eps", 1e-5)
                .put("max_position_embeddings", 128)
                .put("num_attention_heads", 4)
                .put("num_hidden_layers", layers)
                .put("rotary_emb_base", 10000)
                .put("rotary_pct", 1.0)
                .put("tie_word_embeddings", false)
                .put("use_parallel_residual", true)
                .put("vocab_size", WorldTokenizer.vocabularySize());
    }
}
