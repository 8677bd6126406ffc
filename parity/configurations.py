"""Many configurations on small models: what transformers computes with each, to compare Betatron with.

    python configurations.py make DIR               # models of every family, each with many configurations
    python configurations.py compute DIR [PART PARTS]   # log-probs of transformers; PARTS processes share the work
    python configurations.py compare DIR            # with what ConfigurationCorpus of the benchmarks wrote

A configuration is that of a small model with one key left out, or one key of another value, or another rotation; in the
keys of transformers 5 and in those of transformers 4. `manifest.jsonl` lists them. Only those that Betatron accepts
(`betatron.jsonl`) are computed. Two are equal if no log-prob of three sequences (12, 16 and 40 tokens) differs by more
than 0.003 nats: in float32, on weights that are drawn large so that any setting shows.
"""

import collections
import json
import os
import random
import sys
from pathlib import Path

import common  # noqa: F401: offline, on the CPU

import torch
from transformers import AutoConfig, AutoModelForCausalLM

SEED = 7
TOLERANCE = 3e-3
SHAPE = dict(vocab_size=37, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=40,
             max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
GROUPED = dict(SHAPE, num_key_value_heads=2)
# Name, and what it has beside the defaults of its family. A `-window` is a second model of the family.
MODELS = {
    "llama": dict(GROUPED, model_type="llama"),
    "mistral": dict(GROUPED, model_type="mistral", head_dim=8, sliding_window=None),
    "mistral-window": dict(GROUPED, model_type="mistral", head_dim=8, sliding_window=8),
    "qwen2": dict(GROUPED, model_type="qwen2"),
    "qwen2-window": dict(GROUPED, model_type="qwen2", use_sliding_window=True, sliding_window=8, max_window_layers=1),
    "qwen3": dict(GROUPED, model_type="qwen3", head_dim=16),
    "gemma2": dict(GROUPED, model_type="gemma2", head_dim=16, sliding_window=8, query_pre_attn_scalar=16),
    "gemma3_text": dict(GROUPED, model_type="gemma3_text", head_dim=16, sliding_window=8, query_pre_attn_scalar=16),
    "phi3": dict(GROUPED, model_type="phi3", original_max_position_embeddings=64),
    "smollm3": dict(GROUPED, model_type="smollm3", no_rope_layer_interval=2),
    "olmo2": dict(GROUPED, model_type="olmo2"),
    "gpt2": dict(model_type="gpt2", vocab_size=37, n_embd=32, n_layer=3, n_head=4, n_positions=64, bos_token_id=1,
                 eos_token_id=2),
    "gpt_neox": dict(SHAPE, model_type="gpt_neox"),
}

# What configurations and modelling code of transformers read, and names that look as if they did.
KEYS = """
_attn_implementation _attn_implementation_internal _experts_implementation _name_or_path _rope_type_labels
architectures attention_bias attention_chunk_size attention_dropout auto_map bos_token_id chunk_size_feed_forward
decoder default_rope_type default_theta dtype torch_dtype eos_token_id fusion_config generator head_dim hidden_act
hidden_size id2label label2id ignore_keys_at_rope_validation initializer_range intermediate_size is_causal
is_encoder_decoder is_heterogeneous kv_sharing_modes layer_types max_position_embeddings mlp_bias mlp_layer_types
mtp_layer_types num_attention_heads num_heads num_hidden_layers num_key_value_heads num_labels output_attentions
output_hidden_states pad_token_id partial_rotary_factor per_layer_config pretraining_tp problem_type
quantization_config return_dict rms_norm_eps rope_parameters rope_theta rope_scaling sliding_window sub_configs
sub_configs_defaults text_config tie_word_embeddings transformers_weights use_cache use_sliding_window
max_window_layers vocab_size original_max_position_embeddings no_rope_layers no_rope_layer_interval
attn_logit_softcapping final_logit_softcapping query_pre_attn_scalar hidden_activation use_bidirectional_attention
_sliding_window_pattern sliding_window_pattern rope_local_base_freq activation_function add_cross_attention
layer_norm_epsilon layer_norm_eps n_embd n_head n_inner n_layer n_positions n_ctx reorder_and_upcast_attn
scale_attn_by_inverse_layer_idx scale_attn_weights resid_pdrop embd_pdrop attn_pdrop hidden_dropout classifier_dropout
is_decoder use_parallel_residual rotary_pct rotary_emb_base attribute_map model_type global_head_dim
global_attn_every_n_layers local_attention embedding_multiplier residual_multiplier logits_scaling
attention_multiplier clip_qkv norm_after qk_norm use_qk_norm num_global_key_value_heads attention_k_eq_v
num_kv_shared_layers rope_interleaved rope_type factor attention_factor temperature top_k cache_implementation
prune_heads pruned_heads tie_encoder_decoder torchscript base_config head_dims kv_heads norm_eps rms_norm_epsilon
epsilon layernorm_epsilon use_rmsnorm bias qkv_bias use_bias lm_head_bias attention_out_bias sinks lora_rank fp8
mup_enabled
""".split()
# Put in place of any value.
VALUES = [None, False, True, 0, 1, 2, 3, 8, 0.5, 1.5, -1, "x", "gelu", "sliding_attention", [], {}, [0, 1, 1], "8", 1e30]
# For keys that a configuration does not have.
FEW_VALUES = [None, True, 2, 0.5, "x", {"a": 1}]
# For single keys, beside those.
VALUES_OF = {
    "layer_types": [
        ["full_attention", "full_attention", "full_attention"], ["sliding_attention", "sliding_attention",
        "sliding_attention"], ["full_attention", "sliding_attention", "full_attention"], ["full_attention",
        "full_attention"], ["chunked_attention", "chunked_attention", "chunked_attention"], ["full_attention",
        "full_attention", "full_attention", "full_attention"], [None, None, None]
    ],
    "hidden_act": [
        "silu", "swish", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "quick_gelu", "relu", "relu2", "gelu_python",
        "gelu_10", "mish", "tanh", "SiLU"
    ],
    "hidden_activation": ["silu", "swish", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "quick_gelu", "relu"],
    "activation_function": [
        "silu", "swish", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "quick_gelu", "relu", "gelu_accurate"
    ],
    "per_layer_config": [{"0": {"head_dim": 4}}],
    "rms_norm_eps": [0.1, 0.001, "1e-3"],
    "layer_norm_eps": [0.1, "1e-3"],
    "layer_norm_epsilon": [0.1, 0.001],
    "norm_eps": [0.1],
    "rope_theta": [500.0, 500, 0.001],
    "rotary_emb_base": [500],
    "rope_local_base_freq": [500.0],
    "default_theta": [500.0],
    "quantization_config": [{"quant_method": "bitsandbytes", "load_in_4bit": True}, {"quant_method": "fp8"}],
    "transformers_weights": ["model.safetensors", "other.safetensors"],
    "attribute_map": [{"hidden_size": "intermediate_size"}],
    "no_rope_layers": [
        [1, 1, 1], [0, 0, 0], [1, 0], [2, 1, 0], [True, False, True], ["a", "b", "c"], [0.5, 1, 1], [None, 1, 1]
    ],
    "query_pre_attn_scalar": [4, 16, 2.5, 16.0],
    "attn_logit_softcapping": [2.0, 50.0, 3],
    "final_logit_softcapping": [2.0, 30.0, 3],
    "sliding_window": [4, 63, 64, 65, 8.0, 100000],
    "head_dim": [4, 16, 8.0],
    "num_key_value_heads": [4, 2.0],
    "architectures": [
        ["LlamaForCausalLM"], ["LlamaModel"], ["X"], ["Qwen2ForSequenceClassification"], ["GPT2LMHeadModel"],
        ["BertForMaskedLM"]
    ],
    "_attn_implementation": ["eager", "sdpa"],
    "dtype": ["float16", "bfloat16", "float32", "float64"],
    "torch_dtype": ["float16", "bfloat16"],
    "max_position_embeddings": [32, 128, 64.0, 41],
    "original_max_position_embeddings": [32, 64, 128],
    "n_inner": [128, 40],
    "num_hidden_layers": [3.0],
    "model_type": [
        "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3_text", "phi3", "smollm3", "olmo2", "gpt2", "gpt_neox",
        "olmo", "gemma", "phi", "qwen2_moe", "ministral", "Llama", "llama4_text"
    ],
}

FACTORS_8 = dict(short_factor=[1.0, 1.25, 1.5, 2.0], long_factor=[1.5, 2.0, 4.0, 8.0])
FACTORS_16 = dict(short_factor=[1.0, 1.1, 1.2, 1.25, 1.4, 1.5, 1.7, 2.0],
                  long_factor=[1.5, 2.0, 2.5, 3, 4.0, 5, 6, 8.0])
FACTORS_1 = dict(short_factor=[1.5], long_factor=[2.0])
ROTATIONS = [
    {},
    dict(rope_type="default"),
    dict(rope_theta=77.0),
    dict(rope_type="default", rope_theta=77.0),
    dict(type="default", rope_theta=77.0),
    dict(rope_type="linear", factor=2.0),
    dict(type="linear", factor=2.0, rope_theta=77.0),
    dict(type="linear"),
    dict(rope_type="linear", factor=0.5),
    dict(rope_type="linear", factor=2),
    dict(rope_type="linear", factor="2"),
    dict(rope_type="linear", factor=-2.0),
    dict(rope_type="linear", factor=2.0, attention_factor=3.0),
    dict(rope_type="linear", factor=2.0, original_max_position_embeddings=16),
    dict(rope_type="dynamic", factor=2.0),
    dict(type="dynamic", factor=2.0, original_max_position_embeddings=16),
    dict(rope_type="dynamic", alpha=2.0),
    dict(rope_type="dynamic", factor=2.0, alpha=4.0),
    dict(rope_type="yarn", factor=4.0),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16),
    dict(type="yarn", factor=4.0, original_max_position_embeddings=16, attention_factor=0.7),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=16, beta_slow=2),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=1, beta_slow=32),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, mscale=1.0, mscale_all_dim=1.0),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.7, mscale_all_dim=0.3),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.7),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.7, mscale_all_dim=0),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, truncate=False),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, truncate=True),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, finetuned=True, extrapolation_factor=1.0,
         attn_factor=2.0),
    dict(rope_type="yarn", factor=1.0, original_max_position_embeddings=16),
    dict(rope_type="yarn", factor=0.5, original_max_position_embeddings=16),
    dict(rope_type="yarn", original_max_position_embeddings=16),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16,
         rope_theta=77.0),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16,
         type="linear"),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16,
         attention_factor=2.0),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=4.0, high_freq_factor=4.0, original_max_position_embeddings=16),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=None),
    dict(rope_type="llama3", factor=1, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=1.0, original_max_position_embeddings=16),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16.0),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0),
    dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=128),
    dict(rope_type="longrope", original_max_position_embeddings=16, **FACTORS_8),
    dict(type="longrope", **FACTORS_8),
    dict(type="su", **FACTORS_8),
    dict(rope_type="longrope", factor=4.0, **FACTORS_8),
    dict(rope_type="longrope", factor=4.0, original_max_position_embeddings=16, attention_factor=0.5, **FACTORS_8),
    dict(type="longrope", **FACTORS_16),
    dict(rope_type="longrope", factor=2.0, original_max_position_embeddings=16, **FACTORS_16),
    dict(rope_type="longrope", factor=2.0, original_max_position_embeddings=16, **FACTORS_1),
    dict(type="longrope", short_mscale=1.2, long_mscale=1.4, original_max_position_embeddings=16, **FACTORS_8),
    dict(rope_type="longrope", original_max_position_embeddings=64, **FACTORS_8),
    dict(rope_type="proportional", partial_rotary_factor=0.5),
    dict(rope_type="mrope", mrope_section=[2, 1, 1]),
    dict(rope_type="default", mrope_section=[2, 1, 1]),
    dict(type="mrope", mrope_section=[2, 1, 1], rope_type="default"),
    dict(rope_type="default", partial_rotary_factor=0.5),
    dict(rope_type="default", rope_theta=77.0, factor=4.0),
    dict(rope_type="default", original_max_position_embeddings=16),
    dict(rope_type=None, rope_theta=77.0),
    dict(rope_type="ntk", factor=2.0),
    dict(rope_type="default", rope_theta=None),
    dict(rope_theta="77"),
    dict(full_attention=dict(rope_type="default", rope_theta=77.0)),
    dict(full_attention=dict(rope_type="default", rope_theta=77.0), sliding_attention=dict(rope_type="default",
         rope_theta=9.0)),
    dict(full_attention=dict(rope_type="linear", factor=8.0, rope_theta=77.0),
         sliding_attention=dict(rope_type="linear", factor=2.0, rope_theta=9.0)),
    dict(full_attention=dict(rope_type="default", rope_theta=77.0, partial_rotary_factor=0.5),
         sliding_attention=dict(rope_type="default", rope_theta=9.0)),
    "default",
    [1],
]

# Keys in which transformers 4 differs.
OLDER_KEYS = """
rope_theta rope_local_base_freq rotary_pct rotary_emb_base partial_rotary_factor sliding_window layer_types
use_sliding_window max_window_layers no_rope_layers original_max_position_embeddings sliding_window_pattern
max_position_embeddings head_dim _sliding_window_pattern default_theta no_rope_layer_interval
""".split()


def make_model(directory, name):
    """Random weights that are large, and norms that are not all ones."""
    torch.manual_seed(3)
    settings = dict(MODELS[name])
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(settings.pop("model_type"), **settings))
    with torch.no_grad():
        for _, weight in model.named_parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn_like(weight) * 0.2)
            else:
                weight.copy_(torch.randn_like(weight) * 0.25)
    model.tie_weights()
    model.save_pretrained(directory)


def older(name, config):
    """The same configuration in the keys of transformers 4."""
    config = dict(config, transformers_version="4.44.0")
    rotation = config.pop("rope_parameters", None)
    config.pop("layer_types", None)
    config.pop("no_rope_layers", None)
    if "dtype" in config:
        config["torch_dtype"] = config.pop("dtype")
    if name == "gpt_neox":
        config.update(rotary_emb_base=10000, rotary_pct=0.25)
        config.pop("attention_bias", None)
    elif name == "gemma3_text":
        config.pop("_sliding_window_pattern", None)
        config.update(sliding_window_pattern=2, rope_theta=1000000.0, rope_local_base_freq=10000.0)
    elif rotation:
        config["rope_theta"] = rotation["rope_theta"]
    return config


def configurations(name, newest):
    """Yields version of the keys, what was changed, and the configuration."""
    oldest = older(name, newest)
    yield 5, None, newest
    yield 4, None, oldest
    keys = KEYS + [key for key in newest if key not in KEYS]
    has_window = name.endswith("-window")
    for version, config in ((5, newest), (4, oldest)):
        for key in config:
            yield version, {key: "missing"}, {other: value for other, value in config.items() if other != key}
        for key in keys:
            if has_window and not any(word in key for word in ("window", "layer_types", "position")):
                continue
            if version == 4 and not (key in oldest and key not in newest or key in OLDER_KEYS):
                continue
            known = key in config or key in VALUES_OF
            for value in (VALUES if known else FEW_VALUES) + VALUES_OF.get(key, []):
                if key in config and config[key] == value and type(config[key]) is type(value):
                    continue
                yield version, {key: value}, dict(config, **{key: value})
        for rotation in ROTATIONS:
            if has_window or (name == "gpt2" and random.random() < 0.9):
                continue
            for place in ("rope_parameters", "rope_scaling"):
                for more in ({}, {"original_max_position_embeddings": 16}, {"rope_theta": 333.0}, {"partial_rotary_factor": 0.5}):
                    if more and random.random() < (0.5 if version == 5 else 0.7):
                        continue
                    changed = {place: rotation, **more}
                    yield version, changed, dict(config, **changed)


def make(root):
    random.seed(SEED)
    number = 0
    generator = torch.Generator().manual_seed(1)
    sequences = [torch.randint(3, 37, (length,), generator=generator).tolist() for length in (12, 16, 40)]
    (root / "sequences.json").write_text(json.dumps(sequences))
    with open(root / "manifest.jsonl", "w", encoding="utf-8") as manifest:
        for name in MODELS:
            model = root / "models" / name
            make_model(model, name)
            for version, changed, config in configurations(name, json.loads((model / "config.json").read_text())):
                place = root / "configurations" / f"{number:06d}"
                place.mkdir(parents=True)
                (place / "config.json").write_text(json.dumps(config))
                os.link(model / "model.safetensors", place / "model.safetensors")
                line = {"name": place.name, "family": name.removesuffix("-window"), "version": version, "changed": changed}
                manifest.write(json.dumps(line) + "\n")
                number += 1
    print(number, "configurations")


def read_lines(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")]


def computed(directory, sequences):
    """Log-probs of each sequence, or why there are none; weights that the model lacks or does not know."""
    model, loading = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, output_loading_info=True, local_files_only=True)
    model.eval()
    logprobs = []
    with torch.no_grad():
        for ids in sequences:
            try:
                logits = model(input_ids=torch.tensor([ids]), return_dict=True).logits.float()
                each = torch.log_softmax(logits, -1)[0, :-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
                logprobs.append([round(x, 5) if x == x else None for x in each.tolist()])
            except Exception as failure:  # whatever it is: it is recorded
                logprobs.append(f"{type(failure).__name__}: {str(failure)[:150]}")
    wrong = [key for key in ("missing_keys", "mismatched_keys", "unexpected_keys") if loading.get(key)]
    return {"logprobs": logprobs, "wrong": wrong}


def compute(root, part, parts):
    torch.set_num_threads(1)
    sequences = json.loads((root / "sequences.json").read_text())
    accepted = [line["name"] for line in read_lines(root / "betatron.jsonl") if "logprobs" in line]
    with open(root / f"transformers-{part}.jsonl", "w", encoding="utf-8") as out:
        for name in accepted[part::parts]:
            try:
                result = computed(root / "configurations" / name, sequences)
            except Exception as failure:  # a refusal
                result = {"refused": f"{type(failure).__name__}: {str(failure)[:200]}"}
            out.write(json.dumps({"name": name, **result}) + "\n")
            out.flush()


def outcome(ours, theirs):
    if "refused" in theirs:
        return "transformers refuses", theirs["refused"]
    if theirs["wrong"]:
        return "transformers makes weights up or leaves some out", ", ".join(theirs["wrong"])
    for here, there in zip(ours["logprobs"], theirs["logprobs"]):
        if here is None:  # longer than the model's positions
            continue
        if isinstance(there, str):
            return "different", there
        gaps = [0 if x is y else float("inf") if x is None or y is None else abs(x - y) for x, y in zip(here, there)]
        if max(gaps) > TOLERANCE:
            return "different", f"by {max(gaps):.3g} nats"
    return "equal", ""


def compare(root):
    ours = {line["name"]: line for line in read_lines(root / "betatron.jsonl")}
    theirs = {line["name"]: line for file in sorted(root.glob("transformers-*.jsonl")) for line in read_lines(file)}
    table = collections.defaultdict(collections.Counter)
    shown = []
    for line in read_lines(root / "manifest.jsonl"):
        here, there = ours[line["name"]], theirs.get(line["name"])
        if "refused" in here:
            kind = "refused here"
        elif there is None:
            kind = "not computed by transformers"
        else:
            kind, why = outcome(here, there)
            if kind == "different":
                shown.append(f"{line['name']} {line['family']} {line['version']} {json.dumps(line['changed'])}: {why}")
        table[line["family"]][kind] += 1
    kinds = sorted({kind for counts in table.values() for kind in counts})
    print("| family |", " | ".join(kinds), "|")
    print("|---" * (len(kinds) + 1) + "|")
    for family, counts in table.items():
        print("|", family, "|", " | ".join(str(counts[kind]) for kind in kinds), "|")
    print("\n".join(shown))


if __name__ == "__main__":
    directory = Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(directory)
    elif sys.argv[1] == "compute":
        compute(directory, *map(int, sys.argv[3:] or (0, 1)))
    else:
        compare(directory)
