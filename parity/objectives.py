"""Losses and gradients of preference objectives on random log-probabilities, in float64 through autograd.

Where TRL has the loss, TRL's own code computes it: `DPOTrainer._compute_loss` is run on a stand-in trainer whose model
returns the given log-probabilities. A second computation, written here from the definition, must agree; for
objectives that TRL does not have it is the only one, and the file says so.
"""

import math
import random
from collections import defaultdict
from types import SimpleNamespace

from common import CORE_RESOURCES, made_by, rounded, write_json

import torch
import torch.nn.functional as F
from trl import DPOTrainer
from trl.experimental.cpo import CPOTrainer

SEED = 31
COMPUTED, WRITTEN, WRITTEN_MORE = 200, 40, 10
BETA = 0.1


class Accelerator:
    """One process on the CPU."""

    device = torch.device("cpu")
    gather = gather_for_metrics = staticmethod(lambda x: x)


def trl_dpo(loss_type, beta, label_smoothing=0.0, discopop_tau=0.05):
    """Batch mean as TRL's DPOTrainer computes it, from sums over tokens and token counts."""

    def loss(batch):
        lengths = torch.cat([batch.chosen_tokens, batch.rejected_tokens]).long()
        mask = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
        sums = torch.cat([batch.chosen, batch.rejected])
        per_token = sums[:, None] / lengths[:, None] * mask
        nothing = torch.zeros_like(per_token)
        outputs = SimpleNamespace(log_probs=per_token, entropy=nothing, mean_logits=nothing, is_top1=nothing.bool())
        # one prompt token before each response: TRL scores a token from the position before it
        completion_mask = F.pad(mask, (1, 0))
        trainer = SimpleNamespace(
            model=SimpleNamespace(training=True), accelerator=Accelerator(), aux_loss_enabled=False, ld_alpha=None,
            precompute_ref_logps=True, f_divergence_type="reverse_kl", loss_types=[loss_type], loss_weights=[1.0],
            beta=beta, label_smoothing=label_smoothing, use_weighting=False, _total_train_tokens=0, _tp_size=1,
            _metrics={"train": defaultdict(list)}, args=SimpleNamespace(discopop_tau=discopop_tau))
        inputs = {"input_ids": torch.zeros_like(completion_mask), "attention_mask": torch.ones_like(completion_mask),
                  "completion_mask": completion_mask, "ref_chosen_logps": batch.reference_chosen,
                  "ref_rejected_logps": batch.reference_rejected}
        return DPOTrainer._compute_loss(trainer, lambda **_: outputs, inputs, False)

    return loss


def trl_cpo(loss_type, beta, score, label_smoothing=0.0, gamma=0.0):
    """Batch mean of what TRL's CPOTrainer.cpo_loss gives for `score(batch)` in place of the log-probabilities."""

    def loss(batch):
        trainer = SimpleNamespace(accelerator=Accelerator(), alpha=0.0, loss_type=loss_type, beta=beta,
                                  simpo_gamma=gamma, label_smoothing=label_smoothing)
        return CPOTrainer.cpo_loss(trainer, *score(batch))[0].mean()

    return loss


def ratios(b):
    return b.chosen - b.reference_chosen, b.rejected - b.reference_rejected


def averages(b):
    return b.chosen / b.chosen_tokens, b.rejected / b.rejected_tokens


def averaged_ratios(b):
    chosen, rejected = ratios(b)
    return chosen / b.chosen_tokens, rejected / b.rejected_tokens


def gap(b):
    chosen, rejected = ratios(b)
    return chosen - rejected


def sp(x):
    """log(1 + e^x)"""
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-x.abs()))


def smoothed(eps):
    return lambda b: (1 - eps) * sp(-BETA * gap(b)) + eps * sp(BETA * gap(b))


def robust(eps):
    return lambda b: ((1 - eps) * sp(-BETA * gap(b)) - eps * sp(BETA * gap(b))) / (1 - 2 * eps)


def ipo_average(b):
    chosen, rejected = averaged_ratios(b)
    return (chosen - rejected - 1 / (2 * BETA)) ** 2


def simpo(beta, gamma):
    def loss(b):
        chosen, rejected = averages(b)
        return sp(-(beta * (chosen - rejected) - gamma))

    return loss


def exo(eps):
    def loss(b):
        z = BETA * gap(b)
        return torch.sigmoid(z) * (-sp(-z) - math.log(1 - eps)) + torch.sigmoid(-z) * (-sp(z) - math.log(eps))

    return loss


def nca(b):
    chosen, rejected = (BETA * u for u in ratios(b))
    return sp(-chosen) + 0.5 * sp(chosen) + 0.5 * sp(rejected)


def apo_zero(b):
    chosen, rejected = (BETA * u for u in ratios(b))
    return 1 - torch.sigmoid(chosen) + torch.sigmoid(rejected)


def apo_down(b):
    chosen, _ = (BETA * u for u in ratios(b))
    return torch.sigmoid(chosen) + 1 - torch.sigmoid(BETA * gap(b))


def sppo_hard(b):
    chosen, rejected = ratios(b)
    return (chosen - 0.5 / BETA) ** 2 + (rejected + 0.5 / BETA) ** 2


def sigmoid_norm(b):
    chosen, rejected = averaged_ratios(b)
    return sp(-BETA * (chosen - rejected))


# name: (parameters, definition, TRL's code or None)
MAIN = {
    "dpo": (dict(beta=BETA), lambda b: sp(-BETA * gap(b)), trl_dpo("sigmoid", BETA)),
    "cdpo": (dict(beta=BETA, label_smoothing=0.1), smoothed(0.1), trl_cpo("sigmoid", BETA, ratios, label_smoothing=0.1)),
    "ipo_sum": (dict(tau=BETA), lambda b: (gap(b) - 1 / (2 * BETA)) ** 2, trl_cpo("ipo", BETA, ratios)),
    "ipo_average": (dict(tau=BETA), ipo_average, trl_dpo("ipo", BETA)),
    "simpo": (dict(beta=2.0, gamma=0.5), simpo(2.0, 0.5), trl_cpo("simpo", 2.0, averages, gamma=0.5)),
}
MORE = {
    "robust": (dict(beta=BETA, label_smoothing=0.1), robust(0.1), trl_dpo("robust", BETA, label_smoothing=0.1)),
    "hinge": (dict(beta=BETA), lambda b: torch.clamp(1 - BETA * gap(b), min=0), trl_dpo("hinge", BETA)),
    "exo_pair": (dict(beta=BETA, label_smoothing=1e-3), exo(1e-3), trl_dpo("exo_pair", BETA, label_smoothing=1e-3)),
    "nca_pair": (dict(beta=BETA), nca, trl_dpo("nca_pair", BETA)),
    "apo_zero": (dict(beta=BETA), apo_zero, trl_dpo("apo_zero", BETA)),
    "apo_down": (dict(beta=BETA), apo_down, trl_dpo("apo_down", BETA)),
    "sppo_hard": (dict(beta=BETA), sppo_hard, trl_dpo("sppo_hard", BETA)),
    "sigmoid_norm": (dict(beta=BETA), sigmoid_norm, trl_dpo("sigmoid_norm", BETA)),
}
SOURCES = {
    "cdpo": "trl: CPOTrainer.cpo_loss (sigmoid, label_smoothing) fed with log-ratios; DPOTrainer dropped label smoothing",
    "ipo_sum": "trl: CPOTrainer.cpo_loss (ipo) fed with summed log-ratios; DPOTrainer only has the averaged form",
    "simpo": "trl: CPOTrainer.cpo_loss (simpo) fed with length averages, cpo_alpha 0",
    "exo_pair": "definition; trl: DPOTrainer._compute_loss (exo_pair) keeps epsilon in float32, so agrees to 1e-6 only",
}


def random_batch(rng):
    """Ordinary pairs and, in some batches, gaps far into the flat and the steep ends of every loss."""
    size = rng.randint(1, 16)
    spread = rng.choice([0.02, 0.3, 1, 3, 3, 10, 60])
    rows = []
    for _ in range(size):
        lengths = [rng.choice([1, rng.randint(2, 30), rng.randint(2, 300)]) for _ in range(2)]
        reference = [-n * rng.uniform(0.3, 3.5) for n in lengths]
        policy = [min(r + rng.gauss(0, spread) * math.sqrt(n) / 4, -0.001) for r, n in zip(reference, lengths)]
        rows.append((policy[0], policy[1], reference[0], reference[1], *lengths))
    columns = list(zip(*rows))
    # six decimals, so that the numbers in the file are exactly the ones computed with
    return {"chosen": [round(x, 6) for x in columns[0]], "rejected": [round(x, 6) for x in columns[1]],
            "reference_chosen": [round(x, 6) for x in columns[2]],
            "reference_rejected": [round(x, 6) for x in columns[3]],
            "chosen_tokens": list(columns[4]), "rejected_tokens": list(columns[5])}


def tensors(batch, rows=slice(None)):
    result = SimpleNamespace(**{k: torch.tensor(v[rows], dtype=torch.float64) for k, v in batch.items()})
    result.chosen.requires_grad_()
    result.rejected.requires_grad_()
    return result


def grads(loss, b):
    chosen, rejected = torch.autograd.grad(loss, [b.chosen, b.rejected], allow_unused=True)
    return chosen.tolist(), rejected.tolist()


def per_pair(definition, batch):
    b = tensors(batch)
    losses = definition(b)
    chosen, rejected = grads(losses.sum(), b)
    return {"loss": losses.tolist(), "d_chosen": chosen, "d_rejected": rejected}


def per_pair_trl(trl, batch):
    """Each pair as a batch of its own; the batch as a whole must be their mean."""
    result = {"loss": [], "d_chosen": [], "d_rejected": []}
    for i in range(len(batch["chosen"])):
        b = tensors(batch, slice(i, i + 1))
        loss = trl(b)
        chosen, rejected = grads(loss, b)
        result["loss"].append(loss.item())
        result["d_chosen"] += chosen
        result["d_rejected"] += rejected
    whole = trl(tensors(batch)).item()
    mean = sum(result["loss"]) / len(result["loss"])
    assert abs(whole - mean) <= 1e-12 * max(1, abs(mean)), (whole, mean)
    return result


def disagreement(a, b):
    return max(abs(x - y) / max(1.0, abs(x)) for key in a for x, y in zip(a[key], b[key], strict=True))


def dr_dpo(batch, beta_prime=1.0):
    b = tensors(batch)
    losses = sp(-BETA * gap(b))
    loss = -beta_prime * (torch.logsumexp(-losses / beta_prime, 0) - math.log(len(losses)))
    chosen, rejected = grads(loss, b)
    return {"loss": loss.item(), "d_chosen": chosen, "d_rejected": rejected}


def check_fixed_points():
    """Values that were computed by hand and by another program long before this script."""
    a = dict(chosen=[-40.0], rejected=[-52.0], reference_chosen=[-42.0], reference_rejected=[-50.0],
             chosen_tokens=[10], rejected_tokens=[13])
    known = {"dpo": 0.51301525, "cdpo": 0.55301525, "ipo_sum": 1.0, "ipo_average": 21.58674556, "simpo": 0.97407698,
             "robust": 0.46301525, "hinge": 0.6, "exo_pair": 2.09922623, "nca_pair": 1.29627774,
             "apo_zero": 0.90033201, "apo_down": 0.95114634, "sppo_hard": 18.0, "sigmoid_norm": 0.67561137}
    for name, (_, definition, _) in {**MAIN, **MORE}.items():
        assert abs(per_pair(definition, a)["loss"][0] - known[name]) < 6e-9, name
    gaps = [4.0, -2.0, 0.5, -12.0]
    zeros = [0.0] * 4
    four = dict(chosen=gaps, rejected=zeros, reference_chosen=zeros, reference_rejected=zeros,
                chosen_tokens=[1] * 4, rejected_tokens=[1] * 4)
    assert abs(dr_dpo(four)["loss"] - 0.80250106) < 6e-9


def main():
    check_fixed_points()
    rng = random.Random(SEED)
    batches = [random_batch(rng) for _ in range(COMPUTED)]
    worst = {}
    written = {"objectives.json": [], "objectives_more.json": []}
    for index, batch in enumerate(batches):
        for file, chosen, count in (("objectives.json", MAIN, WRITTEN), ("objectives_more.json", MORE, WRITTEN_MORE)):
            values = {}
            for name, (_, definition, trl) in chosen.items():
                own, theirs = per_pair(definition, batch), per_pair_trl(trl, batch)
                worst[name] = max(worst.get(name, 0.0), disagreement(own, theirs))
                values[name] = own if name == "exo_pair" else theirs
            if file == "objectives.json":
                values["dr_dpo"] = dr_dpo(batch)
            if index < count:
                written[file].append(rounded({**batch, **values}))
    for name, difference in worst.items():
        assert difference < (2e-6 if name == "exo_pair" else 1e-11), (name, difference)
    for file, chosen in (("objectives.json", MAIN), ("objectives_more.json", MORE)):
        objectives = {
            name: {"parameters": parameters, "source": SOURCES.get(name, "trl: DPOTrainer._compute_loss"),
                   "definition_against_trl": worst[name]}
            for name, (parameters, _, _) in chosen.items()}
        if file == "objectives.json":
            objectives["dr_dpo"] = {"parameters": dict(beta=BETA, beta_prime=1.0), "source": "definition",
                                    "definition_against_trl": None}
        write_json(CORE_RESOURCES / file, {
            "made_by": made_by("objectives.py", SEED, batches_computed=COMPUTED, float="float64", significant_digits=12),
            "objectives": objectives,
            "batches": written[file]})
    print({k: f"{v:.1e}" for k, v in worst.items()})


if __name__ == "__main__":
    main()
