"""Loads an adapter that Betatron wrote in PEFT, and its GGUF file in llama.cpp, and compares greedy answers.

    check_adapter.py BETATRON ADAPTER BASE_GGUF ADAPTER_GGUF

The first three arguments of the comparison are answers of `betatron generate --model ADAPTER`; llama.cpp runs the base's
file with the adapter's beside it.
"""

import subprocess
import sys

import common  # noqa: F401  local files only

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = ["What is a tapir?", "Name three rivers of Africa.", "Write a line about rain.", "How do I boil an egg?",
           "Why is the sky blue?", "Give me a word that rhymes with light.", "What is 12 times 12?", "Say hello in French."]
TOKENS = 24


def betatron(program, model):
    answers = []
    for prompt in PROMPTS:
        done = subprocess.run([program, "generate", "--model", model, "--raw", "--prompt", prompt, "--max-new-tokens",
                               str(TOKENS)], capture_output=True, text=True, check=True)
        answers.append(done.stdout.rstrip("\n"))
    return answers


def peft(adapter):
    import json
    from pathlib import Path
    base = json.loads((Path(adapter) / "adapter_config.json").read_text())["base_model_name_or_path"]
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), adapter).eval()
    answers = []
    for prompt in PROMPTS:
        ids = tokenizer(prompt, return_tensors="pt")
        out = model.generate(**ids, do_sample=False, max_new_tokens=TOKENS)
        answers.append(tokenizer.decode(out[0, ids["input_ids"].shape[1]:], skip_special_tokens=True))
    return answers


def llama_cpp(base, adapter):
    from llama_cpp import Llama
    model = Llama(base, lora_path=adapter, n_ctx=512, n_threads=2, verbose=False, logits_all=False)
    return [model.create_completion(prompt, max_tokens=TOKENS, temperature=0, top_k=1)["choices"][0]["text"]
            for prompt in PROMPTS]


if __name__ == "__main__":
    program, adapter, base_gguf, adapter_gguf = sys.argv[1:]
    ours = betatron(program, adapter)
    for name, theirs in (("PEFT", peft(adapter)), ("llama.cpp", llama_cpp(base_gguf, adapter_gguf))):
        same = sum(a.strip() == b.strip() for a, b in zip(ours, theirs))
        print(f"{name}: {same} of {len(ours)} greedy answers of {TOKENS} tokens the same")
        for prompt, a, b in zip(PROMPTS, ours, theirs):
            if a.strip() != b.strip():
                print(f"  {prompt!r}\n    ours   {a!r}\n    theirs {b!r}")
