"""What transformers makes of model files that say a thing twice, not at all, or in another place than usual.

`configurations`: settings on top of a small configuration, and what the model is that transformers builds from them: its
rotation (angles per position, in double precision from the base and the share that it settled on), its norm's epsilon,
whether the head is tied. `null` where it refuses.

`weights`: files beside such a configuration, and which matrix became embedding and head.

`tokens`: files beside a tokenizer of 257 tokens (bytes and <|endoftext|>), and the ids that `a<x>b` and
`a <|endoftext|> b` become.
"""

import copy
import json
import shutil
import tempfile
from pathlib import Path

from common import ROOT, TORCH_RESOURCES, made_by, write_json

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

transformers.logging.set_verbosity_error()
SEED = 20251126
DATA_RESOURCES = ROOT / "data/src/test/resources/org/betatron/data/parity"
BYTES = ROOT / "data/src/main/resources/org/betatron/data/tokenizer/byte-tokenizer/tokenizer.json"

SHAPE = dict(vocab_size=37, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
             max_position_embeddings=32)
LLAMA = dict(model_type="llama", **SHAPE)
NEOX = dict(model_type="gpt_neox", **SHAPE)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0)
LLAMA3_8 = dict(LLAMA3, original_max_position_embeddings=8)
FACTORS = dict(short_factor=[1.0, 1.25, 1.5, 2.0], long_factor=[1.5, 2.0, 4.0, 8.0])
DEFAULT_777 = dict(rope_type="default", rope_theta=777.0)
DEFAULT_9 = dict(rope_type="default", rope_theta=9.0)

CONFIGURATIONS = [
    ("llama", dict()),
    ("llama", dict(rope_theta=500.0)),
    ("llama", dict(rope_theta=500)),
    ("llama", dict(rope_theta=None)),
    ("llama", dict(rope_theta="500")),
    ("llama", dict(rope_scaling=DEFAULT_777)),
    ("llama", dict(rope_scaling=DEFAULT_777, rope_theta=500.0)),
    ("llama", dict(rope_scaling=dict(rope_theta=777.0))),
    ("llama", dict(rope_scaling=None, rope_theta=500.0)),
    ("llama", dict(rope_scaling={}, rope_theta=500.0, rope_parameters=DEFAULT_9)),
    ("llama", dict(rope_scaling=DEFAULT_777, rope_parameters=DEFAULT_9)),
    ("llama", dict(rope_scaling=dict(rope_type="default"), rope_parameters=DEFAULT_9)),
    ("llama", dict(rope_scaling=LLAMA3_8, rope_parameters=DEFAULT_9)),
    ("llama", dict(rope_scaling=LLAMA3_8, rope_theta=500.0)),
    ("llama", dict(rope_scaling=dict(LLAMA3_8, rope_theta=777.0), rope_theta=500.0)),
    ("llama", dict(rope_parameters=DEFAULT_9, rope_theta=500.0)),
    ("llama", dict(rope_parameters=dict(rope_type="default"), rope_theta=500.0)),
    ("llama", dict(rope_parameters=dict(rope_theta=9.0))),
    ("llama", dict(rope_parameters=dict(type="default", rope_theta=9.0))),
    ("llama", dict(rope_parameters=dict(LLAMA3_8, rope_theta=9.0))),
    ("llama", dict(rope_scaling=dict(type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0))),
    ("llama", dict(rope_scaling=LLAMA3)),
    ("llama", dict(rope_scaling=LLAMA3, original_max_position_embeddings=8)),
    ("llama", dict(rope_scaling=LLAMA3_8, original_max_position_embeddings=16)),
    ("llama", dict(rope_scaling=dict(LLAMA3_8, type="linear"))),
    ("llama", dict(rope_scaling=dict(rope_type="llama3", low_freq_factor=1.0, high_freq_factor=4.0))),
    ("llama", dict(rope_scaling=dict(LLAMA3_8, low_freq_factor=4.0, high_freq_factor=1.0))),
    ("llama", dict(rope_scaling=dict(rope_type="linear", factor=2.0))),
    ("llama", dict(rope_scaling=dict(type="dynamic", factor=2.0))),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0))),
    ("llama", dict(partial_rotary_factor=0.5)),
    ("llama", dict(partial_rotary_factor=1.0)),
    ("llama", dict(rope_parameters=dict(rope_type="default", partial_rotary_factor=0.5))),
    ("llama", dict(partial_rotary_factor=0.5, rope_scaling=LLAMA3_8)),
    ("llama", dict(rotary_pct=0.5)),
    ("llama", dict(rotary_emb_base=50.0)),
    ("llama", dict(head_dim=12)),
    ("llama", dict(head_dim=None)),
    ("llama", dict(head_dim=7)),
    ("llama", dict(num_key_value_heads=None)),
    ("llama", dict(rms_norm_eps=0.1)),
    ("llama", dict(layer_norm_eps=0.1)),
    ("llama", dict(tie_word_embeddings=True)),
    ("llama", dict(tie_word_embeddings=None)),
    ("llama", dict(pretraining_tp=2)),
    ("llama", dict(sliding_window=4)),
    ("llama", dict(hidden_act="swish")),
    ("gpt_neox", dict()),
    ("gpt_neox", dict(rotary_pct=0.5)),
    ("gpt_neox", dict(rotary_pct=1.0)),
    ("gpt_neox", dict(rotary_pct=None)),
    ("gpt_neox", dict(rotary_emb_base=50)),
    ("gpt_neox", dict(rope_theta=50.0)),
    ("gpt_neox", dict(partial_rotary_factor=0.5)),
    ("gpt_neox", dict(partial_rotary_factor=0.5, rotary_pct=1.0)),
    ("gpt_neox", dict(rope_parameters=DEFAULT_9)),
    ("gpt_neox", dict(rope_parameters=DEFAULT_9, rotary_pct=0.5)),
    ("gpt_neox", dict(rope_parameters=dict(DEFAULT_9, partial_rotary_factor=1.0), rotary_pct=0.5)),
    ("gpt_neox", dict(rope_scaling=DEFAULT_9, rotary_emb_base=50)),
    ("gpt_neox", dict(rope_scaling=LLAMA3_8, rotary_pct=1.0)),
    ("gpt_neox", dict(rope_scaling=dict(type="linear", factor=2.0))),
    ("gpt_neox", dict(num_key_value_heads=1)),
    ("gpt_neox", dict(num_key_value_heads=2)),
    ("gpt_neox", dict(head_dim=4)),
    ("gpt_neox", dict(rms_norm_eps=0.1)),
    ("gpt_neox", dict(layer_norm_eps=0.1)),
    ("gpt_neox", dict(tie_word_embeddings=True)),
    ("mistral", dict()),
    ("mistral", dict(sliding_window=None)),
    ("mistral", dict(sliding_window=8)),
    ("mistral", dict(head_dim=6, rope_theta=500.0, rms_norm_eps=1e-5)),
    ("qwen2", dict()),
    ("qwen2", dict(sliding_window=8)),
    ("qwen2", dict(use_sliding_window=True)),
    ("qwen2", dict(use_sliding_window=True, sliding_window=8)),
    ("qwen2", dict(use_sliding_window=True, sliding_window=8, max_window_layers=0)),
    ("qwen2", dict(use_sliding_window=True, sliding_window=8, layer_types=["sliding_attention"])),
    ("qwen2", dict(sliding_window=8, layer_types=["sliding_attention"])),
    ("qwen2", dict(attention_bias=True)),
    ("qwen2", dict(rope_scaling=dict(type="yarn", factor=4.0, original_max_position_embeddings=8))),
    ("qwen3", dict()),
    ("qwen3", dict(head_dim=8, rope_parameters=DEFAULT_777)),
    ("olmo2", dict()),
    ("olmo2", dict(rms_norm_eps=1e-6, rope_theta=500.0)),
    ("smollm3", dict(pad_token_id=0)),
    ("smollm3", dict(pad_token_id=0, no_rope_layer_interval=1)),
    ("smollm3", dict(pad_token_id=0, no_rope_layers=[0], rope_theta=500.0)),
    ("smollm3", dict(pad_token_id=0, no_rope_layers=[0], use_sliding_window=True, sliding_window=8)),
    ("smollm3", dict(pad_token_id=0, no_rope_layers=[1], use_sliding_window=True, sliding_window=8)),
    ("gemma2", dict()),
    ("gemma2", dict(head_dim=8, sliding_window=8, rope_theta=500.0)),
    ("gemma2", dict(head_dim=8, layer_types=["full_attention"], tie_word_embeddings=False)),
    ("gemma3_text", dict()),
    ("gemma3_text", dict(head_dim=8, rope_local_base_freq=50.0, rope_theta=500.0, sliding_window=8)),
    ("gemma3_text", dict(head_dim=8, sliding_window_pattern=1, rope_theta=500.0)),
    ("gemma3_text", dict(head_dim=8, sliding_window_pattern=1, rope_scaling=dict(rope_type="linear", factor=8.0))),
    ("gemma3_text", dict(head_dim=8, layer_types=["full_attention"], rope_theta=500.0, rope_parameters=dict(
        full_attention=DEFAULT_777, sliding_attention=DEFAULT_9))),
    ("gemma3_text", dict(head_dim=8, rope_parameters=dict(full_attention=DEFAULT_777, sliding_attention=DEFAULT_9))),
    ("gemma3_text", dict(head_dim=8, rope_parameters=DEFAULT_777)),
    ("phi3", dict(pad_token_id=0)),
    ("phi3", dict(pad_token_id=0, sliding_window=8)),
    ("phi3", dict(pad_token_id=0, partial_rotary_factor=0.5)),
    ("phi3", dict(pad_token_id=0, rope_parameters=dict(rope_type="default", partial_rotary_factor=0.5))),
    ("phi3", dict(pad_token_id=0, original_max_position_embeddings=8, rope_scaling=dict(type="longrope", **FACTORS))),
    ("phi3", dict(pad_token_id=0, original_max_position_embeddings=8, rope_scaling=dict(type="su", **FACTORS))),
    ("phi3", dict(pad_token_id=0, original_max_position_embeddings=8, rope_scaling=dict(type="yarn", **FACTORS))),
    ("phi3", dict(pad_token_id=0, rope_scaling=dict(type="longrope", **FACTORS))),
    ("phi3", dict(pad_token_id=0, rope_scaling=dict(type="longrope", original_max_position_embeddings=8, **FACTORS))),
    ("phi3", dict(pad_token_id=0, original_max_position_embeddings=8, rope_scaling=dict(
        type="longrope", attention_factor=1.5, **FACTORS))),
    ("phi3", dict(pad_token_id=0, rope_scaling=dict(type="linear", factor=2.0))),
]
# (architecture, settings, lengths): frequencies of sequences within and beyond the original context
ROTATIONS = [
    ("llama", dict(rope_scaling=dict(rope_type="linear", factor=2.5)), [4, 100]),
    ("llama", dict(rope_scaling=dict(rope_type="dynamic", factor=2.0)), [4, 32, 33, 100]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=8)), [4, 100]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, beta_fast=8.0, beta_slow=0.5, truncate=False,
                                     original_max_position_embeddings=16)), [4, 100]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, attention_factor=1.7)), [4]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, mscale=0.7, mscale_all_dim=0.4)), [4]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, mscale=0.7)), [4]),
    ("llama", dict(rope_scaling=dict(rope_type="yarn", factor=0.5)), [4]),
    ("llama", dict(rope_scaling=dict(rope_type="longrope", original_max_position_embeddings=8, **FACTORS)),
     [4, 8, 9, 32]),
    ("llama", dict(rope_scaling=dict(rope_type="longrope", factor=2.0, original_max_position_embeddings=8, **FACTORS)),
     [8, 9]),
    ("llama", dict(rope_scaling=LLAMA3_8), [4, 100]),
    ("phi3", dict(pad_token_id=0, original_max_position_embeddings=8, rope_scaling=dict(type="longrope", **FACTORS)),
     [8, 9]),
    ("gpt_neox", dict(rotary_pct=0.5, rope_scaling=dict(rope_type="yarn", factor=4.0)), [4]),
]


def write_model(directory, config, files, index=None):
    (directory / "config.json").write_text(json.dumps(config))
    for name, tensors in files.items():
        save_file(tensors, directory / name, metadata={"format": "pt"})
    if index:
        (directory / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def heads(architecture):
    """Key-value heads, where a family has a number of its own in files that say none."""
    return {} if architecture in ("llama", "gpt_neox", "olmo2", "phi3") else {"num_key_value_heads": 1}


def built(architecture, settings):
    """What transformers builds, as numbers; None if it refuses, or fails when it runs."""
    with tempfile.TemporaryDirectory() as name:
        write_model(Path(name), {"model_type": architecture, **SHAPE, **heads(architecture), **settings}, {})
        try:
            config = AutoConfig.from_pretrained(name)
            model = AutoModelForCausalLM.from_config(config).eval()
            model(torch.tensor([[1, 2, 3]]))
        except Exception:
            return None
    rotary = next(module for key, module in model.named_modules() if key.endswith("rotary_emb"))
    norm = next(module for key, module in model.named_modules() if key.endswith("norm"))
    kinds = getattr(config, "layer_types", None) or [""]
    prefix = "" if hasattr(rotary, "inv_freq") else kinds[0] + "_"
    turns = (getattr(config, "no_rope_layers", None) or [1])[0]
    attention = next(module for key, module in model.named_modules() if key.endswith(("self_attn", "attention")))
    window = getattr(attention, "sliding_window", config.sliding_window if architecture in ("mistral", "phi3") else None)
    return {
        "frequencies": [float(value) for value in getattr(rotary, prefix + "inv_freq")] if turns else [],
        "scale": float(getattr(rotary, prefix + "attention_scaling")),
        "window": window,
        "epsilon": float(getattr(norm, "variance_epsilon", getattr(norm, "eps", None))),
        "tied": model.get_input_embeddings().weight is model.get_output_embeddings().weight,
    }


def rotations():
    for architecture, settings, lengths in ROTATIONS:
        for length in lengths:
            config = AutoConfig.for_model(architecture, **SHAPE, **copy.deepcopy(settings))
            model = AutoModelForCausalLM.from_config(config)
            rotary = next(module for key, module in model.named_modules() if key.endswith("rotary_emb"))
            rotary(torch.zeros(1), torch.arange(length)[None])
            yield {"architecture": architecture, "settings": settings, "length": length,
                   "frequencies": [float(value) for value in rotary.inv_freq],
                   "scale": float(rotary.attention_scaling)}


def weights():
    torch.manual_seed(SEED)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**LLAMA))
    state = {key: value.clone().contiguous() for key, value in model.state_dict().items()}
    embedding, head, norm = "model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"
    without = lambda *names: {key: value for key, value in state.items() if key not in names}
    other = dict(state, **{norm: state[norm] * 7})
    shard = "model-00001-of-00001.safetensors"
    tied = dict(LLAMA, tie_word_embeddings=True)
    cases = {
        "tied, no head": (tied, {"model.safetensors": without(head)}, None),
        "tied, own head": (tied, {"model.safetensors": state}, None),
        "tied, the embedding as head": (tied, {"model.safetensors": dict(state, **{head: state[embedding].clone()})}, None),
        "vocabulary larger": (dict(LLAMA, vocab_size=40), {"model.safetensors": state}, None),
        "vocabulary smaller": (dict(LLAMA, vocab_size=30), {"model.safetensors": state}, None),
        "single file beside an index": (
            LLAMA, {"model.safetensors": state, shard: other}, {key: shard for key in state}),
    }
    for name, (config, files, index) in cases.items():
        with tempfile.TemporaryDirectory() as path:
            write_model(Path(path), config, files, index)
            try:
                read = AutoModelForCausalLM.from_pretrained(path)
            except Exception:
                yield {"name": name, "read": None}
                continue
            names = lambda tensor: [key for key in (embedding, head) if torch.equal(tensor, state[key])]
            yield {"name": name, "read": {
                "embedding": names(read.get_input_embeddings().weight)[0],
                "head": names(read.get_output_embeddings().weight)[0],
                "norm": float(read.state_dict()[norm][0]),
            }}


def added(text, **flags):
    return dict(dict(content=text, lstrip=False, rstrip=False, normalized=False, single_word=False, special=True), **flags)


CLASS = dict(tokenizer_class="PreTrainedTokenizerFast", eos_token="<|endoftext|>")
END = added("<|endoftext|>")
TOKENS = [
    ("nothing beside", CLASS, {}),
    ("added_tokens.json, next id", CLASS, {"added_tokens.json": {"<x>": 257}}),
    ("added_tokens.json, far id", CLASS, {"added_tokens.json": {"<x>": 300}}),
    ("added_tokens.json, id of another", CLASS, {"added_tokens.json": {"<x>": 65}}),
    ("added_tokens_decoder, next id", dict(CLASS, added_tokens_decoder={"256": END, "257": added("<x>")}), {}),
    ("added_tokens_decoder, far id", dict(CLASS, added_tokens_decoder={"256": END, "300": added("<x>")}), {}),
    ("added_tokens_decoder, id of another", dict(CLASS, added_tokens_decoder={"256": added("<x>")}), {}),
    ("added_tokens_decoder, other flags",
     dict(CLASS, added_tokens_decoder={"256": added("<|endoftext|>", lstrip=True)}), {}),
    ("added_tokens_decoder before added_tokens.json",
     dict(CLASS, added_tokens_decoder={"256": END}), {"added_tokens.json": {"<x>": 257}}),
    ("eos_token that is not there", dict(CLASS, eos_token="<x>"), {}),
    ("pad_token that is not there", dict(CLASS, pad_token="<x>"), {}),
    ("additional_special_tokens", dict(CLASS, additional_special_tokens=["<x>"]), {}),
    ("additional_special_tokens in special_tokens_map.json", CLASS,
     {"special_tokens_map.json": {"additional_special_tokens": ["<x>"]}}),
    ("eos_token in special_tokens_map.json", dict(tokenizer_class="PreTrainedTokenizerFast"),
     {"special_tokens_map.json": {"eos_token": "<|endoftext|>"}}),
    ("eos_token in both, the map not read", dict(CLASS, added_tokens_decoder={"256": END}),
     {"special_tokens_map.json": {"eos_token": "a", "pad_token": "<x>"}}),
    ("a token of the vocabulary made special", dict(CLASS, pad_token="b"), {}),
    ("a token of one's own", dict(CLASS, image_token="<x>"), {}),
    ("extra_special_tokens by name", dict(CLASS, extra_special_tokens={"image_token": "<x>"}), {}),
    ("eos_token in both", dict(CLASS, eos_token="a"), {"special_tokens_map.json": {"eos_token": "<|endoftext|>"}}),
]


def tokens():
    for name, config, files in TOKENS:
        with tempfile.TemporaryDirectory() as path:
            shutil.copy(BYTES, path)
            files = {"tokenizer_config.json": config, **files}
            for file, content in files.items():
                (Path(path) / file).write_text(json.dumps(content))
            (Path(path) / "config.json").write_text(json.dumps(LLAMA))
            tokenizer = AutoTokenizer.from_pretrained(path)
            yield {
                "name": name, "files": files, "eos": tokenizer.eos_token_id,
                "ids": [tokenizer.encode(text) for text in ("a<x>b", "a <|endoftext|> b")],
            }


def main():
    write_json(TORCH_RESOURCES / "model-files.json", {
        "made_by": made_by("model_files.py", SEED),
        "configurations": [
            {"architecture": architecture, "settings": settings, "built": built(architecture, settings)}
            for architecture, settings in CONFIGURATIONS],
        "rotations": list(rotations()),
        "weights": list(weights()),
    })
    write_json(DATA_RESOURCES / "tokens.json", {"made_by": made_by("model_files.py", SEED), "tokens": list(tokens())})


if __name__ == "__main__":
    main()
