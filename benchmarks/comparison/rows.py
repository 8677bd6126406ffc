"""Rows of Anthropic HH for both sides, and how much work they are."""

import gzip
import json
import random
from pathlib import Path

from tokenizers import Tokenizer

MAX_TOKENS = 512
MARK = "\n\nAssistant:"


class Row:
    """A pair with its numbers of tokens, end tokens included, as both sides see it."""

    def __init__(self, texts, lengths):
        self.texts = texts
        prompt, chosen, rejected = lengths
        self.prompt = prompt
        self.responses = [min(length + 1, MAX_TOKENS - prompt) for length in (chosen, rejected)]

    @property
    def tokens(self):
        return self.prompt + sum(self.responses)


def read(directory, tokenizer_file, count, seed):
    """Draws rows that both sides can use: other answers, and a prompt that leaves room for one."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    pairs = []
    for file in sorted(Path(directory).glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                cut = row["chosen"].rfind(MARK) + len(MARK)
                prompt, chosen, rejected = row["chosen"][:cut], row["chosen"][cut:], row["rejected"][cut:]
                if row["rejected"][:cut] == prompt and chosen.strip() and rejected.strip() and chosen != rejected:
                    pairs.append((prompt, chosen, rejected))
    random.Random(seed).shuffle(pairs)
    rows = []
    for texts in pairs:
        lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        if lengths[0] < MAX_TOKENS:
            rows.append(Row(texts, lengths))
        if len(rows) == count:
            return rows
    raise SystemExit(f"{directory} has {len(rows)} rows that can be used, {count} are needed")


def write(rows, file):
    with open(file, "w", encoding="utf-8") as out:
        for row in rows:
            prompt, chosen, rejected = row.texts
            out.write(json.dumps({"prompt": prompt, "chosen": chosen, "rejected": rejected}) + "\n")


def training_flops(config, rows):
    """Multiplications and additions of one forward and one backward pass over these rows, each prompt once, the
    vocabulary head where a response token is predicted. Norms, softmax and other cheap parts are not counted."""
    hidden, layers, inner = config["hidden_size"], config["num_hidden_layers"], config["intermediate_size"]
    per_token = 2 * layers * (4 * hidden * hidden + 2 * hidden * inner)
    per_visible = 4 * layers * hidden
    forward = 0
    for row in rows:
        visible = row.prompt * (row.prompt + 1) // 2
        for length in row.responses:
            visible += length * row.prompt + length * (length + 1) // 2
        forward += per_token * row.tokens + per_visible * visible
        forward += 2 * hidden * config["vocab_size"] * sum(row.responses)
    return 3 * forward
