"""How each side is started, and what is read off it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BETATRON = HERE.parents[1] / "betatron"


class Run:
    """What one process did."""

    def __init__(self, side, step_seconds, step_cpu_seconds, first_step, reference_seconds, peak_bytes):
        self.side = side
        self.step_seconds = step_seconds
        self.step_cpu_seconds = step_cpu_seconds
        self.first_step = first_step
        self.reference_seconds = reference_seconds
        self.peak_bytes = peak_bytes


def spawn(command, log, threads, probe=None):
    """Runs a process to its end.

    @param probe called with its number every few milliseconds
    @return its largest resident size in bytes
    """
    environment = dict(os.environ, OMP_WAIT_POLICY="PASSIVE", OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads),
                       TOKENIZERS_PARALLELISM="true", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1",
                       TRANSFORMERS_VERBOSITY="error")
    with open(log, "w") as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, env=environment)
        while True:
            if probe is not None:
                probe(process.pid)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed, see {log}:\n" + Path(log).read_text()[-3000:])
    return usage.ru_maxrss * 1024


class StepWatch:
    """Follows a metrics file: when the first step was done, and the processor time of each."""

    def __init__(self, metrics):
        self.metrics, self.begun, self.first, self.cpu = metrics, time.time(), None, []

    def __call__(self, pid):
        done = self.metrics.read_text().count('"speed/rowsPerSecond"') if self.metrics.exists() else 0
        if done > len(self.cpu):
            self.first = self.first or time.time() - self.begun
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            now = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            self.cpu += [now] * (done - len(self.cpu))

    def steps(self):
        """@return seconds of processor time of all threads, from the second step on"""
        return [later - earlier for earlier, later in zip(self.cpu, self.cpu[1:])]


class Betatron:
    name = "betatron"

    def __init__(self, work, threads, options):
        self.work, self.threads, self.options = Path(work), threads, options

    def run(self, model, data, batch, steps, cached):
        """@param cached whether reference log-probs lie ready"""
        out = self.work / "betatron-run"
        shutil.rmtree(out, ignore_errors=True)
        cache = self.work / "reference" / f"{Path(model).name}-{Path(data).stem}"
        starts = cached and steps == 1  # times the start: zeros as reference, as on the other side
        if cached and not starts and not cache.exists():
            self.run(model, data, batch, 1, False)
            shutil.copytree(out / "reference", cache)
            shutil.rmtree(out)
        command = [
            BETATRON, "align", "--model", model, "--data", data, "--out", out, "--preset", "dpo",
            "--batch-size", batch, "--steps", steps, "--learning-rate", 1e-6,
            "--set", "train.warmupSteps=0", "--set", "train.evaluateEvery=0", "--set", "train.checkpointEvery=0",
            "--set", "data.heldOut=0", "--set", "data.truncation.maxPromptTokens=511",
            "--set", f"compute.threads={self.threads}", *self.options]
        if starts:
            command += ["--set", "alignment.objective=referencefreedpo"]
        elif cached:
            command += ["--reference-cache", cache]
        metrics = out / "metrics.jsonl"
        log = self.work / "betatron.log"
        watch = StepWatch(metrics)
        peak = spawn(command, log, self.threads, watch)
        lines = [json.loads(line) for line in metrics.read_text().splitlines()]
        seconds = [batch / line["speed/rowsPerSecond"] for line in lines if "speed/rowsPerSecond" in line]
        scored = re.search(r"Reference log-probs of \d+ rows computed in ([\d.]+) s", log.read_text())
        run = Run(self.name, seconds, watch.steps(), watch.first, float(scored.group(1)) if scored else 0.0, peak)
        run.tokens = [line["speed/tokensPerSecond"] * second
                      for line, second in zip((l for l in lines if "speed/rowsPerSecond" in l), seconds)]
        return run


class Trl:
    name = "trl"

    def __init__(self, work, threads, options=()):
        self.work, self.threads, self.options = Path(work), threads, options
        self.micro = {}  # the fastest found, by model and batch

    def run(self, model, data, batch, steps, cached, micro=None):
        """@param cached whether reference log-probs lie ready; those of a run of one step, which times the start, are
        zeros"""
        micro = micro or self.micro.get((str(model), batch), min(batch, 4))
        work = self.work / "trl" / f"{Path(model).name}-{Path(data).stem}"
        if not cached:
            shutil.rmtree(work, ignore_errors=True)
        elif not (work / "out").exists():
            self.start(model, data, batch, steps, micro, work, "--only-reference", *(["--zeros"] if steps == 1 else []))
            (work / "out").mkdir(exist_ok=True)
        peak, result = self.start(model, data, batch, steps, micro, work)
        return Run(self.name, result["stepSeconds"], result["stepCpuSeconds"][1:], result["firstStepSeconds"],
                   result["referenceSeconds"], peak)

    def start(self, model, data, batch, steps, micro, work, *more):
        log = self.work / "trl.log"
        peak = spawn(
            [sys.executable, HERE / "trl_side.py", "--model", model, "--data", data, "--work", work,
             "--batch", batch, "--micro", micro, "--steps", steps, "--threads", self.threads,
             "--reference", "ahead", "--reference-batch", micro, "--launched", repr(time.time()), *self.options, *more],
            log, self.threads)
        return peak, json.loads(log.read_text().splitlines()[-1])

    def tune(self, model, data, batch, candidates):
        """Finds the rows per device, the rest being accumulation, that make steps shortest."""
        times = {}
        for micro in candidates:
            if micro <= batch:
                times[micro] = min(self.run(model, data, batch, 2, True, micro).step_seconds)
        best = min(times, key=times.get)
        self.micro[(str(model), batch)] = best
        return best, times
