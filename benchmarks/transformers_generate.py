"""Tokens per second of `generate` of transformers, on the weights and workloads of GenerationBenchmark.

    python benchmarks/transformers_generate.py THREADS MODEL_DIRECTORY...
"""

import os
import sys
import time
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
# As Betatron does: threads that spin while they wait would count as work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import torch
from transformers import AutoModelForCausalLM

VOCABULARY = 50304
REPETITIONS = 3


def prompts(count, ragged):
    lengths = [16 + i * 37 % 113 if ragged else 64 for i in range(count)]
    return [[1000 + (i * 7919 + t * 104729) % 49000 for t in range(n)] for i, n in enumerate(lengths)]


def generate(model, batch, **settings):
    """Answers of one padded batch; returns how many tokens belong to answers."""
    width = max(len(prompt) for prompt in batch)
    ids = torch.tensor([[0] * (width - len(prompt)) + prompt for prompt in batch])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in batch])
    out = model.generate(ids, attention_mask=mask, pad_token_id=VOCABULARY - 1, **settings)[:, width:]
    eos = settings["eos_token_id"]
    if eos is None:
        return out.numel()
    ended = torch.isin(out, torch.tensor(eos)).cumsum(1)
    return int((ended == 0).sum() + (ended[:, -1] > 0).sum())


def measure(model, name, workload, all_prompts, batch_size, **settings):
    best_wall = best_processor = 0
    for repetition in range(REPETITIONS):
        torch.manual_seed(repetition)
        wall, processor = time.perf_counter(), time.process_time()
        with torch.no_grad():
            tokens = sum(generate(model, all_prompts[i:i + batch_size], **settings)
                         for i in range(0, len(all_prompts), batch_size))
        best_wall = max(best_wall, tokens / (time.perf_counter() - wall))
        best_processor = max(best_processor, tokens / (time.process_time() - processor))
    print(f"{name:12} {workload:28} batch {batch_size:2}: {best_wall:8.1f} tokens/s, "
          f"{best_processor:8.1f} tokens per second of processor time", flush=True)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    for directory in sys.argv[2:]:
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
        name = Path(directory).name
        model.generation_config.eos_token_id = None
        for batch_size in (1, 16, 64):
            even = dict(max_new_tokens=64, eos_token_id=None)
            measure(model, name, "even, greedy", prompts(batch_size, False), batch_size, do_sample=False, **even)
            measure(model, name, "even, top-k 50, top-p 0.95", prompts(batch_size, False), batch_size,
                    do_sample=True, top_k=50, top_p=0.95, **even)
        measure(model, name, "ragged, drawn", prompts(128, True), 16, do_sample=True, top_k=0, max_new_tokens=256,
                eos_token_id=list(range(VOCABULARY // 64)))


main()
