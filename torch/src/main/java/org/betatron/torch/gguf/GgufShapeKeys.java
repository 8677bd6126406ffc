package org.betatron.torch.gguf;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.torch.error.ModelException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The metadata that stand for a `config.json`: the way back of [GgufConfig].
///
/// Whole numbers are `Integer`, others `Float`, as llama.cpp's converter writes them.
final class GgufShapeKeys {

    private final GgufFamily family;
    private final ObjectNode config;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private GgufShapeKeys(GgufFamily family, ObjectNode config) {
        this.family = family;
        this.config = config;
    }

    /// @param config in the keys of transformers 5
    /// @throws ModelException if a setting cannot be said in a GGUF file
    static Map<String, Object> of(GgufFamily family, ObjectNode config) {
        return new GgufShapeKeys(family, config).make();
    }

    private Map<String, Object> make() {
        values.put("general.architecture", family.architecture());
        switch (family) {
            case NEOX -> neox();
            case GPT2 -> gpt2();
            case LLAMA, QWEN2, QWEN3, SMOLLM3, GEMMA2, GEMMA3, PHI3, OLMO2 -> decoder();
        }
        return values;
    }

    private void put(String key, Object value) {
        values.put(family.architecture() + "." + key, value);
    }

    private int whole(String key) {
        JsonNode value = config.path(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw new ModelException("config.json must have a whole number '" + key + "' but has " + value);
        }
        return value.asInt();
    }

    private int heads() {
        return whole("num_attention_heads");
    }

    private int headDim() {
        return config.path("head_dim").isIntegralNumber() ? whole("head_dim") : whole("hidden_size") / heads();
    }

    private int keyValueHeads() {
        return config.path("num_key_value_heads").isIntegralNumber() ? whole("num_key_value_heads") : heads();
    }

    private void decoder() {
        layers(
                "max_position_embeddings",
                "hidden_size",
                "num_hidden_layers",
                "intermediate_size",
                "num_attention_heads");
        put("attention.head_count_kv", keyValueHeads());
        put("attention.layer_norm_rms_epsilon", (float)
                config.path("rms_norm_eps").asDouble(1e-6));
        put("attention.key_length", headDim());
        put("attention.value_length", headDim());
        put("vocab_size", whole("vocab_size"));
        window();
        cap("attn_logit_softcapping");
        cap("final_logit_softcapping");
        JsonNode rope = config.path("rope_parameters");
        rotation(rope.has("full_attention") ? rope.path("full_attention") : rope, headDim());
    }

    /// Only Gemma has windows in llama.cpp. It reads Phi-3's, and does not follow them.
    private void window() {
        if (!config.path("sliding_window").isIntegralNumber()) {
            return;
        }
        boolean narrow = whole("sliding_window") < whole("max_position_embeddings");
        if (family == GgufFamily.PHI3 && narrow) {
            throw new ModelException("config.json: sliding_window is " + whole("sliding_window")
                    + ", which llama.cpp does not follow in models of this family: answers would differ beyond it");
        }
        if (family == GgufFamily.GEMMA2 || family == GgufFamily.GEMMA3 || family == GgufFamily.PHI3) {
            put("attention.sliding_window", whole("sliding_window"));
        }
    }

    private void cap(String key) {
        if (config.path(key).isNumber()) {
            put(key, (float) config.path(key).asDouble());
        }
    }

    private void layers(String positions, String width, String layers, String inner, String heads) {
        put("context_length", whole(positions));
        put("embedding_length", whole(width));
        put("block_count", whole(layers));
        put("feed_forward_length", config.path(inner).isIntegralNumber() ? whole(inner) : 4 * whole(width));
        put("attention.head_count", whole(heads));
    }

    private void rotation(JsonNode rope, int headDim) {
        double share = rope.path("partial_rotary_factor").asDouble(1);
        put("rope.dimension_count", (int) (share * headDim));
        put("rope.freq_base", (float) rope.path("rope_theta").asDouble(10_000));
        String type = rope.path("rope_type").asString("default");
        switch (type) {
            case "default", "llama3" -> {} // The latter's divisors are a tensor.
            case "linear" -> {
                put("rope.scaling.type", "linear");
                put("rope.scaling.factor", (float) rope.path("factor").asDouble());
            }
            case "yarn" -> {
                put("rope.scaling.type", "yarn");
                put("rope.scaling.factor", (float) rope.path("factor").asDouble());
                put(
                        "rope.scaling.original_context_length",
                        rope.path("original_max_position_embeddings").asInt(whole("max_position_embeddings")));
            }
            default ->
                throw new ModelException("config.json stretches positions by '" + type + "', which is not written into"
                        + " GGUF files; default, llama3, linear and yarn are");
        }
    }

    private void neox() {
        layers(
                "max_position_embeddings",
                "hidden_size",
                "num_hidden_layers",
                "intermediate_size",
                "num_attention_heads");
        put("attention.layer_norm_epsilon", (float)
                config.path("layer_norm_eps").asDouble(1e-5));
        put("use_parallel_residual", config.path("use_parallel_residual").asBoolean(true));
        rotation(config.path("rope_parameters"), whole("hidden_size") / heads());
    }

    private void gpt2() {
        layers("n_positions", "n_embd", "n_layer", "n_inner", "n_head");
        put("attention.layer_norm_epsilon", (float)
                config.path("layer_norm_epsilon").asDouble(1e-5));
    }
}
