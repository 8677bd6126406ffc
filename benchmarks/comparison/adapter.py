"""LoRA on all maps of a real model beside TRL with PEFT: pairs per second of steps, and memory.

    adapter.py --model DIR --data PAIRS.jsonl [--rank 16] [--batch 8] [--steps 3] [--rounds 2]

Both sides get the same weights, rows (at most 512 tokens), batch, AdamW, float32 and threads, and reference log-probs
that were computed ahead. The first step of a run is not counted. Sides take turns.
"""

import argparse
import json
import shutil
from pathlib import Path
from statistics import median

from sides import Betatron, Trl


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", default="benchmarks/target/adapter")
    parser.add_argument("--rank", type=int, default=16, help="0 for all weights")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--micro", type=int, default=1, help="rows per device of TRL")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--betatron", default="", help="more options for betatron align, separated by spaces")
    args = parser.parse_args()
    work = Path(args.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    lora = ["--adapter", "lora", "--set", f"adapter.rank={args.rank}"] if args.rank else []
    ours = Betatron(work, args.threads, [*lora, *args.betatron.split()])
    theirs = Trl(work, args.threads, ["--lora", args.rank])
    found = {"betatron": [], "trl": []}
    for _ in range(args.rounds):
        found["betatron"].append(ours.run(args.model, args.data, args.batch, args.steps, True))
        found["trl"].append(theirs.run(args.model, args.data, args.batch, args.steps, True, args.micro))
    result = {}
    for side, runs in found.items():
        seconds = [s for run in runs for s in run.step_seconds[1:]]
        processor = [s for run in runs for s in run.step_cpu_seconds]
        result[side] = {
            "pairsPerSecond": args.batch / median(seconds),
            "pairsPerProcessorSecond": args.batch / median(processor),
            "peakGB": max(run.peak_bytes for run in runs) / 1e9,
            "stepSeconds": [round(s, 2) for s in seconds],
        }
    for figure in ("pairsPerSecond", "pairsPerProcessorSecond", "peakGB"):
        result[figure + "Ratio"] = result["betatron"][figure] / result["trl"][figure]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
