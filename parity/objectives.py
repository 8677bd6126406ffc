"""Losses and derivatives of every preference objective on random numbers, in float64 through autograd.

Where TRL has the loss, TRL's own code computes it (trl_losses.py), and the definition (definitions.py) must agree on
every batch. For objectives that TRL does not have the definition is the only computation, and the file says so.
"""

import math
import random
from types import SimpleNamespace

from common import CORE_RESOURCES, made_by, rounded, write_json

import definitions as d
import torch
import trl_losses as trl

SEED = 31
COMPUTED, WRITTEN = 240, 16
BETA = 0.1
PAIR_QUANTITIES = ("policy", "reference", "policy_tail", "reference_tail", "reference_kl", "log_collision",
                   "extrapolated", "interpolated")
DIFFERENTIABLE = ("policy", "policy_tail", "reference_kl")
MOMENTS = {"mean": 0.05, "deviation": 0.4, "populationMean": 0.0}
FLOAT64, FLOAT32 = 1e-9, 1e-6


def entry(name, spec, definition, by_trl=None, source=None, within=FLOAT64, moments=None, rows="pairs"):
    """`spec` is the objective as a recipe spells it."""
    return SimpleNamespace(name=name, spec=spec, definition=definition, trl=by_trl, source=source, within=within,
                           moments=moments, rows=rows)


def spec(tag, **parameters):
    return {"type": tag, **parameters}


DPO = "DPOTrainer._compute_loss"
CPO = "CPOTrainer.get_batch_loss_metrics"
PAPER = "definition"


def batch_likelihood(b):
    return d.likelihood("batch-mean")(b).mean()


def response_likelihood(b):
    return d.likelihood("response-mean")(b).mean()


OBJECTIVES = [
    entry("dpo", spec("dpo", beta=BETA), d.logistic(BETA), trl.dpo("sigmoid", BETA), DPO),
    entry("cdpo", spec("cdpo", beta=BETA, labelSmoothing=0.1), d.logistic(BETA, eps=0.1),
          trl.cpo("sigmoid", BETA, d.ratios, label_smoothing=0.1),
          CPO + " fed with log-ratios; DPOTrainer has no label smoothing"),
    entry("robustdpo", spec("robustdpo", beta=BETA, flipRate=0.1), d.robust(BETA, 0.1),
          trl.dpo("robust", BETA, label_smoothing=0.1), DPO),
    entry("referencefreedpo", spec("referencefreedpo", beta=BETA), d.logistic(BETA, d.sums),
          trl.cpo("sigmoid", BETA, d.sums), CPO + " with cpo_alpha 0"),
    entry("hinge", spec("hinge", beta=0.05), d.hinge(0.05), trl.dpo("hinge", 0.05), DPO),
    entry("slichf", spec("slichf", beta=1.0, target=1.0, likelihoodWeight=0.1),
          d.plus((1, d.hinge(1.0, d.sums)), (0.1, d.likelihood("sum"))), source=PAPER),
    entry("slichf without likelihood", spec("slichf", beta=0.2, target=1.0, likelihoodWeight=0.0),
          d.hinge(0.2, d.sums), trl.cpo("hinge", 0.2, d.sums), CPO + " (hinge) with cpo_alpha 0"),
    entry("ipo", spec("ipo", beta=BETA, lengthNormalized=False), d.squared(BETA), trl.cpo("ipo", BETA, d.ratios),
          CPO + " (ipo) fed with summed log-ratios; DPOTrainer has only the averaged form"),
    entry("ipo per token", spec("ipo", beta=BETA, lengthNormalized=True), d.squared(BETA, d.averaged_ratios),
          trl.dpo("ipo", BETA), DPO),
    entry("sppo", spec("sppo", beta=0.02), d.sppo(0.02), trl.dpo("sppo_hard", 0.02), DPO),
    entry("nca", spec("nca", beta=BETA), d.nca(BETA), trl.dpo("nca_pair", BETA), DPO),
    entry("exo", spec("exo", beta=BETA, labelSmoothing=1e-3), d.exo(BETA, 1e-3),
          trl.dpo("exo_pair", BETA, label_smoothing=1e-3), DPO + ", which keeps the smoothing in float32", FLOAT32),
    entry("bco", spec("bco", beta=BETA), d.bco(BETA), trl.dpo("bco_pair", BETA), DPO + ", which has no shift"),
    entry("aot", spec("aot", beta=BETA, labelSmoothing=0.0), d.aot(BETA, 0, True), trl.dpo("aot", BETA), DPO),
    entry("aot smoothed", spec("aot", beta=BETA, labelSmoothing=0.1), d.aot(BETA, 0.1, True),
          trl.dpo("aot", BETA, label_smoothing=0.1), DPO),
    entry("aotunpaired", spec("aotunpaired", beta=BETA, labelSmoothing=0.1), d.aot(BETA, 0.1, False),
          trl.dpo("aot_unpaired", BETA, label_smoothing=0.1), DPO),
    entry("apozero", spec("apozero", beta=BETA), d.apo_zero(BETA), trl.dpo("apo_zero", BETA), DPO),
    entry("apozero on answers", spec("apozero", beta=BETA), d.apo_zero(BETA), trl.kto("apo_zero_unpaired", BETA),
          "KTOTrainer._compute_loss (apo_zero_unpaired)", rows="answers"),
    entry("apodown", spec("apodown", beta=BETA), d.apo_down(BETA), trl.dpo("apo_down", BETA), DPO),
    entry("discopop", spec("discopop", beta=0.05, temperature=0.05), d.discopop(0.05, 0.05),
          trl.dpo("discopop", 0.05), DPO),
    entry("simpo", spec("simpo", beta=2.0, targetMargin=0.25), d.logistic(2.0, d.averages, 0.25),
          trl.cpo("simpo", 2.0, d.averages, gamma=0.5), CPO + " (simpo) fed with length averages, cpo_alpha 0"),
    entry("orpo", spec("orpo", beta=BETA, likelihood="response-mean"), d.orpo(BETA),
          trl.orpo(BETA, d.averages, response_likelihood),
          "ORPOTrainer.get_batch_loss_metrics, in float32; the likelihood is handed to it", FLOAT32),
    entry("cpo", spec("cpo", beta=BETA, likelihoodWeight=1.0, likelihood="batch-mean"),
          d.plus((1, d.logistic(BETA, d.sums)), (1, d.likelihood("batch-mean"))),
          trl.cpo("sigmoid", BETA, d.sums, batch_likelihood, 1.0), CPO + "; the likelihood is handed to it"),
    entry("rrhf", spec("rrhf", beta=1.0, lengthPower=1.0), d.rrhf(1.0), source=PAPER),
    entry("rdpo", spec("rdpo", beta=BETA, alpha=0.02), d.rdpo(BETA, 0.02), source=PAPER),
    entry("rpo", spec("rpo", beta=BETA, likelihoodWeight=0.5, likelihood="batch-mean"),
          d.plus((1, d.logistic(BETA)), (0.5, d.likelihood("batch-mean"))),
          trl.dpo(["sigmoid", "sft"], BETA, [1.0, 0.5]), DPO + " (sigmoid and sft)"),
    entry("rpo per response", spec("rpo", beta=BETA, likelihoodWeight=1.0, likelihood="response-mean"),
          d.plus((1, d.logistic(BETA)), (1, d.likelihood("response-mean"))), source=PAPER),
    entry("lddpo", spec("lddpo", beta=BETA, tailWeight=0.3, weighsReference=True),
          d.logistic(BETA, d.length_desensitised(0.3, True)), trl.dpo("sigmoid", BETA, ld_alpha=0.3),
          DPO + " (ld_alpha)"),
    entry("lddpo policy only", spec("lddpo", beta=BETA, tailWeight=0.3, weighsReference=False),
          d.logistic(BETA, d.length_desensitised(0.3, False)), source=PAPER),
    entry("wpo", spec("wpo", objective=spec("dpo", beta=BETA), clamped=False),
          d.on_policy(d.logistic(BETA), False), trl.dpo("sigmoid", BETA, use_weighting=True),
          DPO + " (use_weighting), which does not clamp"),
    entry("wpo of ipo", spec("wpo", objective=spec("ipo", beta=BETA, lengthNormalized=True), clamped=False),
          d.on_policy(d.squared(BETA, d.averaged_ratios), False), trl.dpo("ipo", BETA, use_weighting=True),
          DPO + " (use_weighting)"),
    entry("wpo clamped", spec("wpo", objective=spec("dpo", beta=BETA), clamped=True),
          d.on_policy(d.logistic(BETA), True), source=PAPER),
    entry("fdpo reverse KL", spec("fdpo", beta=BETA, divergence="reverse-kl", alpha=0.5),
          d.logistic(BETA, d.divergence("reverse-kl")), trl.dpo("sigmoid", BETA, f_divergence="reverse_kl"), DPO),
    entry("fdpo forward KL", spec("fdpo", beta=BETA, divergence="forward-kl", alpha=0.5),
          d.logistic(BETA, d.divergence("forward-kl")), trl.dpo("sigmoid", BETA, f_divergence="forward_kl"), DPO),
    entry("fdpo Jensen-Shannon", spec("fdpo", beta=BETA, divergence="jensen-shannon", alpha=0.5),
          d.logistic(BETA, d.divergence("jensen-shannon")), trl.dpo("sigmoid", BETA, f_divergence="js_divergence"),
          DPO),
    # A quarter and these sums are exact in float32, the only type that this branch of TRL accepts on a CPU.
    entry("fdpo alpha", spec("fdpo", beta=BETA, divergence="alpha", alpha=0.25),
          d.logistic(BETA, d.divergence("alpha", 0.25)),
          trl.dpo("sigmoid", BETA, f_divergence="alpha_divergence", f_alpha=0.75, dtype=torch.float32),
          DPO + ", in float32; its coefficient is 1 - alpha", FLOAT32),
    entry("sigmoidnorm", spec("sigmoidnorm", beta=5.0), d.logistic(5.0, d.averaged_ratios),
          trl.dpo("sigmoid_norm", 5.0), DPO),
    entry("tdpo1", spec("tdpo1", beta=BETA), d.logistic(BETA, d.token_level(1.0, False)), source=PAPER),
    entry("tdpo2", spec("tdpo2", beta=BETA, alpha=0.5), d.logistic(BETA, d.token_level(0.5, True)), source=PAPER),
    entry("alphadpo", spec("alphadpo", beta=2.5, targetMargin=0.6, alpha=0.2),
          d.alpha_dpo(2.5, 0.6, 0.2, MOMENTS["mean"], MOMENTS["deviation"]), source=PAPER, moments=MOMENTS),
    entry("overbeta of dpo", spec("overbeta", objective=spec("dpo", beta=BETA)),
          d.over_beta(BETA, lambda m: d.sp(-BETA * m)), source=PAPER),
    entry("overbeta of ipo", spec("overbeta", objective=spec("ipo", beta=BETA, lengthNormalized=False)),
          d.over_beta(BETA, lambda m: (m - 1 / (2 * BETA)) ** 2), source=PAPER),
    entry("simper", spec("simper", beta=1.0), d.simper, source=PAPER),
    entry("madpo", spec("madpo", beta=BETA, leastCoefficient=0.5, mostCoefficient=2.0, steepness=1.0, threshold=2.0),
          d.madpo(BETA, 0.5, 2.0, 1.0, 2.0), source=PAPER),
    entry("gammadpo", spec("gammadpo", beta=BETA, targetMargin=4.0, tau=0.5),
          d.gamma_po(BETA, 4.0, 0.5, d.ratios, True), source=PAPER),
    entry("gammasimpo", spec("gammasimpo", beta=10.0, targetMargin=0.4, tau=10.0),
          d.gamma_po(10.0, 0.4, 10.0, d.averages, False), source=PAPER),
    entry("kto", spec("kto", beta=BETA, desirableWeight=1.0, undesirableWeight=1.3), d.kto(BETA, 1.0, 1.3),
          trl.kto("kto", BETA, 1.0, 1.3), "KTOTrainer._compute_loss", rows="answers"),
    entry("ktopair", spec("ktopair", beta=BETA, desirableWeight=1.0, undesirableWeight=1.3),
          d.kto_pair(BETA, 1.0, 1.3), source=PAPER),
    entry("nll", spec("nll", likelihood="batch-mean"), d.likelihood("batch-mean"), trl.dpo("sft", BETA),
          DPO + " (sft)"),
    entry("nll per response", spec("nll", likelihood="response-mean"), d.likelihood("response-mean"), source=PAPER),
    entry("sum", spec("sum", terms=[
        {"weight": 0.8, "objective": spec("dpo", beta=BETA)}, {"weight": 0.2, "objective": spec("bco", beta=BETA)},
        {"weight": 1.0, "objective": spec("nll", likelihood="batch-mean")}]),
        d.plus((0.8, d.logistic(BETA)), (0.2, d.bco(BETA)), (1, d.likelihood("batch-mean"))),
        trl.dpo(["sigmoid", "bco_pair", "sft"], BETA, [0.8, 0.2, 1.0]), DPO + " with loss_weights, the mix of MPO"),
]


def grid(x):
    """Multiples of 1/64: exact in decimal, in float64 and in float32, and so are their sums and differences."""
    return round(x * 64) / 64


def random_side(rng, size, spread):
    columns = {"tokens": [], **{name: [] for name in PAIR_QUANTITIES}}
    for _ in range(size):
        tokens = rng.choice([1, rng.randint(2, 30), rng.randint(2, 300)])
        reference = grid(-tokens * rng.uniform(0.3, 3.5))
        away = max(-75.0, min(75.0, rng.gauss(0, spread) * math.sqrt(tokens) / 4))
        policy = min(grid(reference + away), -1 / 64)
        row = {"tokens": tokens, "policy": policy, "reference": reference, "policy_tail": 0.0, "reference_tail": 0.0,
               "reference_kl": grid(tokens * rng.uniform(0, 0.1)), "log_collision": grid(-tokens * rng.uniform(0.2, 2)),
               "extrapolated": grid(policy + rng.gauss(0, 0.2)), "interpolated": grid(policy + rng.gauss(0, 0.2))}
        for name, value in row.items():
            columns[name].append(value)
    return columns


def has_ties(pairs):
    """Equal ranks may be matched either way by AOT: loss and derivatives are then not unique by row."""
    c, r = pairs["chosen"], pairs["rejected"]
    lists = [[a - b for a, b in zip(x, y)] for x, y in (
        (c["policy"], r["policy"]), (c["reference"], r["reference"]),
        (c["policy"], c["reference"]), (r["policy"], r["reference"]))]
    return any(len(set(values)) < len(values) for values in lists)


def random_pairs(rng):
    size, spread = rng.randint(1, 6), rng.choice([0.3, 1, 3, 3, 10])
    while True:
        pairs = {side: random_side(rng, size, spread) for side in ("chosen", "rejected")}
        if not has_ties(pairs):
            break
    for i in range(size):
        shared = min(side["tokens"][i] for side in pairs.values())
        for side in pairs.values():
            share = max(0, side["tokens"][i] - shared) / side["tokens"][i] * rng.uniform(0.7, 1)
            side["policy_tail"][i] = grid(share * side["policy"][i])
            side["reference_tail"][i] = grid(share * side["reference"][i])
    return pairs


def random_answers(rng):
    size, spread = rng.randint(1, 8), rng.choice([0.3, 1, 3, 10])
    sides = {side: random_side(rng, size, spread) for side in ("chosen", "rejected", "mismatched")}
    for i in range(size):
        absent = sides[rng.choice(["chosen", "rejected"])]
        for column in absent.values():
            column[i] = 0
    return {side: {name: columns[name] for name in ("tokens", "policy", "reference")}
            for side, columns in sides.items()}


def tensors(batch):
    result = SimpleNamespace()
    for side, columns in batch.items():
        values = {name: torch.tensor(column, dtype=torch.float64) for name, column in columns.items()}
        for name in DIFFERENTIABLE:
            if name in values and side != "mismatched":
                values[name].requires_grad_()
        setattr(result, side, SimpleNamespace(**values))
    return result


def evaluated(loss, batch):
    """The mean loss of a batch and its derivatives; those by anything but the policy only where there are any."""
    b = tensors(batch)
    value = loss(b).mean()
    result = {"loss": value.item()}
    for name in ("chosen", "rejected"):
        side = getattr(b, name)
        present = [q for q in DIFFERENTIABLE if hasattr(side, q)]
        derivatives = torch.autograd.grad(value, [getattr(side, q) for q in present], allow_unused=True,
                                          retain_graph=True)
        result[name] = {}
        for q, derivative in zip(present, derivatives):
            derivative = torch.zeros_like(side.tokens) if derivative is None else derivative
            if q == "policy_tail":  # a response without a tail has no tokens that a derivative could reach
                derivative = derivative * (side.tokens > torch.minimum(b.chosen.tokens, b.rejected.tokens))
            if q == "policy" or bool(derivative.abs().max() > 0):
                result[name][q] = derivative.tolist()
    return result


def flat(result):
    """Loss, and derivatives by quantity: what is compared as one list, relative to its largest entry."""
    lists = {"loss": [result["loss"]]}
    for q in DIFFERENTIABLE:
        lists[q] = [x for side in ("chosen", "rejected")
                    for x in result[side].get(q, [0.0] * len(result[side]["policy"]))]
    return lists


def disagreement(a, b):
    worst, left, right = 0.0, flat(a), flat(b)
    for key in left:
        # 1 - sigmoid, as TRL writes it, has 16 digits of one and not of itself
        scale = max([1e-6, *(abs(x) for x in right[key])])
        worst = max([worst, *(abs(x - y) / scale for x, y in zip(left[key], right[key], strict=True))])
    return worst


def bco_history(batches):
    """BCO with its shift: the mean score of every answer so far, those of the batch included, as a constant."""
    scores, result = [], []
    for batch in batches:
        scores += [u for side in d.ratios(tensors(batch)) for u in side.tolist()]
        result.append(evaluated(d.bco(BETA, sum(scores) / len(scores)), batch))
    return result


def perturbation(batch, epsilon, beta):
    steps = d.perturbed_steps(tensors(batch))
    return {"betas": (beta / (1 + epsilon * steps)).tolist(), "next": (beta / (1 + epsilon * steps.mean())).item()}


def check_fixed_points():
    """Values that were computed by hand and by another program long before this script."""
    side = dict(score=[0.0], policy_tail=[0.0], reference_tail=[0.0], reference_kl=[0.0], log_collision=[0.0])
    a = {"chosen": dict(tokens=[10], policy=[-40.0], reference=[-42.0], **side),
         "rejected": dict(tokens=[13], policy=[-52.0], reference=[-50.0], **side)}
    known = {"dpo": 0.51301525, "cdpo": 0.55301525, "ipo": 1.0, "ipo per token": 21.58674556, "simpo": 0.97407698,
             "robustdpo": 0.46301525, "slichf": 4.0, "exo": 2.09922623, "nca": 1.29627774, "apozero": 0.90033201,
             "apodown": 0.95114634, "discopop": 0.81476314, "orpo": 4.06931472, "cpo": 4.26328247, "rrhf": 4.0,
             "rdpo": 0.53752811, "rpo per response": 4.51301525, "fdpo forward KL": 0.39483844,
             "fdpo Jensen-Shannon": 0.59813887, "alphadpo": 2.02184483}
    for objective in OBJECTIVES:
        if objective.name in known:
            loss = evaluated(objective.definition, a)["loss"]
            assert abs(loss - known[objective.name]) < 6e-9, (objective.name, loss)


def main():
    check_fixed_points()
    rng = random.Random(SEED)
    batches = {"pairs": [random_pairs(rng) for _ in range(COMPUTED)],
               "answers": [random_answers(rng) for _ in range(COMPUTED)]}
    scores = random.Random(SEED + 1)
    for batch in batches["pairs"]:
        for side in ("chosen", "rejected"):
            batch[side]["score"] = [grid(scores.gauss(0, 2)) for _ in batch[side]["tokens"]]
    recorded = []
    for o in OBJECTIVES:
        values, worst = [], 0.0
        for index, batch in enumerate(batches[o.rows]):
            own = evaluated(o.definition, batch)
            theirs = evaluated(o.trl, batch) if o.trl else own
            worst = max(worst, disagreement(own, theirs))
            if index < WRITTEN:
                values.append(theirs)
        assert worst < o.within, (o.name, worst)
        recorded.append({
            "name": o.name, "objective": o.spec, "rows": o.rows, "source": ("trl: " if o.trl else "") + o.source,
            "within": o.within, "definition_against_trl": float(f"{worst:.1e}") if o.trl else None,
            **({"moments": o.moments} if o.moments else {}), "values": rounded(values)})
        print(f"{o.name:28} {worst:.1e}" if o.trl else f"{o.name:28} definition only")
    written = batches["pairs"][:WRITTEN]
    dr_dpo, epsilon, small = d.dr_dpo(BETA, 0.7), 0.05, 0.02
    write_json(CORE_RESOURCES / "objectives.json", {
        "made_by": made_by("objectives.py", SEED, batches_computed=COMPUTED, float="float64", significant_digits=12),
        "pairs": written,
        "answers": batches["answers"][:WRITTEN],
        "objectives": recorded,
        "bco_history": rounded({"beta": BETA, "values": bco_history(written)}),
        "dr_dpo": rounded({"beta": BETA, "temperature": 0.7, "values": [evaluated(dr_dpo, b) for b in written]}),
        "perturbation": rounded({"beta": small, "epsilon": epsilon,
                                 "values": [perturbation(b, epsilon, small) for b in written]})})


if __name__ == "__main__":
    main()
