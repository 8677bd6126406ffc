"""Loads a reward model that Betatron saved in transformers, as anybody else would, and compares scores.

    python check_saved_reward_model.py out/reward/model out/judged/answers.jsonl

The second file is what `betatron evaluate --judge reward --out out/judged` leaves: prompts, two answers each, and their
scores. Here the texts are tokenized by `tokenizer.json`, ended with `eos_token_id` of `config.json`, right-padded and scored by
transformers. Exit status 1 if a weight is missing or
unexpected, or a score is further off than the tolerance.
"""

import argparse
import json
import sys
from pathlib import Path

from common import made_by

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-5, help="largest absolute difference allowed")
    parser.add_argument("--rows", type=int, default=64, help="texts that go through the model at once")
    arguments = parser.parse_args()
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        arguments.directory, dtype=torch.float32, local_files_only=True, output_loading_info=True)
    problems = {key: sorted(map(str, value)) for key, value in loading.items() if value}
    model.eval()
    # AutoTokenizer guesses a class where tokenizer_config.json names none, and rebuilds the pre-tokenizer by it
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(arguments.directory / "tokenizer.json"))
    eos = model.config.eos_token_id
    texts, expected = [], []
    for line in arguments.answers.read_text().splitlines():
        answer = json.loads(line)
        if "score" in answer:
            texts += [(answer["prompt"], answer["answer"]), (answer["prompt"], answer["opponent"])]
            expected += [answer["score"], answer["opponentScore"]]
    encode = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    scores = []
    with torch.no_grad():
        for first in range(0, len(texts), arguments.rows):
            rows = [encode(prompt) + encode(answer) + [eos] for prompt, answer in texts[first : first + arguments.rows]]
            longest = max(map(len, rows))
            ids = torch.tensor([row + [model.config.pad_token_id] * (longest - len(row)) for row in rows])
            mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
            scores += model(ids, attention_mask=mask).logits[:, 0].tolist()
    largest = max(abs(a - b) for a, b in zip(scores, expected))
    json.dump({
        "made_by": made_by("check_saved_reward_model.py", None),
        "architecture": type(model).__name__, "loading_problems": problems, "scores": len(scores),
        "smallest": min(scores), "largest": max(scores), "largest_difference": largest}, sys.stdout, indent=1)
    print()
    return 1 if problems or not largest <= arguments.tolerance else 0


if __name__ == "__main__":
    sys.exit(main())
