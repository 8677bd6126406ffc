"""Scores dialogues with the lines of Python that a saved reward model's README.md gives, and compares.

    python reward_card.py out/reward/model PAIRS.jsonl SCORED.jsonl

PAIRS has `chosen` and `rejected` as lists of messages; SCORED is what `betatron score --model out/reward/model --data PAIRS
--out SCORED` wrote. Exit status 1 if a score is further off than 1e-4.
"""

import json
import re
import sys
from pathlib import Path

import common  # noqa: F401  sets the environment

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def main():
    directory = Path(sys.argv[1])
    code = re.search(r"```python\n(.*?)```", (directory / "README.md").read_text(), re.S).group(1)
    model = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(directory)
    worst = count = 0
    pairs = [json.loads(line) for line in Path(sys.argv[2]).read_text().splitlines()]
    scored = [json.loads(line) for line in Path(sys.argv[3]).read_text().splitlines()]
    for pair, scores in zip(pairs, scored, strict=True):
        for side in ("chosen", "rejected"):
            names = {"model": model, "tokenizer": tokenizer, "messages": pair[side]}
            with torch.no_grad():
                exec(code, names)
            worst = max(worst, abs(names["score"].item() - scores[side + "_score"]))
            count += 1
    print(f"{count} scores differ by up to {worst:.2e}")
    sys.exit(not worst <= 1e-4)


if __name__ == "__main__":
    main()
