"""Whole GRPO steps of Betatron beside TRL's GRPOTrainer: completions per second, where the time goes, and memory.

    grpo.py --model DIR --prompts PROMPTS.jsonl [--prompts-per-step 4] [--max-tokens 128] [--micro 8] [--rounds 2]

Both sides get the same weights, prompts, AdamW, float32 and threads, 8 answers to each prompt, all weights to train, no
reference, and one optimizer step on each rollout. The first step of a run is not counted. Sides take turns, TRL first.
Every answer has --max-tokens on either side: TRL is told so, and for Betatron the model's end token is exchanged for one
that it does not write (--end). Rewards of Betatron count characters and not tokens,
since it computes no gradient where all are equal. TRL runs with the first of --micro on which it is fastest, if there are several.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from statistics import mean, median

from sides import BETATRON, HERE, StepWatch, spawn

FIGURES = ("completionsPerSecond", "completionsPerCpuSecond", "generationSeconds", "scoringSeconds", "updateSeconds",
           "meanTokens", "peakBytes")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompts", required=True, help='lines with "prompt", plain text')
    parser.add_argument("--work", default="benchmarks/target/grpo")
    parser.add_argument("--end", default="", help="token that ends an answer of Betatron's; the model's own if empty")
    parser.add_argument("--prompts-per-step", type=int, default=4)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--micro", default="8", help="rows of TRL's passes to try")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--betatron", default="", help="more options for betatron grpo, separated by spaces")
    parser.add_argument("--python", default=sys.executable, help="that has TRL")
    return parser.parse_args()


def without_end(model, end, work):
    """@return the model, with another token for its end"""
    if not end:
        return Path(model)
    copy = work / "endless"
    shutil.copytree(model, copy, copy_function=lambda source, target: os.symlink(Path(source).resolve(), target))
    identity = next(token["id"] for token in json.loads((copy / "tokenizer.json").read_text())["added_tokens"]
                    if token["content"] == end)
    for name, key, value in (("tokenizer_config.json", "eos_token", end), ("config.json", "eos_token_id", identity),
                             ("generation_config.json", "eos_token_id", identity)):
        file = copy / name
        if file.exists():
            content = json.loads(file.read_text()) | {key: value}
            file.unlink()
            file.write_text(json.dumps(content))
    (copy / "checksums").unlink(missing_ok=True)
    return copy


def betatron(args, work, model):
    out = work / "betatron-run"
    shutil.rmtree(out, ignore_errors=True)
    answers = 8 * args.prompts_per_step
    watch = StepWatch(out / "metrics.jsonl")
    peak = spawn([
        BETATRON, "grpo", "--model", model, "--data", args.prompts, "--out", out,
        "--batch-size", answers, "--steps", args.steps, "--max-new-tokens", args.max_tokens, "--learning-rate", 1e-6,
        "--set", "rewards=[{type: length, unit: characters, target: 1000}]", "--set", "policy.kl.coefficient=0", "--set", "train.maxGradientNorm=1", "--set", "data.heldOut=0",
        "--set", "train.evaluateEvery=0", "--set", "train.checkpointEvery=0",
        "--set", f"compute.threads={args.threads}", *args.betatron.split()], work / "betatron.log", args.threads, watch)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    steps = [line for line in lines if "speed/rowsPerSecond" in line][1:]

    def of(name):
        return mean(step["train/" + name] for step in steps)

    return {
        "completionsPerSecond": 1 / mean(1 / step["speed/rowsPerSecond"] for step in steps),
        "completionsPerCpuSecond": answers / mean(watch.steps()),
        "generationSeconds": of("time/generationSeconds"),
        "scoringSeconds": of("time/scoringSeconds") + of("time/comparingSeconds"),
        "updateSeconds": of("time/updateSeconds"),
        "meanTokens": of("rollout/tokens"),
        "peakBytes": peak,
    }


def trl(args, work, micro, steps):
    log = work / "trl.log"
    peak = spawn([
        args.python, HERE / "trl_grpo.py", "--model", args.model, "--prompts", args.prompts, "--work", work / "trl",
        "--prompts-per-step", args.prompts_per_step, "--max-tokens", args.max_tokens, "--min-tokens", args.max_tokens,
        "--steps", steps, "--micro", micro, "--threads", args.threads], log, args.threads)
    return json.loads(log.read_text().splitlines()[-1]) | {"peakBytes": peak}


def main():
    args = parse()
    work = Path(args.work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    model = without_end(args.model, args.end, work)
    candidates = [int(micro) for micro in args.micro.split(",")]
    tried = {micro: trl(args, work, micro, 2) for micro in candidates} if len(candidates) > 1 else {}
    best = max(tried, key=lambda micro: tried[micro]["completionsPerSecond"], default=candidates[0])
    found = {"trl": [], "betatron": []}
    with open(work / "results.jsonl", "w", encoding="utf-8") as results:
        for _ in range(args.rounds):
            for side, run in (("trl", lambda: trl(args, work, best, args.steps)), ("betatron", lambda: betatron(args, work, model))):
                found[side].append(run())
                results.write(json.dumps({"side": side} | {key: found[side][-1][key] for key in FIGURES}) + "\n")
                results.flush()
    result = {side: {key: median(run[key] for run in runs) for key in FIGURES} for side, runs in found.items()}
    result["micro"] = {micro: run["completionsPerSecond"] for micro, run in tried.items()} or best
    result["ratio"] = {key: median(ours[key] / theirs[key] for ours, theirs in zip(found["betatron"], found["trl"], strict=True))
                       for key in ("completionsPerSecond", "completionsPerCpuSecond", "peakBytes")}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
