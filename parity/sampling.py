"""Logits after the processors and warpers that `generate` of transformers builds for given settings.

The list of processors comes from `_get_logits_processor`, so their order is transformers' own.
"""

import random

from common import CORE_RESOURCES, made_by, rounded, write_json

import torch
from transformers import GenerationConfig, GPTNeoXConfig, GPTNeoXForCausalLM

SEED = 20261123
VOCABULARY = 40
SETTINGS = [
    dict(temperature=0.7),
    dict(top_k=7),
    dict(top_p=0.8),
    dict(top_p=0.05),
    dict(min_p=0.2),
    dict(repetition_penalty=1.3),
    dict(repetition_penalty=0.8, temperature=1.7),
    dict(temperature=0.6, top_k=20, top_p=0.9, min_p=0.05, repetition_penalty=1.2),
    dict(temperature=1.5, top_k=10, top_p=0.7, min_p=0.3),
    dict(top_k=100, top_p=0.999, min_p=0.001),
]


def main():
    generator = torch.Generator().manual_seed(SEED)
    model = GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=VOCABULARY, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8))
    cases = []
    for spread in (0.3, 2.0, 6.0):
        for settings in SETTINGS:
            logits = spread * torch.randn(1, VOCABULARY, generator=generator)
            seen = random.Random(len(cases)).choices(range(VOCABULARY), k=12)
            config = GenerationConfig(do_sample=True, **{"top_k": 0, **settings})
            config, _ = model._prepare_generation_config(config)
            processors = model._get_logits_processor(config, input_ids_seq_length=len(seen), device="cpu")
            out = processors(torch.tensor([seen]), logits.clone())[0].tolist()
            cases.append({
                "settings": settings,
                "order": [type(processor).__name__ for processor in processors],
                "seen": seen,
                "logits": rounded(logits[0].tolist(), 9),
                "expected": [None if value == float("-inf") else rounded(value, 9) for value in out],
            })
    write_json(CORE_RESOURCES / "sampling.json", {"made_by": made_by(__file__, SEED), "cases": cases})


main()
