"""What `betatron plan` says of the memory of runs beside what they take.

    plan.py --models DIR --data PAIRS.jsonl [--real DIR]

Makes models with random weights under DIR where they are missing, plans one step of each setting and carries it out.
"""

import argparse
import re
import shutil
import subprocess
from pathlib import Path

from sides import BETATRON, spawn

ALIGN = ["--preset", "dpo", "--set", "data.heldOut=0"]
SETTINGS = [  # name, model, kind of run, rows a step, options
    ("all weights", "pythia-14m", "align", 32, ALIGN),
    ("all weights", "pythia-70m", "align", 8, ALIGN),
    ("last two layers", "pythia-70m", "align", 8, [*ALIGN, "--set", "train.frozen=[gpt_neox.embed_in.*, \"gpt_neox.layers.{0,1,2,3}.*\"]"]),
    ("reference beside", "pythia-70m", "align", 8, [*ALIGN, "--set", "reference.update=blend"]),
    ("moments in bf16", "pythia-160m", "align", 4, [*ALIGN, "--set", "compute.moments=bf16"]),
    ("sft", "pythia-70m", "sft", 16, ["--set", "data.heldOut=0"]),
    ("reward", "pythia-70m", "reward", 8, ["--set", "data.heldOut=0"]),
    ("lora", "pythia-160m", "align", 8, [*ALIGN, "--adapter", "lora"]),
]
REAL = [
    ("lora", None, "align", 8, [*ALIGN, "--adapter", "lora"]),
    ("lora on int8", None, "align", 4, [*ALIGN, "--adapter", "lora", "--set", "compute.base=int8"]),
    ("all weights", None, "align", 4, ALIGN),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tokenizer", default="bytes", help="of the random models")
    parser.add_argument("--real", help="a real model")
    parser.add_argument("--work", default="benchmarks/target/plan")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    work = Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    print(f"{'setting':20} {'model':28} {'plan GB':>8} {'run GB':>8} {'ratio':>6}")
    for name, model, kind, batch, options in SETTINGS + (REAL if args.real else []):
        directory = Path(args.models) / model if model else Path(args.real)
        if not directory.exists():
            subprocess.run([BETATRON, "init", "--config", model, "--tokenizer", args.tokenizer, "--out", directory], check=True,
                           stdout=subprocess.DEVNULL)
        common = ["--model", directory, "--data", args.data, "--batch-size", batch, "--steps", 2, *options,
                  "--set", "train.evaluateEvery=0", "--set", "train.warmupSteps=0", "--set", "train.checkpointEvery=0",
                  "--set", f"compute.threads={args.threads}"]
        table = subprocess.run([str(part) for part in [BETATRON, "plan", "--run", kind, *common]], check=True,
                               capture_output=True, text=True).stdout
        planned = float(re.search(r"memory at most +about ([\d.]+) GB", table).group(1))
        out = work / "run"
        shutil.rmtree(out, ignore_errors=True)
        taken = spawn([BETATRON, kind, *common, "--out", out], work / "log", args.threads) / 1e9
        print(f"{name:20} {directory.name:28} {planned:8.2f} {taken:8.2f} {planned / taken:6.2f}", flush=True)


if __name__ == "__main__":
    main()
