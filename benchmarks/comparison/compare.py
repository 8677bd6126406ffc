"""Betatron beside TRL: the same rows, weights, optimizer and threads, runs alternating.

Writes one JSON object per run to results.jsonl and prints a table of medians and ratios.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import torch

import rows as data
from sides import BETATRON, Betatron, Trl


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="directory of Anthropic HH files, *.jsonl.gz")
    parser.add_argument("--tokenizer", required=True, help="directory with the tokenizer.json of GPT-NeoX")
    parser.add_argument("--work", default="benchmarks/target/compare", help="where models, caches and results go")
    parser.add_argument("--figures", default="step,epoch,start,tokens",
                        help="step: cached reference; epoch: reference included; start: launch to first step; "
                             "tokens: step time over tokens, Betatron only")
    parser.add_argument("--models", default="pythia-70m,pythia-160m")
    parser.add_argument("--batches", default="8,32")
    parser.add_argument("--steps", type=int, default=6, help="of one run; the first is not counted")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--trl-micro", default="1,2,4,8", help="rows per device to try; the fastest is used")
    parser.add_argument("--betatron", default="", help="more options for betatron align, separated by spaces")
    parser.add_argument("--sides", default="betatron,trl")
    return parser.parse_args()


class Sgemm:
    """How fast this machine multiplies matrices right now."""

    def __init__(self, threads, size=2048, seconds=1.0):
        torch.set_num_threads(threads)
        left, right = torch.randn(size, size), torch.randn(size, size)
        out = left @ right
        self.per_second, self.per_cpu_second = 0.0, 0.0
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            start, cpu = time.perf_counter(), time.process_time()
            torch.mm(left, right, out=out)
            self.per_second = max(self.per_second, 2 * size**3 / (time.perf_counter() - start))
            self.per_cpu_second = max(self.per_cpu_second, 2 * size**3 / (time.process_time() - cpu))


class Harness:
    def __init__(self, args):
        self.args = args
        self.work = Path(args.work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.results = open(self.work / "results.jsonl", "a", encoding="utf-8")
        self.sides = [side for side in (Betatron(self.work, args.threads, args.betatron.split()),
                                        Trl(self.work, args.threads)) if side.name in args.sides.split(",")]
        self.tokenizer = Path(args.tokenizer).resolve()
        self.table = []

    def model(self, name):
        directory = self.work / "models" / name
        if not directory.exists():
            subprocess.run([BETATRON, "init", "--config", name, "--tokenizer", self.tokenizer, "--out", directory], check=True)
            # transformers reads the end token here; the file of the tokenizer alone does not name it
            (directory / "tokenizer_config.json").write_text(json.dumps(
                {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<|padding|>"}))
        return directory

    def rows(self, count):
        rows = data.read(self.args.data, self.tokenizer / "tokenizer.json", count, seed=1)
        file = self.work / f"pairs-{count}.jsonl"
        data.write(rows, file)
        return rows, file

    def record(self, **values):
        values["time"] = time.strftime("%Y-%m-%dT%H:%M:%S")
        self.results.write(json.dumps(values) + "\n")
        self.results.flush()

    def compare(self, figure, name, batch):
        """Alternates the sides; every round ends with a ratio of neighbours in time."""
        model = self.model(name)
        config = json.loads((model / "config.json").read_text())
        steps = 1 if figure == "start" else self.args.steps
        rows, file = self.rows(2000 if figure == "start" else batch * steps)
        cached = figure != "epoch"
        for side in self.sides:
            if isinstance(side, Trl) and figure != "start" and (str(model), batch) not in side.micro:
                best, times = side.tune(model, file, batch, [int(n) for n in self.args.trl_micro.split(",")])
                self.record(figure="tune", side="trl", model=name, batch=batch, secondsByMicro=times, best=best)
        found = {side.name: [] for side in self.sides}
        for number in range(self.args.rounds):
            before = Sgemm(self.args.threads)
            for side in self.sides:
                run = side.run(model, file, batch, steps, cached)
                counted = run.step_seconds[1:] or run.step_seconds
                step = statistics.median(counted)
                mean = sum(counted) / len(counted)
                after = Sgemm(self.args.threads)
                flops = data.training_flops(config, rows) / len(rows) * batch
                values = dict(
                    stepSeconds=run.step_seconds,
                    stepCpuSeconds=run.step_cpu_seconds,
                    pairsPerCpuSecond=batch * len(run.step_cpu_seconds) / sum(run.step_cpu_seconds)
                    if run.step_cpu_seconds else None,
                    pairsPerSecond=batch / mean,
                    referenceSeconds=run.reference_seconds,
                    epochPairsPerSecond=len(rows) / (mean * steps + run.reference_seconds),
                    peakBytes=run.peak_bytes,
                    firstStepSeconds=run.first_step,
                    usefulFlops=flops / mean,
                    sgemmFlops=max(before.per_second, after.per_second),
                    sgemmFlopsPerCpuSecond=max(before.per_cpu_second, after.per_cpu_second),
                    medianStepSeconds=step)
                found[side.name].append(values)
                self.record(figure=figure, side=side.name, model=name, batch=batch, round=number, **values)
        self.summarize(figure, name, batch, found)

    def summarize(self, figure, name, batch, found):
        def median(side, key):
            return statistics.median(run[key] for run in found[side])

        shown = {"step": ["pairsPerSecond", "pairsPerCpuSecond", "peakBytes", "share", "cpuShare"], "epoch": ["epochPairsPerSecond"],
                 "start": ["firstStepSeconds"]}[figure]
        for runs in found.values():
            for run in runs:
                run["share"] = run["usefulFlops"] / run["sgemmFlops"]
                run["cpuShare"] = (run["usefulFlops"] / run["pairsPerSecond"] * (run["pairsPerCpuSecond"] or 0)
                                   / run["sgemmFlopsPerCpuSecond"])
        for key in shown:
            line = [f"{name} x {batch}", key] + [f"{side} {median(side, key):.4g}" for side in found]
            if len(found) == 2:
                ratios = [ours[key] / theirs[key] for ours, theirs in zip(found["betatron"], found["trl"])]
                line.append(f"ratio {statistics.median(ratios):.3g} ({min(ratios):.3g} to {max(ratios):.3g})")
            self.table.append(line)
            print("  ".join(line), flush=True)

    def tokens(self, name):
        """Step time over tokens, for batches of 4 to 128 pairs."""
        side = next(side for side in self.sides if isinstance(side, Betatron))
        _, file = self.rows(4 * 128)
        points = []
        for batch in (4, 8, 16, 32, 64, 128):
            steps = max(3, min(9, 64 // batch + 1))
            run = side.run(self.model(name), file, batch, steps, True)
            points += list(zip(run.tokens, run.step_seconds))[1:]
            self.record(figure="tokens", side="betatron", model=name, batch=batch, tokens=run.tokens,
                        stepSeconds=run.step_seconds)
        slope, base = statistics.linear_regression(*zip(*points))
        worst = max(abs(seconds / (base + slope * tokens) - 1) for tokens, seconds in points)
        line = [name, f"step seconds = {base:.3f} + {slope * 1e3:.4f} per 1000 tokens", f"largest deviation {worst:.1%}"]
        self.table.append(line)
        print("  ".join(line), flush=True)

    def run(self):
        for name in self.args.models.split(","):
            for figure in self.args.figures.split(","):
                if figure == "tokens":
                    self.tokens(name)
                elif figure == "start":
                    self.compare(figure, name, 8)
                else:
                    for batch in map(int, self.args.batches.split(",")):
                        self.compare(figure, name, batch)


Harness(parse()).run()
