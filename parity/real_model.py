"""Compares the log-probabilities that `betatron score --out FILE` wrote with those of transformers in float32.

    python real_model.py MODEL PAIRS.jsonl SCORED.jsonl [--pairs N]

MODEL is a Hugging Face directory or a GGUF file; PAIRS has `prompt`, `chosen`, `rejected` as plain texts. A text is
tokenized as prompt and answer one by one, with the token that ends a text behind the answer, and cut to nothing: rows
that Betatron cut or left out must not be among them. Prints the largest and the mean difference in nats per token, and
exits with status 1 if the largest is above 1e-4. `--tokenizer DIR` takes the tokenizer from elsewhere.
"""

import argparse
import json
import sys
from pathlib import Path

import common  # noqa: F401  sets the environment

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(path):
    if path.suffix == ".gguf":
        return dict(pretrained_model_name_or_path=str(path.parent), gguf_file=path.name)
    return dict(pretrained_model_name_or_path=str(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("scored", type=Path)
    parser.add_argument("--pairs", dest="count", type=int, default=200)
    parser.add_argument("--tokenizer", type=Path)
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(**load(arguments.tokenizer or arguments.model))
    model = AutoModelForCausalLM.from_pretrained(**load(arguments.model), dtype=torch.float32).eval()
    rows = [json.loads(line) for line in arguments.pairs.read_text().splitlines()]
    worst, total, tokens, compared = 0.0, 0.0, 0, 0
    for line in arguments.scored.read_text().splitlines():
        scored = json.loads(line)
        if compared == arguments.count:
            break
        row = rows[scored["line"] - 1]
        prompt = tokenizer(row["prompt"], add_special_tokens=False)["input_ids"]
        for key in ("chosen", "rejected"):
            answer = tokenizer(row[key], add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
            with torch.no_grad():
                logits = model(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1]
            logprobs = torch.log_softmax(logits.double(), -1).gather(1, torch.tensor(answer)[:, None])
            ours = scored["policy" + key.capitalize()]
            difference = abs(ours - logprobs.sum().item()) / len(answer)
            if difference > 1e-4:
                print(scored["id"], key, ours, logprobs.sum().item(), len(answer))
            worst, total, tokens = max(worst, difference), total + difference, tokens + len(answer)
        compared += 1
    print(f"{compared} pairs, {tokens} answer tokens: nats per token differ by up to {worst:.2e}, in the mean "
          f"{total / (2 * compared):.2e}")
    sys.exit(worst > 1e-4)


if __name__ == "__main__":
    main()
