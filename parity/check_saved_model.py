"""Loads a model directory in transformers, as anybody else would, and says what it computes for given token ids.

    python check_saved_model.py DIR --tokens 5,17,3,9 --tokens 8,2
    python check_saved_model.py DIR --batch batch.json
    python check_saved_model.py DIR --batch batch.json --compare numbers.json --tolerance 1e-4

`--tokens` is one sequence; every token but the first is scored. `--batch` is a file with `groups`, as `batch.json` of
the recorded models: every response token is scored. The result goes to standard output as JSON. The file given to
`--compare` has `logprobs` (the same numbers in the same order, flat) and, if wanted, `last_logits` (one row per
sequence); exit status 1 if anything is further off than the tolerance.
"""

import argparse
import json
import sys
from pathlib import Path

from common import made_by

import torch
from transformers import AutoModelForCausalLM


def sequences(arguments):
    """(all token ids, how many of them are not scored)"""
    result = []
    for text in arguments.tokens:
        result.append(([int(token) for token in text.replace(",", " ").split()], 1))
    if arguments.batch:
        for group in json.loads(arguments.batch.read_text())["groups"]:
            result += [(group["prompt"] + response, len(group["prompt"])) for response in group["responses"]]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--tokens", action="append", default=[], help="ids of one sequence, separated by commas")
    parser.add_argument("--batch", type=Path, help="JSON file with groups of a prompt and its responses")
    parser.add_argument("--compare", type=Path, help="JSON file with the numbers to compare to")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest absolute difference allowed")
    parser.add_argument("--logits", action="store_true", help="print the logits of the last position as well")
    parser.add_argument("--attention", default="eager", choices=["eager", "sdpa"])
    arguments = parser.parse_args()
    todo = sequences(arguments)
    if not todo:
        parser.error("give --tokens or --batch")

    model, loading = AutoModelForCausalLM.from_pretrained(
        arguments.directory, dtype=torch.float32, attn_implementation=arguments.attention, local_files_only=True,
        output_loading_info=True)
    # transformers fills a missing weight with random numbers and goes on; here that is a failure
    problems = {key: sorted(map(str, value)) for key, value in loading.items() if value}
    model.eval()
    logprobs, last_logits = [], []
    with torch.no_grad():
        for ids, unscored in todo:
            logits = model(torch.tensor([ids]), use_cache=False).logits[0]
            scores = torch.log_softmax(logits[unscored - 1 : -1], -1)
            logprobs += scores.gather(1, torch.tensor(ids[unscored:])[:, None])[:, 0].tolist()
            last_logits.append(logits[-1].tolist())
    result = {
        "made_by": made_by("check_saved_model.py", None, attention=arguments.attention),
        "architecture": type(model).__name__,
        "parameters": sum(p.numel() for p in model.parameters()),
        "loading_problems": problems,
        "greedy_next": [max(range(len(row)), key=row.__getitem__) for row in last_logits],
        "logprobs": logprobs,
    }
    if arguments.logits:
        result["last_logits"] = last_logits
    failed = bool(problems)
    if arguments.compare:
        other = json.loads(arguments.compare.read_text())
        found = {"logprobs": logprobs, "last_logits": [x for row in last_logits for x in row]}
        result["largest_difference"] = {}
        for key, mine in found.items():
            if key not in other:
                continue
            theirs = [x for row in other[key] for x in row] if key == "last_logits" else other[key]
            if len(mine) != len(theirs):
                parser.error(f"{key}: {len(mine)} numbers here, {len(theirs)} in {arguments.compare}")
            largest = max(abs(a - b) for a, b in zip(mine, theirs))
            result["largest_difference"][key] = largest
            failed |= not largest <= arguments.tolerance
        if not result["largest_difference"]:
            parser.error(f"{arguments.compare} has neither logprobs nor last_logits")
    json.dump(result, sys.stdout, indent=1)
    print()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
