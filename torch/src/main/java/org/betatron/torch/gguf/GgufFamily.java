package org.betatron.torch.gguf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.betatron.torch.error.ModelException;
import tools.jackson.databind.node.ObjectNode;

/// A family of models as llama.cpp knows it: its name there, and the name and layout of each
/// weight.
///
/// Source: `gguf/tensor_mapping.py` and the model classes of `convert_hf_to_gguf.py` of llama.cpp.
public enum GgufFamily {
    /// Llama, Mistral, SmolLM2.
    LLAMA("llama", "llama", "LlamaForCausalLM", decoder(Layout.PAIRED_QUERY, Layout.PAIRED_KEY)),
    QWEN2("qwen2", "qwen2", "Qwen2ForCausalLM", decoder(Layout.SAME, Layout.SAME)),
    QWEN3("qwen3", "qwen3", "Qwen3ForCausalLM", withHeadNorms(decoder(Layout.SAME, Layout.SAME), Layout.SAME)),
    SMOLLM3("smollm3", "smollm3", "SmolLM3ForCausalLM", decoder(Layout.PAIRED_QUERY, Layout.PAIRED_KEY)),
    GEMMA2("gemma2", "gemma2", "Gemma2ForCausalLM", gemma()),
    GEMMA3("gemma3", "gemma3_text", "Gemma3ForCausalLM", withHeadNorms(gemma(), Layout.PLUS_ONE)),
    PHI3("phi3", "phi3", "Phi3ForCausalLM", phi3()),
    OLMO2("olmo2", "olmo2", "Olmo2ForCausalLM", olmo2()),
    NEOX("gptneox", "gpt_neox", "GPTNeoXForCausalLM", neox()),
    GPT2("gpt2", "gpt2", "GPT2LMHeadModel", gpt2());

    private static final String LAYER = "%";

    private final String architecture;
    private final String modelType;
    private final String className;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of and List.copyOf
    private final List<Entry> entries;

    GgufFamily(String architecture, String modelType, String className, List<Entry> entries) {
        this.architecture = architecture;
        this.modelType = modelType;
        this.className = className;
        this.entries = entries;
    }

    /// What a part is called on both sides, without `.weight` or `.bias`.
    ///
    /// @param gguf   name in a GGUF file, `%` for the layer
    /// @param model  name in Hugging Face files, likewise
    /// @param layout of its weight in the GGUF file
    record Entry(String gguf, String model, Layout layout) {}

    /// One weight on both sides.
    ///
    /// @param gguf   name in a GGUF file
    /// @param model  name in Hugging Face files
    /// @param layout in the GGUF file
    record Name(String gguf, String model, Layout layout) {}

    /// @param architecture value of `general.architecture`
    static Optional<GgufFamily> of(String architecture) {
        return Arrays.stream(values())
                .filter(family -> family.architecture.equals(architecture))
                .findFirst();
    }

    /// @param modelType of `config.json`
    static Optional<GgufFamily> ofModelType(String modelType) {
        // llama.cpp writes Mistral as Llama, too.
        String type = modelType.equals("mistral") ? "llama" : modelType;
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(type))
                .findFirst();
    }

    /// @param config of a model, in the keys of transformers 5
    /// @throws ModelException if llama.cpp does not know the family
    static GgufFamily ofConfig(ObjectNode config) {
        String modelType = config.path("model_type").asString("");
        return ofModelType(modelType)
                .orElseThrow(() -> new ModelException(
                        "models of the type '" + modelType + "' are not written as GGUF files; known are " + known()));
    }

    static String known() {
        return Arrays.stream(values()).map(family -> family.architecture).collect(Collectors.joining(", "));
    }

    /// @return value of `general.architecture`, and what keys of its shape begin with
    public String architecture() {
        return architecture;
    }

    String modelType() {
        return modelType;
    }

    String className() {
        return className;
    }

    /// @param numLayers of a model
    /// @return every weight that a model of this family may have, by its name in GGUF files
    Map<String, Name> names(int numLayers) {
        Map<String, Name> names = new LinkedHashMap<>();
        for (Entry entry : entries) {
            for (int layer = 0; layer < (entry.gguf.contains(LAYER) ? numLayers : 1); layer++) {
                for (String kind : List.of(".weight", ".bias")) {
                    String number = Integer.toString(layer);
                    String gguf = entry.gguf.replace(LAYER, number) + kind;
                    names.put(gguf, new Name(gguf, entry.model.replace(LAYER, number) + kind, entry.layout));
                }
            }
        }
        return names;
    }

    private static List<Entry> base() {
        return List.of(
                new Entry("token_embd", "model.embed_tokens", Layout.SAME),
                new Entry("output", "lm_head", Layout.SAME),
                layer("attn_output", "self_attn.o_proj"),
                layer("ffn_gate", "mlp.gate_proj"),
                layer("ffn_up", "mlp.up_proj"),
                layer("ffn_down", "mlp.down_proj"));
    }

    private static Entry layer(String gguf, String model) {
        return layer(gguf, model, Layout.SAME);
    }

    private static Entry layer(String gguf, String model, Layout layout) {
        return new Entry("blk.%." + gguf, "model.layers.%." + model, layout);
    }

    private static List<Entry> with(List<Entry> entries, Entry... more) {
        List<Entry> all = new ArrayList<>(entries);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    private static List<Entry> attention(Layout query, Layout key) {
        return with(
                base(),
                layer("attn_q", "self_attn.q_proj", query),
                layer("attn_k", "self_attn.k_proj", key),
                layer("attn_v", "self_attn.v_proj"));
    }

    private static List<Entry> decoder(Layout query, Layout key) {
        return with(
                attention(query, key),
                new Entry("output_norm", "model.norm", Layout.SAME),
                layer("attn_norm", "input_layernorm"),
                layer("ffn_norm", "post_attention_layernorm"));
    }

    private static List<Entry> withHeadNorms(List<Entry> entries, Layout layout) {
        return with(
                entries,
                layer("attn_q_norm", "self_attn.q_norm", layout),
                layer("attn_k_norm", "self_attn.k_norm", layout));
    }

    private static List<Entry> gemma() {
        return with(
                attention(Layout.SAME, Layout.SAME),
                new Entry("output_norm", "model.norm", Layout.PLUS_ONE),
                layer("attn_norm", "input_layernorm", Layout.PLUS_ONE),
                layer("post_attention_norm", "post_attention_layernorm", Layout.PLUS_ONE),
                layer("ffn_norm", "pre_feedforward_layernorm", Layout.PLUS_ONE),
                layer("post_ffw_norm", "post_feedforward_layernorm", Layout.PLUS_ONE));
    }

    private static List<Entry> phi3() {
        return List.of(
                new Entry("token_embd", "model.embed_tokens", Layout.SAME),
                new Entry("output", "lm_head", Layout.SAME),
                new Entry("output_norm", "model.norm", Layout.SAME),
                layer("attn_norm", "input_layernorm"),
                layer("attn_qkv", "self_attn.qkv_proj"),
                layer("attn_output", "self_attn.o_proj"),
                layer("ffn_norm", "post_attention_layernorm"),
                layer("ffn_up", "mlp.gate_up_proj"),
                layer("ffn_down", "mlp.down_proj"));
    }

    private static List<Entry> olmo2() {
        return withHeadNorms(
                with(
                        attention(Layout.SAME, Layout.SAME),
                        new Entry("output_norm", "model.norm", Layout.SAME),
                        layer("post_attention_norm", "post_attention_layernorm"),
                        layer("post_ffw_norm", "post_feedforward_layernorm")),
                Layout.SAME);
    }

    private static List<Entry> neox() {
        return List.of(
                new Entry("token_embd", "gpt_neox.embed_in", Layout.SAME),
                new Entry("output", "embed_out", Layout.SAME),
                new Entry("output_norm", "gpt_neox.final_layer_norm", Layout.SAME),
                neoxLayer("attn_norm", "input_layernorm", Layout.SAME),
                neoxLayer("attn_qkv", "attention.query_key_value", Layout.QUERY_KEY_VALUE),
                neoxLayer("attn_output", "attention.dense", Layout.SAME),
                neoxLayer("ffn_norm", "post_attention_layernorm", Layout.SAME),
                neoxLayer("ffn_up", "mlp.dense_h_to_4h", Layout.SAME),
                neoxLayer("ffn_down", "mlp.dense_4h_to_h", Layout.SAME));
    }

    private static Entry neoxLayer(String gguf, String model, Layout layout) {
        return new Entry("blk.%." + gguf, "gpt_neox.layers.%." + model, layout);
    }

    private static List<Entry> gpt2() {
        return List.of(
                new Entry("token_embd", "transformer.wte", Layout.SAME),
                new Entry("position_embd", "transformer.wpe", Layout.SAME),
                new Entry("output", "lm_head", Layout.SAME),
                new Entry("output_norm", "transformer.ln_f", Layout.SAME),
                gpt2Layer("attn_norm", "ln_1", Layout.SAME),
                gpt2Layer("attn_qkv", "attn.c_attn", Layout.TRANSPOSED),
                gpt2Layer("attn_output", "attn.c_proj", Layout.TRANSPOSED),
                gpt2Layer("ffn_norm", "ln_2", Layout.SAME),
                gpt2Layer("ffn_up", "mlp.c_fc", Layout.TRANSPOSED),
                gpt2Layer("ffn_down", "mlp.c_proj", Layout.TRANSPOSED));
    }

    private static Entry gpt2Layer(String gguf, String model, Layout layout) {
        return new Entry("blk.%." + gguf, "transformer.h.%." + model, layout);
    }
}
