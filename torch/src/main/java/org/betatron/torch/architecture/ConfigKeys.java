package org.betatron.torch.architecture;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.betatron.torch.files.ConfigReader;

/// What is known of the settings of `config.json` that a family does not read.
final class ConfigKeys {

    /// They change what a model computes, in families that follow them.
    private static final List<String> CHANGING = List.of(
            "add_cross_attention",
            "alibi",
            "attention_bias",
            "attention_chunk_size",
            "attention_multiplier",
            "attention_sinks",
            "attn_logit_softcapping",
            "attribute_map",
            "clip_qkv",
            "cross_attention_layers",
            "decoder",
            "default_rope_type",
            "default_theta",
            "dim_model_base",
            "embedding_multiplier",
            "final_logit_softcapping",
            "fusion_config",
            "generator",
            "hidden_activation",
            "kv_lora_rank",
            "kv_sharing_modes",
            "lm_head_bias",
            "logit_scale",
            "logits_scaling",
            "mlp_bias",
            "mlp_layer_types",
            "mtp_layer_types",
            "n_routed_experts",
            "no_rope_layers",
            "num_experts",
            "num_local_experts",
            "parallel_attn",
            "per_layer_config",
            "qk_layernorm",
            "qk_norm",
            "qkv_bias",
            "quantization",
            "quantization_config",
            "query_pre_attn_scalar",
            "residual_multiplier",
            "reorder_and_upcast_attn",
            "rope_interleaved",
            "rope_local_base_freq",
            "scale_depth",
            "scale_emb",
            "text_config",
            "transformers_weights",
            "use_bidirectional_attention",
            "use_qk_norm",
            "vision_config");

    /// They change nothing that is computed here: names, formats, how `transformers` runs and
    /// generates, token ids that other files say, and dropout, which is off.
    private static final Set<String> HARMLESS = Set.of(
            "_attn_implementation_autoset",
            "_commit_hash",
            "_flash_attn_2_enabled",
            "_name_or_path",
            "_sliding_window_pattern",
            "cache_implementation",
            "architectures",
            "attention_dropout",
            "attention_probs_dropout_prob",
            "attn_pdrop",
            "attn_implementation",
            "auto_map",
            "bad_words_ids",
            "begin_suppress_tokens",
            "bos_token_id",
            "chunk_size_feed_forward",
            "classifier_dropout",
            "cross_attention_hidden_size",
            "decoder_start_token_id",
            "diversity_penalty",
            "do_sample",
            "dtype",
            "early_stopping",
            "embd_pdrop",
            "encoder_no_repeat_ngram_size",
            "eos_token_id",
            "exponential_decay_length_penalty",
            "finetuning_task",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "full_attn_mod",
            "gradient_checkpointing",
            "hidden_dropout",
            "hidden_dropout_prob",
            "id2label",
            "interpolate_factor",
            "is_decoder",
            "is_encoder_decoder",
            "is_llama_config",
            "label2id",
            "length_penalty",
            "max_length",
            "max_window_layers",
            "min_length",
            "name_or_path",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_labels",
            "num_return_sequences",
            "output_attentions",
            "output_hidden_states",
            "output_scores",
            "pad_token_id",
            "prefix",
            "pretraining_tp",
            "problem_type",
            "pruned_heads",
            "remove_invalid_values",
            "repetition_penalty",
            "resid_pdrop",
            "return_dict",
            "return_dict_in_generate",
            "sep_token_id",
            "summary_activation",
            "summary_first_dropout",
            "summary_proj_to_labels",
            "summary_type",
            "summary_use_proj",
            "suppress_tokens",
            "task_specific_params",
            "temperature",
            "tf_legacy_loss",
            "tie_encoder_decoder",
            "tokenizer_class",
            "top_k",
            "top_p",
            "torch_dtype",
            "torchscript",
            "transformers_version",
            "transformers.js_config",
            "typical_p",
            "unsloth_fixed",
            "unsloth_version",
            "use_bfloat16",
            "use_cache",
            "use_return_dict");

    /// Where it is off or null, transformers 5 lets tokens see those behind them.
    private static final String CAUSAL = "is_causal";

    private ConfigKeys() {}

    /// @param config after the family asked for what it follows
    /// @throws org.betatron.torch.error.ModelException if another setting is on that changes what
    ///     is computed
    static void requireKnown(ConfigReader config) {
        config.requireOff(CHANGING.stream().filter(key -> !config.wasAsked(key)).toList());
        if (config.value(CAUSAL).isNull() || !config.flag(CAUSAL, true)) {
            throw config.unsupported(CAUSAL, "missing or true, as tokens see only what stands before them,");
        }
    }

    /// @param config after everything was asked of it
    /// @return settings that were not read and of which it is not known that they change nothing
    static Set<String> unknown(ConfigReader config) {
        Set<String> unknown = new TreeSet<>(config.unread());
        unknown.removeAll(HARMLESS);
        return unknown;
    }
}
