"""Makes a small random model of every family, writes it as a GGUF file, and compares answers with llama.cpp's.

    python gguf_families.py ./betatron DIR

For each family: `init`, `convert --type f32`, `generate` from the directory and from the file (the answers must be the
same), and greedy answers of llama.cpp from the file (`check_gguf.py`). Weights are drawn large, so that answers depend
on every setting. Exit status 1 if an answer differs.
"""

import json
import subprocess
import sys
from pathlib import Path

THETA = {"rope_type": "default", "rope_theta": 10000.0}
DECODER = dict(
    vocab_size=257, hidden_size=64, num_hidden_layers=6, intermediate_size=96, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, initializer_range=0.15, rope_parameters=THETA)
GEMMA = dict(
    DECODER, head_dim=16, hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=16, sliding_window=8,
    tie_word_embeddings=True)
CONFIGS = {
    "llama": dict(DECODER, model_type="llama", architectures=["LlamaForCausalLM"]),
    "mistral": dict(DECODER, model_type="mistral", architectures=["MistralForCausalLM"], sliding_window=None),
    "qwen2": dict(DECODER, model_type="qwen2", architectures=["Qwen2ForCausalLM"]),
    "qwen3": dict(DECODER, model_type="qwen3", architectures=["Qwen3ForCausalLM"], head_dim=16),
    "gemma2": dict(
        GEMMA, model_type="gemma2", architectures=["Gemma2ForCausalLM"], attn_logit_softcapping=50.0,
        final_logit_softcapping=30.0, layer_types=["sliding_attention", "full_attention"] * 3),
    "gemma3": dict(
        GEMMA, model_type="gemma3_text", architectures=["Gemma3ForCausalLM"],
        rope_parameters={"full_attention": dict(THETA, rope_theta=1e6), "sliding_attention": THETA},
        layer_types=["sliding_attention"] * 5 + ["full_attention"]),
    "phi3": dict(
        DECODER, model_type="phi3", architectures=["Phi3ForCausalLM"], original_max_position_embeddings=128,
        sliding_window=None, partial_rotary_factor=0.75, rope_parameters=dict(THETA, partial_rotary_factor=0.75)),
    "smollm3": dict(
        DECODER, model_type="smollm3", architectures=["SmolLM3ForCausalLM"], no_rope_layer_interval=4,
        no_rope_layers=[1, 1, 1, 0, 1, 1], tie_word_embeddings=True),
    "olmo2": dict(DECODER, model_type="olmo2", architectures=["Olmo2ForCausalLM"]),
    "gpt2": dict(
        model_type="gpt2", architectures=["GPT2LMHeadModel"], vocab_size=257, n_embd=64, n_layer=4, n_head=4,
        n_positions=128, n_inner=None, activation_function="gelu_new", layer_norm_epsilon=1e-5, initializer_range=0.15),
    "gpt-neox": dict(
        model_type="gpt_neox", architectures=["GPTNeoXForCausalLM"], vocab_size=257, hidden_size=64, num_hidden_layers=4,
        num_attention_heads=4, intermediate_size=96, max_position_embeddings=128, layer_norm_eps=1e-5,
        use_parallel_residual=True, hidden_act="gelu", initializer_range=0.15,
        rope_parameters=dict(THETA, partial_rotary_factor=0.25)),
}
PROMPTS = ["Hello there, ", "The quick brown fox jumps over", "12345 67890 abc", "zebra", "Once upon a time there was a"]


def main():
    betatron, directory = sys.argv[1], Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    prompts = directory / "prompts.jsonl"
    prompts.write_text("".join(json.dumps({"prompt": prompt}) + "\n" for prompt in PROMPTS))
    failed = False
    for name, config in CONFIGS.items():
        file, model, gguf = (directory / (name + ending) for ending in (".json", "", ".gguf"))
        file.write_text(json.dumps(config))
        run = lambda *arguments: subprocess.run([betatron, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
        run("init", "--config", file, "--tokenizer", "bytes", "--out", model)
        run("convert", model, gguf, "--type", "f32")
        answers = []
        for source in (model, gguf):
            out = directory / f"{name}-{source.suffix or 'directory'}.jsonl"
            run("generate", "--model", source, "--prompts", prompts, "--max-new-tokens", 24, "--out", out)
            answers.append(out)
        if answers[0].read_text() != answers[1].read_text():
            print(name, "answers otherwise from its GGUF file")
            failed = True
        check = Path(__file__).with_name("check_gguf.py")
        failed |= subprocess.run([sys.executable, check, gguf, answers[0]], stderr=subprocess.DEVNULL).returncode != 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
