"""Reward models: the loss of TRL's own RewardTrainer on given scores, and tiny sequence classification models with the
scores and gradients that transformers computes for them.

Scores are recorded twice: of each prompt + response alone, and of all of them in one right-padded batch. Some responses
end with the padding token itself, as answers do where a tokenizer pads with its end token: transformers then takes the
last token before it.
"""

import json
import shutil
import sys
from types import SimpleNamespace

from common import CORE_RESOURCES, TORCH_RESOURCES, made_by, write_json
from models import CONFIGS, in_double, make_batch, randomize

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification
from trl import RewardTrainer

SEED = 20231111
MODELS = ["gpt-neox-parallel", "llama-gqa-scaled", "qwen3", "gemma2", "gemma3", "gpt2"]
PAD = 7


def losses():
    generator = torch.Generator().manual_seed(SEED)
    cases = []
    for centering, has_margins, spread in [(0.0, False, 1), (0.0, True, 2), (0.01, False, 3), (0.5, True, 20)]:
        scores = (spread * torch.randn(12, generator=generator, dtype=torch.float64)).requires_grad_(True)
        margins = torch.rand(6, generator=generator, dtype=torch.float64) if has_margins else torch.zeros(6).double()
        trainer = SimpleNamespace(
            model=SimpleNamespace(training=False),
            args=SimpleNamespace(center_rewards_coefficient=centering or None),
            accelerator=SimpleNamespace(gather=lambda x: x, gather_for_metrics=lambda x: x),
            _metrics={"eval": {k: [] for k in
                               ["num_tokens", "min_reward", "mean_reward", "max_reward", "accuracy", "margin"]}},
            _total_train_tokens=0)
        inputs = {"margin": margins} if has_margins else {}
        loss = RewardTrainer.compute_loss(trainer, lambda **_: SimpleNamespace(logits=scores[:, None]), inputs)
        loss.backward()
        cases.append({
            "centering": centering, "margins": margins.tolist(),
            "chosen": scores[:6].tolist(), "rejected": scores[6:].tolist(), "loss": loss.item(),
            "chosen_gradient": scores.grad[:6].tolist(), "rejected_gradient": scores.grad[6:].tolist()})
    write_json(CORE_RESOURCES / "reward-losses.json", {"made_by": made_by("rewards.py", SEED), "cases": cases})


def scores(model, groups):
    return torch.cat([
        model(torch.tensor([group["prompt"] + response]), use_cache=False).logits[0]
        for group in groups for response in group["responses"]])


def padded_scores(model, groups):
    rows = [group["prompt"] + response for group in groups for response in group["responses"]]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return model(ids, attention_mask=mask, use_cache=False).logits[:, 0].detach()


def gradients(model, groups, coefficients):
    model.zero_grad()
    values = scores(model, groups)
    (values * torch.tensor(coefficients, dtype=values.dtype)).sum().backward()
    return values.detach(), {name: p.grad.clone() for name, p in model.named_parameters()}


def model(name, seed):
    config = CONFIGS[name]()
    config.num_labels = 1
    config.pad_token_id = PAD
    config.tie_word_embeddings = False
    made = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    randomize(made, seed)
    directory = TORCH_RESOURCES / f"{name}-reward"
    shutil.rmtree(directory, ignore_errors=True)
    made.save_pretrained(directory)
    read = AutoModelForSequenceClassification.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager").eval()
    groups, _, _ = make_batch(config.vocab_size, seed)
    for group in groups:
        # no padding token in the middle, and at the end of every other response
        group["prompt"] = [id if id != PAD else PAD + 1 for id in group["prompt"]]
        group["responses"] = [[id if id != PAD else PAD + 1 for id in r] for r in group["responses"]]
    ended = [r for group in groups for r in group["responses"]][::2]
    for response in ended:
        response.append(PAD)
    groups[-1]["responses"].append([PAD])  # an empty answer: the score is that of the prompt
    count = sum(len(group["responses"]) for group in groups)
    generator = torch.Generator().manual_seed(seed)
    coefficients = (torch.randint(-64, 65, (count,), generator=generator) / 64).tolist()
    values, grads = gradients(read, groups, coefficients)
    exact, exact_grads = in_double(read, lambda m: gradients(m, groups, coefficients))
    assert set(load_file(directory / "model.safetensors")) == set(exact_grads)
    save_file({"grad." + n: g.float().contiguous() for n, g in exact_grads.items()}, directory / "expected.safetensors")
    padded = padded_scores(read, groups)
    write_json(directory / "batch.json", {
        "made_by": made_by("rewards.py", seed, attention="eager", computed_in="float32 and float64"),
        "groups": groups, "coefficients": coefficients, "scores_f64": exact.tolist(),
        "float32_against_float64": float((values - exact).abs().max()),
        "padded_against_alone": float((padded - values).abs().max()),
    })
    assert float((padded - values).abs().max()) < 1e-5
    print(directory.name, json.loads((directory / "config.json").read_text())["architectures"], sorted(exact_grads)[-1],
          f"fp32 error {float((values - exact).abs().max()):.1e}, scores {values.min():.2f} .. {values.max():.2f}")


if __name__ == "__main__":
    wanted = sys.argv[1:]  # all, or models that are named
    if not wanted:
        losses()
    for index, name in enumerate(MODELS):
        if not wanted or name in wanted:
            model(name, SEED + index)
