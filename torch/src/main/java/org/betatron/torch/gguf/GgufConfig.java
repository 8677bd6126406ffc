package org.betatron.torch.gguf;

import java.util.List;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufTensor;
import org.betatron.torch.attention.Llama3Scaling;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The `config.json` that a GGUF file's metadata stand for, in the keys of transformers 5.
///
/// Where llama.cpp fixes a setting of a family in its code, it is written out here.
public final class GgufConfig {

    private final GgufShape shape;
    private final GgufFile file;
    private final ObjectNode config = JsonMapper.shared().createObjectNode();

    private GgufConfig(GgufFile file) {
        this.file = file;
        shape = GgufShape.of(file);
    }

    /// @param file of a language model
    /// @return its configuration
    /// @throws GgufException if the family is not known, or something that is needed is missing
    public static ObjectNode of(GgufFile file) {
        return new GgufConfig(file).make();
    }

    private ObjectNode make() {
        GgufFamily family = shape.family();
        config.putArray("architectures").add(family.className());
        config.put("model_type", family.modelType());
        config.put("vocab_size", embedding().shape().getFirst());
        config.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        switch (family) {
            case LLAMA -> llama();
            case QWEN2 -> decoder();
            case QWEN3 -> {
                decoder();
                config.put("attention_bias", has("blk.0.attn_q.bias"));
            }
            case SMOLLM3 -> smolLm3();
            case GEMMA2 -> gemma2();
            case GEMMA3 -> gemma3();
            case PHI3 -> phi3();
            case OLMO2 -> decoder();
            case NEOX -> neox();
            case GPT2 -> gpt2();
        }
        id("bos_token_id", "tokenizer.ggml.bos_token_id");
        id("eos_token_id", "tokenizer.ggml.eos_token_id");
        id("pad_token_id", "tokenizer.ggml.padding_token_id");
        return config;
    }

    private GgufTensor embedding() {
        GgufTensor embedding = file.tensors().get("token_embd.weight");
        if (embedding == null || embedding.shape().size() != 2) {
            throw new GgufException(file.path() + " has no token_embd.weight of two dimensions");
        }
        return embedding;
    }

    private boolean has(String tensor) {
        return file.tensors().containsKey(tensor);
    }

    private void id(String key, String from) {
        shape.metadata().whole(from).ifPresent(id -> config.put(key, id));
    }

    /// What the families with gated layers and root mean square norms share.
    private void decoder() {
        config.put("hidden_size", shape.count("embedding_length"));
        config.put("num_hidden_layers", shape.numLayers());
        config.put("intermediate_size", shape.count("feed_forward_length"));
        config.put("num_attention_heads", shape.heads().query());
        config.put("num_key_value_heads", shape.heads().keyValue());
        config.put("head_dim", headDim());
        config.put("max_position_embeddings", shape.count("context_length"));
        config.put("rms_norm_eps", shape.number("attention.layer_norm_rms_epsilon"));
        rotation(shape.optional("rope.freq_base").orElse(10_000.0));
    }

    private int headDim() {
        if (shape.metadata().whole(shape.key("attention.key_length")).isPresent()) {
            return shape.count("attention.key_length");
        }
        return shape.count("embedding_length") / shape.heads().query();
    }

    private double rotatedShare() {
        return shape.metadata().whole(shape.key("rope.dimension_count")).isPresent()
                ? (double) shape.count("rope.dimension_count") / headDim()
                : 1;
    }

    private ObjectNode rotation(double theta) {
        ObjectNode rope = config.putObject("rope_parameters").put("rope_theta", theta);
        String type = shape.metadata().text(shape.key("rope.scaling.type")).orElse("none");
        switch (type) {
            case "none" -> rope.put("rope_type", "default");
            case "linear" -> rope.put("rope_type", "linear").put("factor", shape.number("rope.scaling.factor"));
            case "yarn" -> {
                rope.put("rope_type", "yarn").put("factor", shape.number("rope.scaling.factor"));
                rope.put("original_max_position_embeddings", shape.count("rope.scaling.original_context_length"));
            }
            case "longrope" -> rope.put("rope_type", "longrope");
            default ->
                throw new GgufException(file.path() + ": " + shape.key("rope.scaling.type")
                        + " must be none, linear, yarn or longrope but is '" + type + "'");
        }
        if (has("rope_freqs.weight")) {
            Llama3Scaling scaling = LlamaFrequencies.read(file, theta, headDim());
            scaling.write(rope.put("rope_type", scaling.kind()));
        }
        return rope;
    }

    private void llama() {
        decoder();
        config.put("hidden_act", "silu");
        config.put("attention_bias", has("blk.0.attn_q.bias"));
        config.put("mlp_bias", has("blk.0.ffn_up.bias"));
        if (shape.metadata().whole("llama.expert_count").orElse(0L) > 0) {
            throw new GgufException(file.path() + " holds a mixture of experts, which is not read");
        }
    }

    /// llama.cpp leaves every fourth layer without rotation.
    private void smolLm3() {
        decoder();
        config.put("no_rope_layer_interval", 4);
        ArrayNode rotates = config.putArray("no_rope_layers");
        for (int layer = 0; layer < shape.numLayers(); layer++) {
            rotates.add((layer + 1) % 4 == 0 ? 0 : 1);
        }
    }

    private void gemma2() {
        gemma();
        config.put(
                "attn_logit_softcapping",
                shape.optional("attn_logit_softcapping").orElse(50.0));
        config.put(
                "final_logit_softcapping",
                shape.optional("final_logit_softcapping").orElse(30.0));
        config.put("sliding_window", shape.count("attention.sliding_window"));
        layerTypes(2);
    }

    private void gemma3() {
        gemma();
        if (shape.metadata().whole(shape.key("attention.sliding_window")).isPresent()) {
            config.put("sliding_window", shape.count("attention.sliding_window"));
        }
        layerTypes(6);
        ObjectNode global = (ObjectNode) config.path("rope_parameters").deepCopy();
        ObjectNode both = config.putObject("rope_parameters");
        both.set("full_attention", global);
        both.putObject("sliding_attention").put("rope_type", "default").put("rope_theta", 10_000.0);
        shape.optional("attn_logit_softcapping").ifPresent(cap -> config.put("attn_logit_softcapping", cap));
        shape.optional("final_logit_softcapping").ifPresent(cap -> config.put("final_logit_softcapping", cap));
    }

    private void gemma() {
        decoder();
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.put("tie_word_embeddings", true);
        // Fixed in llama.cpp by the number of layers: the largest models scale by another width.
        boolean largest = shape.numLayers() == (shape.family() == GgufFamily.GEMMA2 ? 46 : 62);
        config.put(
                "query_pre_attn_scalar",
                largest ? shape.count("embedding_length") / shape.heads().query() : headDim());
    }

    /// @param period every so many layers one sees everything
    private void layerTypes(int period) {
        ArrayNode types = config.putArray("layer_types");
        for (int layer = 0; layer < shape.numLayers(); layer++) {
            types.add((layer + 1) % period == 0 ? "full_attention" : "sliding_attention");
        }
    }

    private void phi3() {
        decoder();
        config.put("hidden_act", "silu");
        config.put("partial_rotary_factor", rotatedShare());
        int original = shape.metadata()
                .whole(shape.key("rope.scaling.original_context_length"))
                .map(Math::toIntExact)
                .orElseGet(() -> shape.count("context_length"));
        config.put("original_max_position_embeddings", original);
        shape.metadata()
                .whole(shape.key("attention.sliding_window"))
                .filter(window -> window > 0)
                .ifPresent(window -> config.put("sliding_window", window));
        ObjectNode rope = (ObjectNode) config.path("rope_parameters");
        rope.put("partial_rotary_factor", rotatedShare());
        if (has("rope_factors_long.weight")) {
            rope.put("rope_type", "longrope").put("original_max_position_embeddings", original);
            numbers(rope.putArray("long_factor"), "rope_factors_long.weight");
            numbers(rope.putArray("short_factor"), "rope_factors_short.weight");
            shape.optional("rope.scaling.attn_factor").ifPresent(factor -> rope.put("attention_factor", factor));
        }
    }

    private void numbers(ArrayNode into, String name) {
        GgufTensor tensor = file.tensors().get(name);
        if (tensor == null || tensor.shape().size() != 1 || tensor.count() > 1 << 16) {
            throw new GgufException(file.path() + " must have a row of numbers named " + name);
        }
        float[] numbers = new float[(int) tensor.count()];
        file.widen(tensor, 0, 1, numbers);
        for (float number : numbers) {
            into.add(GgufShape.shortest(number));
        }
    }

    private void neox() {
        config.put("hidden_size", shape.count("embedding_length"));
        config.put("num_hidden_layers", shape.numLayers());
        config.put("intermediate_size", shape.count("feed_forward_length"));
        config.put("num_attention_heads", shape.heads().query());
        config.put("max_position_embeddings", shape.count("context_length"));
        config.put("layer_norm_eps", shape.number("attention.layer_norm_epsilon"));
        config.put(
                "use_parallel_residual",
                shape.metadata().flag(shape.key("use_parallel_residual")).orElse(true));
        config.put("hidden_act", "gelu");
        config.put("attention_bias", has("blk.0.attn_qkv.bias"));
        rotation(shape.optional("rope.freq_base").orElse(10_000.0)).put("partial_rotary_factor", rotatedShare());
    }

    private void gpt2() {
        config.put("n_embd", shape.count("embedding_length"));
        config.put("n_layer", shape.numLayers());
        config.put("n_inner", shape.count("feed_forward_length"));
        config.put("n_head", shape.heads().query());
        config.put("n_positions", shape.count("context_length"));
        config.put("layer_norm_epsilon", shape.number("attention.layer_norm_epsilon"));
        config.put("activation_function", "gelu_new");
        config.put("tie_word_embeddings", true);
    }

    /// @return names of tensors that hold settings, and no weights
    static List<String> settings() {
        return List.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");
    }
}
