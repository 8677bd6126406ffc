"""Policy-gradient methods on random batches: TRL's own code for GRPO, RLOO and PPO, and definitions of our own.

    python -m pip install --no-deps --target parity/.venv/trl-1.12.0 trl==1.12.0
    OMP_NUM_THREADS=1 python parity/trl_policy.py [--ppo parity/.venv/trl-1.12.0]

GRPO and RLOO are those of the pinned TRL. Its last release with PPO is 1.12.0, of which only source text is read.
Losses of GRPO and RLOO are `_compute_loss` on stand-in trainers whose "model" returns given log-probs. Advantages of both,
and all of PPO, are in the middle of long methods that also generate: the statements, found by the variables that they
assign, are cut from the installed source and executed as they are. `made_by.executed` says which lines.

Everything is float64 (`torch.set_default_dtype`), where TRL's trainers have rewards and weights in float32; fractions
of clipping are float32 in TRL.

The file, trl-policy.json. Lists are ragged: one entry per token of a response, no padding. Log-probs are in nats. What
is null was None or NaN in Python.

- `grpoBatches` = `[{name, parts, responses, maxTokens}]`. A response is `{logProbs, oldLogProbs, referenceLogProbs,
  advantage}`. `parts` are the numbers of consecutive responses of each micro-batch of one optimizer step.
- `grpoLosses` = `[{name, settings, values}]`, one of `values` for each of `grpoBatches`:
  `{loss, gradients, metrics}`. `loss` and `gradients` (by `logProbs`) are those of the whole step, the sum over its
  micro-batches as TRL scales them. `metrics` is a list, one object for each micro-batch, in TRL's names:
  `clip_ratio/low_mean`: share of terms (tokens; responses if the ratio is of a sequence) with ratio < 1 - epsilonLow and
  advantage < 0; `/high_mean`: ratio > 1 + epsilonHigh and advantage > 0; `/region_mean`: either; `/low_min`, `/high_max`:
  least and largest share of a response (responses without tokens are left out); `kl`: mean over tokens of what beta
  multiplies. The ratio is after the limit `delta`.
- `grpoAdvantages` = `[{name, settings, rewards, advantages, zeroSpread}]`: `rewards` is a row per response, a column per
  reward function; responses of a group of `groupSize` follow each other. `zeroSpread` is TRL's share of responses whose
  group (or batch) has the standard deviation 0.
- `rlooBatches`, `rlooLosses`: as for GRPO; ratio of a response; the mean over parts, as transformers' Trainer takes it;
  `low_min` and `high_max` are of 0 and 1 for each response.
- `rlooAdvantages` = `[{name, settings, rewards, oldLogProbs, referenceLogProbs, advantages, zeroSpread}]`; the `clip` of
  the settings is that of rewards, `[least, most]`.
- `ppo` = `[{name, settings, responses, whole, update}]`. Of a response:
  `tokens`, `hasEnd`, `score` (before the penalty for a missing end); `oldLogProbs`,
  `referenceLogProbs`, `newLogProbs`, `logProbGradients` and whitened `advantages`, one per token; `values`, `newValues`,
  `valueGradients`, `rewards` (KL penalty and score), `usedRewards` (whitened where that is set), `rawAdvantages` and
  `returns`, one per value. Where a response is followed by padding TRL has one value more than tokens, and the score is
  the reward of that step: these lists then have tokens + 1 entries. `whole`: no response is followed by padding.
  `update` = `{policyLoss, valueLoss, loss, policyClipFraction, valueClipFraction, approximateKl, meanRatio}` of all
  responses as one micro-batch, the last two over padding too; `paddedTokens` is the width of a padded row.
- `definitions`: numbers by this script's own numpy, from the papers: `generalizedAdvantages` (the double sum of Schulman
  et al. 2016), `klEstimators` (Schulman 2020, values and derivatives, and exact expectations over a vocabulary),
  `adaptiveKl` (Ziegler et al. 2019).
"""

import argparse
import ast
import math
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from common import ROOT, made_by, rounded, write_json

import numpy as np
import torch
import trl.trainer.grpo_trainer as grpo_trainer
import trl.trainer.rloo_trainer as rloo_trainer
from trl import GRPOTrainer, RLOOTrainer

SEED = 20231127
TARGET = ROOT / "core/src/test/resources/org/betatron/core/policy/trl-policy.json"
PAD, END = 0, 1
DIGITS = 13  # of results

torch.set_default_dtype(torch.float64)
executed = {}


# ---- TRL's code ----


class Accelerator:
    """One process on the CPU."""

    device = torch.device("cpu")
    num_processes = 1
    process_index = 0
    gather = gather_for_metrics = staticmethod(lambda x: x)
    reduce = staticmethod(lambda x, reduction: x)
    backward = staticmethod(lambda loss: loss.backward())

    @contextmanager
    def accumulate(self, model):
        yield


class Source:
    """Statements of an installed source file, by what they assign."""

    def __init__(self, file, name):
        self.text, self.name = Path(file).read_text(), name
        self.tree = ast.parse(self.text)

    def definitions(self, *names):
        """Functions, and a constant that is named first."""
        nodes = [node for node in self.tree.body
                 if getattr(node, "name", None) in names or self.index([node], names[0]) == 0]
        assert len(nodes) == len(names), f"{self.name} lacks some of {names}"
        for node in nodes:
            executed[f"{self.name}: {getattr(node, 'name', names[0])}"] = [[node.lineno, node.end_lineno]]
        return compile(ast.Module(nodes, []), self.name, "exec")

    def block(self, method, first, last=None):
        """The statements of one block from the first that assigns `first` to the first after it that assigns `last`, or to
        the end of the block."""
        found = []
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef) and function.name == method:
                for node in ast.walk(function):
                    for block in (getattr(node, key, None) for key in ("body", "orelse")):
                        if isinstance(block, list):
                            start = self.index(block, first)
                            end = self.index(block[start or 0:], last) if last else len(block)
                            if start is not None and end is not None:
                                found.append(block[start: start + end + 1])
        assert len(found) == 1, f"{self.name}.{method}: {len(found)} blocks assign {first} and {last}"
        return found[0]

    def statements(self, method, first, last=None):
        return self.compiled(self.block(method, first, last), method)

    @staticmethod
    def index(block, name):
        return next((i for i, statement in enumerate(block) if isinstance(statement, ast.Assign)
                     and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)), None)

    def compiled(self, nodes, where):
        lines = executed.setdefault(f"{self.name}: {where}", [])
        span = [nodes[0].lineno, nodes[-1].end_lineno]
        if span not in lines:
            lines.append(span)
        return compile(ast.Module(nodes, []), self.name, "exec")


def padded(rows, value=0.0):
    longest = max(map(len, rows))
    return torch.tensor([list(row) + [value] * (longest - len(row)) for row in rows])


def masks(rows):
    return padded([[1] * len(row) for row in rows], 0).long()


def ragged(tensor, lengths):
    return [row[:n] for row, n in zip(tensor.tolist(), lengths)]


def none_for_nan(values):
    if isinstance(values, list):
        return [none_for_nan(v) for v in values]
    return None if isinstance(values, float) and math.isnan(values) else values


def column(responses, key):
    return [response[key] for response in responses]


def metrics_of(trainer):
    return {key: none_for_nan(values)[0] for key, values in trainer._metrics["train"].items() if key != "entropy"}


def parts_of(batch):
    start = 0
    for count in batch["parts"]:
        yield batch["responses"][start: start + count]
        start += count


def part_inputs(part):
    mask = masks(column(part, "logProbs"))
    ids = torch.zeros_like(mask)
    return {"prompt_ids": ids[:, :1], "prompt_mask": torch.ones_like(ids[:, :1]), "completion_ids": ids,
            "completion_mask": mask, "advantages": torch.tensor(column(part, "advantage"))}


def stand_in(log_probs, **attributes):
    """A trainer whose model gives `log_probs`."""
    return SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *_, **__: (log_probs, torch.zeros_like(log_probs), None),
        model=SimpleNamespace(training=True), accelerator=Accelerator(), aux_loss_enabled=False,
        _metrics={"train": defaultdict(list)}, **attributes)


grpo_source = Source(grpo_trainer.__file__, "trl/trainer/grpo_trainer.py")
rloo_source = Source(rloo_trainer.__file__, "trl/trainer/rloo_trainer.py")


def grpo_loss(batch, settings):
    """GRPOTrainer._compute_loss on each micro-batch."""
    count = {"self": SimpleNamespace(accelerator=Accelerator()), "tool_mask": None,
             "completion_mask": masks(column(batch["responses"], "logProbs"))}
    exec(grpo_source.statements("_generate_and_score_completions", "loss_mask", "num_items_in_batch"), count)
    total, gradients, metrics = 0.0, [], []
    for part in parts_of(batch):
        leaf = padded(column(part, "logProbs")).requires_grad_(True)
        trainer = stand_in(
            leaf, top_entropy_quantile=1.0, off_policy_mask_threshold=None, use_vllm=False,
            vllm_importance_sampling_correction=False, _entropy_bonus_enabled=False, beta=settings["beta"],
            loss_type=settings["lossType"], importance_sampling_level=settings["ratioOf"],
            epsilon_low=settings["epsilonLow"], epsilon_high=settings["epsilonHigh"],
            max_completion_length=batch["maxTokens"], current_gradient_accumulation_steps=len(batch["parts"]),
            args=SimpleNamespace(delta=settings["delta"], use_bias_correction_kl=settings["klTimesRatio"],
                                 steps_per_generation=len(batch["parts"])))
        inputs = part_inputs(part) | {
            "old_per_token_logps": padded(column(part, "oldLogProbs")),
            "ref_per_token_logps": padded(column(part, "referenceLogProbs")),
            "num_items_in_batch": count["num_items_in_batch"]}
        loss = GRPOTrainer._compute_loss(trainer, None, inputs)
        loss.backward()
        total += loss.item()
        gradients += ragged(leaf.grad, map(len, column(part, "logProbs")))
        metrics.append(metrics_of(trainer))
    return {"loss": total, "gradients": gradients, "metrics": metrics}


def rloo_loss(batch, settings):
    """RLOOTrainer._compute_loss on each micro-batch, of which the Trainer takes the mean."""
    total, gradients, metrics = 0.0, [], []
    for part in parts_of(batch):
        leaf = padded(column(part, "logProbs")).requires_grad_(True)
        trainer = stand_in(leaf, epsilon_low=settings["epsilonLow"], epsilon_high=settings["epsilonHigh"])
        inputs = part_inputs(part)
        old = {"old_per_token_logps": padded(column(part, "oldLogProbs")), "completion_mask": inputs["completion_mask"]}
        exec(rloo_source.statements("_generate_and_score_completions", "old_logps", "old_logps"), old)
        loss = RLOOTrainer._compute_loss(trainer, None, inputs | {"old_logps": old["old_logps"]}) / len(batch["parts"])
        loss.backward()
        total += loss.item()
        gradients += ragged(leaf.grad, map(len, column(part, "logProbs")))
        metrics.append(metrics_of(trainer))
    return {"loss": total, "gradients": gradients, "metrics": metrics}


def advantages(source, module, rewards, settings, **more):
    """The statements of _generate_and_score_completions from rewards to advantages."""
    functions = torch.tensor([[math.nan if r is None else r for r in row] for row in rewards])
    trainer = SimpleNamespace(
        num_generations=settings["groupSize"], accelerator=Accelerator(), reward_weights=torch.tensor(settings["weights"]),
        reward_funcs=settings["weights"], scale_rewards=settings.get("scale"),
        multi_objective_aggregation=settings.get("aggregation"), beta=settings.get("beta"),
        reward_clip_range=settings.get("clip"), normalize_advantages=settings.get("normalize"))
    names = {**vars(module), "self": trainer, "mode": "train", "device": "cpu", "rewards_per_func": functions,
             "gather": lambda x: x, "num_generations": settings["groupSize"], **more}
    # RLOO assigns is_std_zero after its advantages
    exec(source.statements("_generate_and_score_completions", "unscorable_mask",
                           "advantages" if source is grpo_source else "is_std_zero"), names)
    return names


class Ppo:
    """The statements of PPOTrainer.train after generation. They are cut where one wants to look between them."""

    def __init__(self, directory):
        self.version = next(directory.glob("trl-*.dist-info")).name.removeprefix("trl-").removesuffix(".dist-info")
        source, tools = (Source(directory / "trl" / file, f"trl-{self.version}/{file}")
                         for file in ("experimental/ppo/ppo_trainer.py", "experimental/utils.py"))
        self.functions = {"torch": torch}
        exec(tools.definitions("first_true_indices"), self.functions)
        exec(source.definitions("INVALID_LOGPROB", "truncate_response", "masked_mean", "masked_var", "masked_whiten"),
             self.functions)
        self.lengths = source.statements("train", "postprocessed_response", "sequence_length")
        block = source.block("train", "contain_eos_token")
        start, end = source.index(block, "lastgaelam"), source.index(block, "returns") + 1
        assert isinstance(block[start - 1], ast.If) and ast.unparse(block[start - 1].test) == "args.whiten_rewards"
        assert source.index(block[end:], "advantages") == 0 and source.index(block[end + 1:], "advantages") == 0
        self.reward, self.whiten_rewards, self.estimate, self.whiten = (
            source.compiled(piece, "train") for piece in
            (block[:start - 1], block[start - 1: start], block[start:end], block[end: end + 2]))
        self.update = source.statements("train", "micro_batch_end")

    def run(self, responses, padded_tokens, settings):
        tokens = torch.tensor([[END + 1] * (r["tokens"] - 1) + [END if r["hasEnd"] else END + 1]
                               + [PAD] * (padded_tokens - r["tokens"]) for r in responses])
        count = len(responses)

        def full(key, filler):
            """As a model would give it, with any numbers where there is padding."""
            return torch.tensor([list(r[key]) + [filler] * (padded_tokens - len(r[key])) for r in responses])

        args = SimpleNamespace(
            missing_eos_penalty=settings["missingEndPenalty"], kl_estimator=settings["klEstimator"],
            kl_coef=settings["klCoefficient"], whiten_rewards=settings["whitenRewards"], gamma=settings["gamma"],
            lam=settings["lambda"], cliprange=settings["clip"], cliprange_value=settings["valueClip"],
            vf_coef=settings["valueCoefficient"], temperature=1.0, local_mini_batch_size=count,
            per_device_train_batch_size=count)
        names = {**self.functions, "args": args, "response": tokens, "query": tokens[:, :1], "responses": tokens,
                 "processing_class": SimpleNamespace(pad_token_id=PAD, eos_token_id=END)}
        names["self"] = SimpleNamespace(args=args, stop_token_id=END, processing_class=names["processing_class"])
        exec(self.lengths, names)
        names |= {"postprocessed_responses": names["postprocessed_response"],
                  "sequence_lengths": names["sequence_length"], "scores": torch.tensor(column(responses, "score")),
                  "logprobs": full("oldLogProbs", -3.0), "ref_logprobs": full("referenceLogProbs", -2.0),
                  "values": full("values", 7.0)}
        exec(self.reward, names)
        rewards = names["rewards"].clone()
        exec(self.whiten_rewards, names)
        exec(self.estimate, names)
        raw = names["advantages"].clone()
        exec(self.whiten, names)

        log_probs = full("newLogProbs", -4.0).requires_grad_(True)
        predicted = full("newValues", -6.0).requires_grad_(True)
        stats = {name: torch.zeros(1, 1, 1) for name in ("approxkl_stats", "pg_clipfrac_stats", "pg_loss_stats",
                                                       "vf_loss_stats", "vf_clipfrac_stats", "entropy_stats", "ratio_stats")}
        names |= stats | {
            "mini_batch_inds": np.arange(count), "micro_batch_start": 0, "query_responses": tokens, "context_length": 1,
            "model": None, "accelerator": Accelerator(), "ppo_epoch_idx": 0, "minibatch_idx": 0,
            "gradient_accumulation_idx": 0,
            "optimizer": SimpleNamespace(step=lambda: None, zero_grad=lambda: None),
            "forward": lambda *_: (SimpleNamespace(logits=torch.zeros(count, padded_tokens + 1, 2)),
                                   torch.nn.functional.pad(predicted, (0, 1))[:, :, None]),
            "selective_log_softmax": lambda logits, tokens: log_probs}
        exec(self.update, names)

        lengths, steps = column(responses, "tokens"), [len(r["values"]) for r in responses]
        per_response = {
            "rewards": ragged(rewards, steps), "usedRewards": ragged(names["rewards"], steps),
            "rawAdvantages": ragged(raw, steps), "returns": ragged(names["returns"], steps),
            "advantages": ragged(names["advantages"], lengths), "logProbGradients": ragged(log_probs.grad, lengths),
            "valueGradients": ragged(predicted.grad, steps)}
        for gradients, counts in ((log_probs.grad, lengths), (predicted.grad, steps)):
            assert all(not row[n:].any() for row, n in zip(gradients, counts))
        return ([{key: values[i] for key, values in per_response.items()} for i in range(count)],
                {"policyLoss": names["pg_loss"].item(), "valueLoss": names["vf_loss"].item(), "loss": names["loss"].item(),
                 "policyClipFraction": names["pg_clipfrac"].item(), "valueClipFraction": names["vf_clipfrac"].item(),
                 "approximateKl": names["approxkl"].item(), "meanRatio": names["ratio"].mean().item()})


# ---- random batches ----


def numbers(rng, count, mean, spread, most=math.inf):
    """Multiples of 1/1024: short in decimal, exact in binary."""
    return [min(round(float(x) * 1024) / 1024, most) for x in rng.normal(mean, spread, count)]


def log_probs(rng, near, spread):
    return [min(x, -1 / 64) for x in numbers(rng, len(near), near, spread)]


def policy_batch(name, rng, lengths, parts, spread, old_spread=1.0):
    responses = []
    for i, length in enumerate(lengths):
        old = [-abs(x) - 1 / 64 for x in numbers(rng, length, 0, old_spread)]
        new = log_probs(rng, old, spread) if spread else list(old)
        # an advantage of 0, as in groups of equal rewards
        advantage = 0.0 if i == 3 else numbers(rng, 1, 0, 1.2)[0]
        responses.append({"logProbs": new, "oldLogProbs": old, "referenceLogProbs": log_probs(rng, old, 0.5 + spread / 2),
                          "advantage": advantage})
    return {"name": name, "parts": parts, "maxTokens": 12, "responses": responses}


def policy_batches(rng, near=0.2):
    """@param near standard deviation of the log-ratio of a token where few are clipped"""
    return [
        policy_batch("near", rng, [1, 7, 3, 5, 9, 2, 4, 6], [8], near),
        policy_batch("far", rng, [6, 2, 8, 1, 3, 5, 7, 4], [8], 5 * near),
        policy_batch("not moved", rng, [3, 1, 5, 2], [4], 0.0),
        policy_batch("extreme", rng, [4, 2, 6, 1, 3, 5], [6], 9.0, 12.0),
        policy_batch("response without tokens", rng, [4, 0, 2, 6], [4], 0.5),
        policy_batch("two parts", rng, [9, 8, 7, 6, 1, 2, 3, 1], [4, 4], 0.3),
    ]


def grpo_settings():
    for loss_type in ("grpo", "bnpo", "dr_grpo", "dapo"):
        for ratio_of in ("token", "sequence"):
            for beta, times in ((0.0, False), (0.04, False), (0.04, True)):
                for delta in (None, 1.5):
                    name = f"{loss_type} {ratio_of}" + (f" beta {beta}" if beta else "") + (
                        " times ratio" if times else "") + (f" delta {delta}" if delta else "")
                    yield name, {"lossType": loss_type, "ratioOf": ratio_of, "beta": beta, "klTimesRatio": times,
                                 "epsilonLow": 0.2, "epsilonHigh": 0.28, "delta": delta}


def check_grpo(batch, settings, found):
    """The loss by a definition of our own."""
    epsilon_low, epsilon_high = settings["epsilonLow"], settings["epsilonHigh"]
    total_tokens = sum(len(r["logProbs"]) for r in batch["responses"])
    loss = 0.0
    for part in parts_of(batch):
        sums, counts = [], []
        for r in part:
            new, old, ref = (np.array(r[key]) for key in ("logProbs", "oldLogProbs", "referenceLogProbs"))
            mean = np.full(len(new), (new - old).sum() / max(len(new), 1))
            ratio = np.exp(new - old if settings["ratioOf"] == "token" else mean)
            limited = np.minimum(ratio, settings["delta"] or np.inf)
            term = -np.minimum(limited * r["advantage"], np.clip(ratio, 1 - epsilon_low, 1 + epsilon_high) * r["advantage"])
            kl = np.exp(ref - new) - (ref - new) - 1
            term = term + settings["beta"] * kl * (ratio if settings["klTimesRatio"] else 1)
            sums.append(term.sum())
            counts.append(len(new))
        loss += {"grpo": lambda: np.mean([s / max(n, 1) for s, n in zip(sums, counts)]) / len(batch["parts"]),
                 "bnpo": lambda: sum(sums) / sum(counts) / len(batch["parts"]),
                 "dr_grpo": lambda: sum(sums) / (len(part) * batch["maxTokens"]) / len(batch["parts"]),
                 "dapo": lambda: sum(sums) / total_tokens}[settings["lossType"]]()
    assert abs(loss - found["loss"]) <= 1e-12 * max(1, abs(loss)), (batch["name"], settings, loss, found["loss"])


def grpo_advantage_cases(rng):
    def rewards(groups, size, functions):
        return [[x for x in numbers(rng, functions, 0, 1.5)] for _ in range(groups * size)]

    two = rewards(3, 4, 2)
    equal = rewards(3, 4, 1)
    equal[4:8] = [[0.75]] * 4
    binary = [[float(x)] for x in rng.integers(0, 2, 16)]
    missing = rewards(4, 4, 2)
    missing[1][0] = None  # one function says nothing
    missing[5] = [None, None]  # no function says anything
    missing[8] = missing[9] = missing[10] = [None, None]  # one scored response is left
    missing[12:16] = [[None, None]] * 4
    for name, values, size, weights in (
            ("one function", rewards(4, 8, 1), 8, [1.0]), ("group of equals", equal, 4, [1.0]),
            ("zeros and ones", binary, 8, [1.0]), ("pairs", rewards(4, 2, 1), 2, [1.0]),
            ("all equal", [[0.5]] * 8, 4, [1.0]), ("nearly equal", [[0.5 + i / 1024] for i in range(8)], 4, [1.0]),
            ("two functions", two, 4, [0.5, 2.0]), ("nothing said", missing, 4, [1.0, 0.25])):
        for scale in ("group", "batch", "none"):
            yield f"{name}, {scale}", values, {"groupSize": size, "weights": weights, "scale": scale,
                                               "aggregation": "sum_then_normalize"}
        if len(weights) > 1:
            yield f"{name}, each normalized", values, {"groupSize": size, "weights": weights, "scale": None,
                                                       "aggregation": "normalize_then_sum"}


def rloo_advantage_cases(rng):
    def responses(count):
        old = [[-abs(x) for x in numbers(rng, int(n), 0, 1)] for n in rng.integers(1, 7, count)]
        return old, [log_probs(rng, row, 0.5) for row in old]

    one = [[x] for x in numbers(rng, 12, 0, 2)]
    two = [numbers(rng, 2, 0, 2) for _ in range(12)]
    equal = [[0.5]] * 8
    missing = [list(row) for row in two]
    missing[0][1] = None
    missing[2] = [None, None]
    missing[4] = missing[5] = missing[6] = [None, None]
    for name, values, weights in (("one function", one, [1.0]), ("two functions", two, [0.5, 2.0]),
                                  ("equal", equal, [1.0]), ("nothing said", missing, [1.0, 0.25])):
        for beta, clip, normalize in ((0.0, None, False), (0.05, None, False), (0.05, [-1.0, 1.0], False),
                                      (0.0, [-1.0, 1.0], True), (0.05, None, True)):
            old, reference = responses(len(values))
            label = name + (f", beta {beta}" if beta else "") + (", clipped" if clip else "") + (
                ", normalized" if normalize else "")
            yield label, values, old, reference, {"groupSize": 4, "weights": weights, "beta": beta, "clip": clip,
                                                  "normalize": normalize}


def ppo_cases(rng):
    base = {"klEstimator": "k1", "klCoefficient": 0.05, "missingEndPenalty": None, "whitenRewards": False, "gamma": 1.0,
            "lambda": 0.95, "clip": 0.2, "valueClip": 0.2, "valueCoefficient": 0.1}
    changes = [{}, {"klEstimator": "k3", "klCoefficient": 0.2}, {"missingEndPenalty": 1.0},
               {"whitenRewards": True, "gamma": 0.9}, {"gamma": 0.97, "lambda": 0.8, "klEstimator": "k3", "clip": 0.1},
               {"lambda": 1.0, "valueClip": 0.5, "valueCoefficient": 1.0}, {"lambda": 0.0, "gamma": 0.5}]
    for kind, lengths in (("whole", [6] * 4), ("ragged", [6, 2, 5, 1, 3])):
        for change in changes:
            responses = []
            for i, tokens in enumerate(lengths):
                steps = tokens + (tokens < 6)
                old = [-abs(x) - 1 / 64 for x in numbers(rng, tokens, 0, 1)]
                values = numbers(rng, steps, 0.2, 0.7)
                responses.append({
                    # what is followed by padding has ended, or else it would have gone on
                    "tokens": tokens, "hasEnd": tokens < 6 or i % 2 == 1, "score": numbers(rng, 1, 0, 1.5)[0],
                    "oldLogProbs": old, "referenceLogProbs": log_probs(rng, old, 0.4), "values": values,
                    "newLogProbs": log_probs(rng, old, 0.3), "newValues": numbers(rng, steps, values, 0.4)})
            name = kind + "".join(f", {key} {value}" for key, value in change.items())
            yield name, kind == "whole", responses, base | change


# ---- definitions of our own ----


def generalized_advantages(rewards, values, last, gamma, lam):
    """Schulman et al. 2016, section 3: the exponentially weighted mean of the k-step estimates."""
    count, extended, found = len(rewards), [*values, last], []
    for t in range(count):
        rest = count - t
        steps = [sum(gamma**l * rewards[t + l] for l in range(k)) + gamma**k * extended[t + k] - values[t]
                 for k in range(1, rest + 1)]
        found.append(sum((1 - lam) * lam ** (k - 1) * steps[k - 1] for k in range(1, rest)) + lam ** (rest - 1) * steps[-1])
    return found


def advantage_definitions(rng):
    cases = []
    for count, last, gamma, lam in ((6, 0.0, 1.0, 0.95), (6, 0.0, 0.9, 0.5), (5, 0.75, 0.97, 0.9), (4, 0.0, 1.0, 1.0),
                                    (4, -0.5, 0.9, 0.0), (1, 0.0, 1.0, 0.95)):
        rewards, values = numbers(rng, count, 0, 1), numbers(rng, count, 0, 1)
        found = generalized_advantages(rewards, values, last, gamma, lam)
        cases.append({"gamma": gamma, "lambda": lam, "rewards": rewards, "values": values, "valueAfterLast": last,
                      "advantages": found, "returns": [a + v for a, v in zip(found, values)]})
    return cases


def kl_definitions(rng):
    """With d = log p - log q at a sample of p: k1 = d, k2 = d^2 / 2, k3 = exp(-d) - 1 + d."""
    samples, vocabularies = [], []
    for difference in [0.0, 2.0**-20, -2.0**-20, *numbers(rng, 4, 0, 0.5), 5.0, -5.0, 20.0]:
        policy = -21.0
        reference = policy - difference
        d = policy - reference
        samples.append({"logProb": policy, "referenceLogProb": reference,
                        "k1": d, "k2": d * d / 2, "k3": float((-Decimal(d)).exp() - 1 + Decimal(d)),
                        "k1ByLogProb": 1.0, "k2ByLogProb": d, "k3ByLogProb": -math.expm1(-d)})
    for spread in (0.5, 2.0):
        logits, other = np.array(numbers(rng, 5, 0, spread)), np.array(numbers(rng, 5, 0, spread))
        log_p, log_q = (x - np.logaddexp.reduce(x) for x in (logits, other))
        p, q, d = np.exp(log_p), np.exp(log_q), log_p - log_q
        kl, squares = float(p @ d), float(p @ (d * d / 2))
        k3 = float(p @ (np.expm1(-d) + d))
        assert abs(k3 - kl) < 1e-14 * max(1, kl)
        jacobian = np.eye(5) - p  # row i: derivative of log p_i by the logits
        by_logits = p * (d - kl)  # of KL(p || q)
        means = {"k1": (p * 1.0) @ jacobian, "k2": (p * d) @ jacobian, "k3": (p * -np.expm1(-d)) @ jacobian}
        assert np.abs(means["k1"]).max() < 1e-15  # k1 as a loss teaches nothing
        assert np.abs(means["k2"] - by_logits).max() < 1e-14  # k2 as a loss has the derivative of KL(p || q)
        assert np.abs(means["k3"] - (p - q)).max() < 1e-14  # k3 as a loss has that of KL(q || p)
        vocabularies.append({
            "logits": logits.tolist(), "referenceLogits": other.tolist(), "kl": kl, "meanK1": kl, "meanK2": squares,
            "meanK3": k3, "klByLogits": by_logits.tolist(),
            "meanK2LossByLogits": means["k2"].tolist(), "meanK3LossByLogits": means["k3"].tolist()})
    return {"samples": samples, "vocabularies": vocabularies}


def adaptive_kl(rng):
    """Ziegler et al. 2019, section 2.2: e = clip(KL / target - 1, -0.2, 0.2), beta <- beta (1 + K e). K is rows / horizon,
    as their published code has it; the paper says 0.1."""
    traces = []
    for beta, target, horizon, rows in ((0.1, 6.0, 10000.0, 512), (0.2, 0.1, 100.0, 8)):
        start, observed, betas = beta, [abs(x) * target for x in numbers(rng, 10, 1, 0.5)] + [target, 0.0], []
        for kl in observed:
            beta *= 1 + min(max(kl / target - 1, -0.2), 0.2) * rows / horizon
            betas.append(beta)
        traces.append({"start": start, "target": target, "horizon": horizon, "rows": rows, "observedKl": observed,
                       "coefficients": betas})
    return traces


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ppo", type=Path, default=ROOT / "parity/.venv/trl-1.12.0", help="directory with trl 1.12.0")
    args = parser.parse_args()
    rng = np.random.default_rng(SEED)

    batches = policy_batches(rng)
    losses = []
    for name, settings in grpo_settings():
        values = [grpo_loss(batch, settings) for batch in batches]
        for batch, value in zip(batches, values):
            check_grpo(batch, settings, value)
        losses.append({"name": name, "settings": settings, "values": values})

    grpo = []
    for name, rewards, settings in grpo_advantage_cases(rng):
        found = advantages(grpo_source, grpo_trainer, rewards, settings)
        grpo.append({"name": name, "settings": settings, "rewards": rewards,
                     "advantages": found["advantages"].tolist(), "zeroSpread": found["is_std_zero"].double().mean().item()})

    rloo_batches = policy_batches(rng, 0.12)
    rloo_losses = []
    for low, high in ((0.2, 0.2), (0.2, 0.28)):
        settings = {"epsilonLow": low, "epsilonHigh": high}
        rloo_losses.append({"name": f"rloo {low} {high}", "settings": settings,
                            "values": [rloo_loss(batch, settings) for batch in rloo_batches]})
    rloo = []
    for name, rewards, old, reference, settings in rloo_advantage_cases(rng):
        found = advantages(rloo_source, rloo_trainer, rewards, settings, old_per_token_logps=padded(old),
                           ref_per_token_logps=padded(reference), completion_mask=masks(old))
        rloo.append({"name": name, "settings": settings, "rewards": rewards, "oldLogProbs": old,
                     "referenceLogProbs": reference, "advantages": found["advantages"].tolist(),
                     "zeroSpread": found["is_std_zero"].double().mean().item()})

    ppo, code = [], Ppo(args.ppo)
    for name, whole, responses, settings in ppo_cases(rng):
        found, update = code.run(responses, 6, settings)
        for given, response in zip(responses, found):
            expected = generalized_advantages(
                response["usedRewards"], given["values"], 0.0, settings["gamma"], settings["lambda"])
            assert np.allclose(response["rawAdvantages"], expected, rtol=0, atol=1e-12), name
        ppo.append({"name": name, "settings": settings, "whole": whole, "paddedTokens": 6,
                    "responses": [given | more for given, more in zip(responses, found)], "update": update})

    content = {
        "made_by": made_by(__file__, SEED, trl_of_ppo=code.version, executed=executed, computed_in="float64"),
        "grpoBatches": batches, "grpoLosses": losses, "grpoAdvantages": grpo, "rlooBatches": rloo_batches,
        "rlooLosses": rloo_losses, "rlooAdvantages": rloo, "ppo": ppo}
    assert rounded([batches, rloo_batches], DIGITS) == [batches, rloo_batches]  # inputs are exact
    content = rounded(content, DIGITS) | {
        "definitions": {"generalizedAdvantages": advantage_definitions(rng), "klEstimators": kl_definitions(rng),
                        "adaptiveKl": adaptive_kl(rng)}}
    write_json(TARGET, content)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
