"""Writes recorded models as GGUF files, the way llama.cpp's converter does: `model.gguf` beside `model.safetensors`.

Names come from PyPI's gguf; what is permuted, shifted or turned is stated here anew from the converter's rules. The
files are checked by loading them in llama.cpp: the greedy tokens must be those that transformers wrote.

    pip install gguf llama-cpp-python
"""

import json
import math

from common import TORCH_RESOURCES

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from safetensors.torch import load_file

# model: type of its matrices
MODELS = {
    "llama-tied-bias": T.F32,
    "gpt-neox-parallel": T.F32,
    "gpt-neox-sequential": T.F32,
    "gpt-neox-parallel-bf16": T.BF16,
    "qwen2-tied-yarn": T.F32,
    "qwen3": T.F32,
    "olmo2": T.F32,
}
ARCHITECTURES = {
    "llama": gguf.MODEL_ARCH.LLAMA,
    "gpt_neox": gguf.MODEL_ARCH.GPTNEOX,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "olmo2": gguf.MODEL_ARCH.OLMO2,
}


def paired(weight, heads):
    """Numbers that are turned together are half a head apart in transformers and side by side in llama.cpp."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def laid_out(name, weight, config):
    heads = config["num_attention_heads"]
    if config["model_type"] == "llama":
        if "q_proj" in name:
            return paired(weight, heads)
        if "k_proj" in name:
            return paired(weight, config["num_key_value_heads"])
    if "query_key_value" in name:
        return weight.reshape(heads, 3, -1, *weight.shape[1:]).swapaxes(0, 1).reshape(weight.shape)
    return weight


def add_shape(writer, config):
    rope = config["rope_parameters"]
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_rope_dimension_count(int(rope.get("partial_rotary_factor", 1) * head_dim))
    if config["model_type"] == "gpt_neox":
        writer.add_parallel_residual(config["use_parallel_residual"])
        writer.add_layer_norm_eps(config["layer_norm_eps"])
    else:
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_vocab_size(config["vocab_size"])
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
        if rope["rope_type"] == "yarn":
            writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
            writer.add_rope_scaling_factor(rope["factor"])
            writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    return rope, head_dim


def divisors(rope, head_dim):
    """What Llama 3 divides each frequency by."""
    result = []
    for i in range(head_dim // 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (2 * i / head_dim)
        smooth = (rope["original_max_position_embeddings"] / wavelength - rope["low_freq_factor"]) / (
            rope["high_freq_factor"] - rope["low_freq_factor"])
        smooth = min(max(smooth, 0), 1)
        result.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(result, dtype=np.float32)


def main():
    for model, kind in MODELS.items():
        if not (TORCH_RESOURCES / model).exists():
            continue
        directory = TORCH_RESOURCES / model
        config = json.loads((directory / "config.json").read_text())
        architecture = ARCHITECTURES[config["model_type"]]
        writer = gguf.GGUFWriter(directory / "model.gguf", gguf.MODEL_ARCH_NAMES[architecture])
        rope, head_dim = add_shape(writer, config)
        # One letter a token: enough for llama.cpp to load the file.
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("gpt-2")
        writer.add_token_list([chr(0x4E00 + i) for i in range(config["vocab_size"])])
        writer.add_token_types([1] * config["vocab_size"])
        writer.add_token_merges(["\u4e00 \u4e01"])
        writer.add_bos_token_id(0)
        writer.add_eos_token_id(0)
        names = gguf.get_tensor_name_map(architecture, config["num_hidden_layers"])
        if rope["rope_type"] == "llama3":
            writer.add_tensor("rope_freqs.weight", divisors(rope, head_dim))
        for name, tensor in load_file(directory / "model.safetensors").items():
            weight = laid_out(name, tensor.float().numpy(), config)
            there = names.get_name(name, try_suffixes=(".weight", ".bias"))
            if weight.ndim == 1 or kind == T.F32:
                writer.add_tensor(there, np.ascontiguousarray(weight))
            else:
                writer.add_tensor(there, gguf.quantize(weight, kind), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        check(directory)


def check(directory):
    from llama_cpp import Llama

    batch = json.loads((directory / "batch.json").read_text())
    llama = Llama(str(directory / "model.gguf"), n_ctx=64, n_batch=64, verbose=False, seed=0)
    for greedy in batch["greedy"]:
        llama.reset()
        tokens = []
        for token in llama.generate(greedy["prompt"], temp=0.0, repeat_penalty=1.0):
            tokens.append(token)
            if len(tokens) == len(greedy["continuation"]):
                break
        same = tokens == greedy["continuation"]
        print(directory.name, "llama.cpp writes", "the same tokens" if same else f"{tokens}, not {greedy['continuation']}")


if __name__ == "__main__":
    main()
