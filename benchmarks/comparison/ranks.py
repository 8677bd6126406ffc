"""Betatron as one process and as several ranks, in turns; prints medians and ratios.

    ranks.py --model DIR --data PAIRS.jsonl --work DIR [--steps 5] [--rounds 3] [--batch 32] [--ranks 1,2]

Every side has as many threads as processors, all ranks together. The first step of a run is not counted. Rows per second
are those of metrics.jsonl (speed/rowsPerSecond is over the steps since the last line, so lines are written every step).
"""

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path
from statistics import median

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--betatron", default=str(Path(__file__).resolve().parents[2] / "betatron"))
parser.add_argument("--model", required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--work", required=True, help="where runs go; emptied")
parser.add_argument("--steps", type=int, default=4, help="of a run; the first is not counted")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--ranks", default="1,2")
parser.add_argument("--set", action="append", default=[])
args = parser.parse_args()

sides = [int(ranks) for ranks in args.ranks.split(",")]
lines = {ranks: [] for ranks in sides}
for round in range(args.rounds):
    for ranks in sides:
        out = Path(args.work) / f"ranks-{ranks}-{round}"
        shutil.rmtree(out, ignore_errors=True)
        subprocess.run(
            [args.betatron, "align", "--model", args.model, "--data", args.data, "--out", str(out), "--preset", "beta-dpo",
             "--batch-size", str(args.batch), "--steps", str(args.steps), "--set", "train.warmupSteps=0",
             "--set", "data.heldOut=0", "--set", "train.evaluateEvery=0", "--set", "train.checkpointEvery=0",
             "--ranks", str(ranks), *[word for setting in args.set for word in ("--set", setting)]],
            check=True, stdout=subprocess.DEVNULL)
        steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
        steps = [step for step in steps if "train/loss" in step][1:]
        lines[ranks].append({
            "rows/s": median(step["speed/rowsPerSecond"] for step in steps),
            "peak GB": max(step["memory/peakBytes"] for step in steps) / 1e9,
            "waiting": median(step.get("ranks/waiting/0", 0) for step in steps),
            "exchanging": median(step.get("ranks/exchanging/0", 0) for step in steps),
            "loss": steps[-1]["train/loss"],
        })
        print(ranks, lines[ranks][-1], flush=True)
        shutil.rmtree(out)
result = {ranks: {name: median(line[name] for line in lines[ranks]) for name in lines[ranks][0]} for ranks in sides}
ratios = {ranks: median(own["rows/s"] / first["rows/s"] for own, first in zip(lines[ranks], lines[sides[0]])) for ranks in sides}
print(json.dumps({"processors": os.cpu_count(), "medians": result, "rows/s over the first": ratios}, indent=1))
