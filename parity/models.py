"""Tiny random Hugging Face models with the log-probabilities, gradients and greedy continuations that transformers
computes for them.

Every prompt + response is run alone, unpadded, as one plain causal sequence with eager attention: nothing here knows
about packing or shared prompts, which is what makes the numbers a check of the packed computation.
"""

import copy
import json
import random
import shutil
import sys

from common import TORCH_RESOURCES, made_by, write_json

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import (
    AutoConfig, AutoModelForCausalLM, Gemma2Config, Gemma3TextConfig, GPT2Config, GPTNeoXConfig, LlamaConfig,
    MistralConfig, Olmo2Config, Phi3Config, Qwen2Config, Qwen3Config, SmolLM3Config)

SEED = 20240708
# (prompt length, lengths of the responses that share it)
GROUPS = [(1, [3, 1]), (20, [15, 7]), (5, [4]), (9, [1, 12, 6]), (13, [10, 10]), (2, [5])]
GREEDY_PROMPT_LENGTHS = [3, 11]
GREEDY_NEW_TOKENS = 12

COMMON = dict(attn_implementation="eager", use_cache=True, bos_token_id=0, eos_token_id=0)
SMALL = dict(vocab_size=70, hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=28,
             max_position_embeddings=64, rms_norm_eps=1e-5, **COMMON)
CONFIGS = {
    # as Pythia: parallel residual, a quarter of each head rotated; three heads so that heads and layers differ in number
    "gpt-neox-parallel": lambda: GPTNeoXConfig(
        vocab_size=131, hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=72,
        max_position_embeddings=64, use_parallel_residual=True, layer_norm_eps=1e-5, hidden_act="gelu",
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.25}, **COMMON),
    "gpt-neox-sequential": lambda: GPTNeoXConfig(
        vocab_size=160, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64, use_parallel_residual=False, layer_norm_eps=1e-5, hidden_act="gelu",
        rope_parameters={"rope_type": "default", "rope_theta": 2500.0, "partial_rotary_factor": 1.0}, **COMMON),
    # as Llama 3: grouped queries, untied head, scaled rotary frequencies (all three bands occur with these numbers)
    "llama-gqa-scaled": lambda: LlamaConfig(
        vocab_size=160, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=56, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False,
        rope_parameters={"rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
                         "high_freq_factor": 4.0, "original_max_position_embeddings": 32}, **COMMON),
    "llama-tied-bias": lambda: LlamaConfig(
        vocab_size=150, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        intermediate_size=48, max_position_embeddings=64, rms_norm_eps=1e-6, tie_word_embeddings=True,
        attention_bias=True, mlp_bias=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, **COMMON),
    # as Qwen2.5: biases of queries, keys and values, tied head; stretched by YaRN
    "qwen2-tied-yarn": lambda: Qwen2Config(
        **SMALL, num_key_value_heads=2, tie_word_embeddings=True,
        rope_parameters={"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0,
                         "original_max_position_embeddings": 16}),
    # windows in the upper layers, shorter than the rows
    "qwen2-window": lambda: Qwen2Config(
        **SMALL, num_key_value_heads=1, tie_word_embeddings=False, use_sliding_window=True, sliding_window=5,
        max_window_layers=1, rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}),
    # heads wider than the hidden size, norms of queries and keys
    "qwen3": lambda: Qwen3Config(
        **SMALL, num_key_value_heads=2, head_dim=10, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}),
    "mistral-window": lambda: MistralConfig(
        **SMALL, num_key_value_heads=2, tie_word_embeddings=False, sliding_window=6,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}),
    # limits of scores and logits that are reached, a window in the first layer, another scale of scores, tied head
    "gemma2": lambda: Gemma2Config(
        **SMALL, num_key_value_heads=2, head_dim=8, query_pre_attn_scalar=5, sliding_window=5,
        attn_logit_softcapping=1.5, final_logit_softcapping=6.0,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}),
    # three layers of two kinds: windows and another base in the first two, frequencies stretched in the last
    "gemma3": lambda: Gemma3TextConfig(
        **dict(SMALL, num_hidden_layers=3), num_key_value_heads=1, head_dim=8, query_pre_attn_scalar=10,
        sliding_window=4, layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        rope_parameters={"sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
                         "full_attention": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}}),
    # three quarters of each head rotated, LongRoPE with rows within the original context, a window
    "phi3-longrope": lambda: Phi3Config(
        **dict(SMALL, hidden_size=32, max_position_embeddings=160), num_key_value_heads=2, sliding_window=9,
        original_max_position_embeddings=40,
        pad_token_id=0, rope_parameters={
            "rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.75,
            "short_factor": [1.0, 1.25, 2.0], "long_factor": [1.5, 4.0, 8.0]}),
    # the second of three layers is not rotated
    "smollm3": lambda: SmolLM3Config(
        **dict(SMALL, num_hidden_layers=3), num_key_value_heads=2, no_rope_layers=[1, 0, 1], pad_token_id=0,
        rope_parameters={"rope_type": "default", "rope_theta": 2000000.0}),
    "olmo2": lambda: Olmo2Config(
        **SMALL, num_key_value_heads=2, pad_token_id=0,
        rope_parameters={"rope_type": "default", "rope_theta": 500000.0}),
    "gpt2": lambda: GPT2Config(
        vocab_size=70, n_embd=24, n_layer=2, n_head=4, n_inner=30, n_positions=64,
        scale_attn_by_inverse_layer_idx=True, **COMMON),
}
# name: (base model, dtype, shard size)
VARIANTS = {
    "gpt-neox-parallel-bf16": ("gpt-neox-parallel", torch.bfloat16, None),
    "llama-gqa-scaled-fp16": ("llama-gqa-scaled", torch.float16, None),
    "llama-gqa-scaled-sharded": ("llama-gqa-scaled", torch.float32, "40KB"),
}


class Float64InsteadOfFloat32:
    """Stands in for `torch` inside a modelling file, so that its casts to float32 keep double precision."""

    float32 = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


def randomize(model, seed):
    """Weights large enough for every term to matter: flat logits would hide a missing one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if ("norm" in name or "ln_" in name) and name.endswith("weight"):
                # Gemma keeps what the factors of norms differ from one by
                parameter.copy_((0 if model.config.model_type.startswith("gemma") else 1) + 0.2 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.2 * noise)
            elif "embed_in" in name or "embed_tokens" in name or name.endswith("wte.weight"):
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(0.25 * noise)


def to_v4(config):
    """The same configuration with the keys that transformers 4 wrote."""
    config = copy.deepcopy(config)
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.57.0"
    if config["model_type"] == "gpt2":
        return dict(sorted(config.items()))
    rope = config.pop("rope_parameters")
    if config["model_type"] == "gemma3_text":
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        config["sliding_window_pattern"] = 3
        rope = rope["full_attention"]
    theta = rope.pop("rope_theta")
    if config["model_type"] == "gpt_neox":
        config["rotary_emb_base"] = theta
        config["rotary_pct"] = rope.pop("partial_rotary_factor")
    else:
        config["rope_theta"] = theta
    config.pop("layer_types", None)
    if config["model_type"] == "phi3":
        config["partial_rotary_factor"] = rope.pop("partial_rotary_factor")
        rope = {"type": rope["rope_type"], "short_factor": rope["short_factor"], "long_factor": rope["long_factor"]}
    config["rope_scaling"] = None if rope.get("type", rope.get("rope_type")) == "default" else rope
    return dict(sorted(config.items()))


def make_batch(vocab_size, seed):
    rng = random.Random(seed)
    ids = lambda n: [rng.randrange(1, vocab_size) for _ in range(n)]
    groups = [{"prompt": ids(p), "responses": [ids(r) for r in rs]} for p, rs in GROUPS]
    count = sum(sum(rs) for _, rs in GROUPS)
    # multiples of 1/64: exact in every float format
    coefficients = [round(rng.uniform(-1, 1) * 64) / 64 for _ in range(count)]
    greedy_prompts = [ids(n) for n in GREEDY_PROMPT_LENGTHS]
    return groups, coefficients, greedy_prompts


def log_probs(model, groups):
    """Of every response token, in batch order, as one tensor."""
    result = []
    for group in groups:
        prompt = group["prompt"]
        for response in group["responses"]:
            logits = model(torch.tensor([prompt + response]), use_cache=False).logits[0]
            predictors = logits[len(prompt) - 1 : -1]
            result.append(torch.log_softmax(predictors, -1).gather(1, torch.tensor(response)[:, None])[:, 0])
    return torch.cat(result)


def saved_name(model, name):
    """The name of a parameter in the weight file. transformers 5 calls the head of GPT-NeoX `lm_head` in memory and still
    writes `embed_out`."""
    return "embed_out.weight" if model.config.model_type == "gpt_neox" and name == "lm_head.weight" else name


def gradients(model, groups, coefficients):
    model.zero_grad()
    values = log_probs(model, groups)
    (values * torch.tensor(coefficients, dtype=values.dtype)).sum().backward()
    return values.detach(), {saved_name(model, name): p.grad.clone() for name, p in model.named_parameters()}


def in_double(model, action):
    double = copy.deepcopy(model).double()
    module = sys.modules[type(model).__module__]
    module.torch = Float64InsteadOfFloat32()
    try:
        return action(double)
    finally:
        module.torch = torch


def greedy(model, prompts):
    entries = []
    for prompt in prompts:
        output = model.generate(
            torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long), do_sample=False,
            max_new_tokens=GREEDY_NEW_TOKENS, min_new_tokens=GREEDY_NEW_TOKENS, eos_token_id=None, pad_token_id=0,
            output_logits=True, return_dict_in_generate=True)
        tops = [step[0].topk(2).values for step in output.logits]
        entries.append({
            "prompt": prompt,
            "continuation": output.sequences[0, len(prompt):].tolist(),
            "smallest_lead_over_second": min(float(t[0] - t[1]) for t in tops),
        })
        assert len(entries[-1]["continuation"]) == GREEDY_NEW_TOKENS
    return entries


def last_logits(model, prompts):
    return torch.stack([model(torch.tensor([p]), use_cache=False).logits[0, -1] for p in prompts]).detach()


def save(model, directory, shard_size=None):
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory, max_shard_size=shard_size or "50GB")
    (directory / "generation_config.json").unlink(missing_ok=True)
    config = json.loads((directory / "config.json").read_text())
    v4 = to_v4(config)
    (directory / "config.v4.json").write_text(json.dumps(v4, indent=2) + "\n")
    # transformers itself reads the old keys as the same model
    reread = AutoConfig.for_model(**v4).to_dict()
    (reread.get("rope_parameters") or {}).pop("type", None)  # beside rope_type
    for key in config:
        if key not in ("transformers_version", "architectures", "dtype"):
            assert reread[key] == config[key], (key, reread[key], config[key])


def record(directory, seed, groups, coefficients, greedy_prompts, with_gradients):
    """Numbers of the model as read back from its directory, computed in fp32 whatever the stored dtype."""
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    values, grads = gradients(model, groups, coefficients)
    exact_values, exact_grads = in_double(model, lambda m: gradients(m, groups, coefficients))
    tensors = {"logprobs": values.float().contiguous(), "last_logits": last_logits(model, greedy_prompts)}
    if with_gradients:
        tensors |= {"grad." + name: g.float().contiguous() for name, g in exact_grads.items()}
    save_file(tensors, directory / "expected.safetensors")
    stored = set()
    for file in directory.glob("model*.safetensors"):
        with safe_open(file, "pt") as weights:
            stored.update(weights.keys())
    assert stored == set(exact_grads), stored ^ set(exact_grads)
    scale = max(float(g.abs().max()) for g in exact_grads.values())
    write_json(directory / "batch.json", {
        "made_by": made_by("models.py", seed, attention="eager", computed_in="float32 and float64"),
        "groups": groups,
        "coefficients": coefficients,
        "logprobs_f64": exact_values.tolist(),
        "greedy": greedy(model, greedy_prompts),
        "float32_against_float64": {
            "logprob_max_abs_difference": float((values - exact_values).abs().max()),
            "gradient_max_abs_difference": max(float((grads[n] - g).abs().max()) for n, g in exact_grads.items()),
            "gradient_max_abs": scale,
        },
        "parameters": {name: list(g.shape) for name, g in exact_grads.items()},
    })
    print(directory.name, sum(p.numel() for p in model.parameters()), "parameters; log-probs",
          f"{float(values.min()):.2f} .. {float(values.max()):.2f}; fp32 error",
          f"{float((values - exact_values).abs().max()):.1e},",
          "lead", [round(e["smallest_lead_over_second"], 3) for e in greedy(model, greedy_prompts)])


def main(wanted):
    """Records all models, or those that are named."""
    torch.manual_seed(SEED)
    batches = {}
    for index, (name, config) in enumerate(CONFIGS.items()):
        seed = SEED + index
        model = AutoModelForCausalLM.from_config(config(), dtype=torch.float32)
        randomize(model, seed)
        model.tie_weights()
        batches[name] = (seed, *make_batch(model.config.vocab_size, seed))
        if wanted and name not in wanted:
            continue
        save(model, TORCH_RESOURCES / name)
        record(TORCH_RESOURCES / name, *batches[name], with_gradients=True)
    for name, (base, dtype, shard_size) in VARIANTS.items():
        if wanted and name not in wanted:
            continue
        model = AutoModelForCausalLM.from_pretrained(TORCH_RESOURCES / base, dtype=dtype)
        save(model, TORCH_RESOURCES / name, shard_size)
        record(TORCH_RESOURCES / name, *batches[base], with_gradients=False)


if __name__ == "__main__":
    main(sys.argv[1:])
