"""TRL's own loss code, run on stand-in trainers whose models return given log-probabilities.

Every function here returns a function from a batch to the batch loss. A stand-in puts all of a response's
log-probability on its first token, and that of its tail on its last: sums, means and counts are what TRL sees.
"""

from collections import defaultdict
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from trl import DPOTrainer, KTOTrainer
from trl.experimental.cpo import CPOTrainer
from trl.experimental.orpo import ORPOTrainer


class Accelerator:
    """One process on the CPU."""

    device = torch.device("cpu")
    gather = gather_for_metrics = staticmethod(lambda x: x)


def token_mask(lengths):
    lengths = lengths.long()
    return (torch.arange(int(lengths.max())) < lengths[:, None]).long()


def on_tokens(sums, tails, lengths):
    """Per-token numbers that sum to `sums`, of which `tails` belong to the last token."""
    positions = torch.arange(int(lengths.max()))
    first, last = positions == 0, positions == (lengths.long()[:, None] - 1)
    return (sums - tails)[:, None] * first + tails[:, None] * last


def outputs_of(per_token, collisions):
    nothing = torch.zeros_like(per_token)
    return SimpleNamespace(log_probs=per_token, log_sum_sq_probs=collisions, entropy=nothing, mean_logits=nothing,
                           is_top1=nothing.bool())


def dpo(loss_types, beta, weights=None, label_smoothing=0.0, f_divergence="reverse_kl", f_alpha=1.0, ld_alpha=None,
        use_weighting=False, discopop_tau=0.05, dtype=torch.float64):
    """DPOTrainer._compute_loss."""
    loss_types = [loss_types] if isinstance(loss_types, str) else loss_types

    def loss(b):
        lengths = torch.cat([b.chosen.tokens, b.rejected.tokens])
        # one prompt token before each response: TRL scores a token from the position before it
        completion_mask = F.pad(token_mask(lengths), (1, 0))

        def column(name):
            return torch.cat([getattr(b.chosen, name), getattr(b.rejected, name)]).to(dtype)

        zeros = torch.zeros_like(lengths, dtype=dtype)
        policy = outputs_of(on_tokens(column("policy"), column("policy_tail"), lengths),
                            on_tokens(column("log_collision"), zeros, lengths))
        reference = outputs_of(on_tokens(column("reference"), column("reference_tail"), lengths), None)
        trainer = SimpleNamespace(
            model=SimpleNamespace(training=True, _modules={}), ref_model=lambda **_: reference, accelerator=Accelerator(),
            aux_loss_enabled=False, ld_alpha=ld_alpha, precompute_ref_logps=False, f_divergence_type=f_divergence,
            f_alpha_divergence_coef=f_alpha, loss_types=loss_types, loss_weights=weights or [1.0] * len(loss_types),
            beta=beta, label_smoothing=label_smoothing, use_weighting=use_weighting, _total_train_tokens=0, _tp_size=1,
            _metrics={"train": defaultdict(list)},
            args=SimpleNamespace(discopop_tau=discopop_tau, gradient_checkpointing_kwargs=None))
        trainer.model.is_gradient_checkpointing = False
        inputs = {"input_ids": torch.zeros_like(completion_mask), "attention_mask": torch.ones_like(completion_mask),
                  "completion_mask": completion_mask}
        return DPOTrainer._compute_loss(trainer, lambda **_: policy, inputs, False)

    return loss


def cpo(loss_type, beta, score, likelihood=None, cpo_alpha=0.0, label_smoothing=0.0, gamma=0.0):
    """CPOTrainer.get_batch_loss_metrics, with `score(batch)` in place of the log-probabilities of both sides."""

    def loss(b):
        trainer = SimpleNamespace(accelerator=Accelerator(), alpha=0.0, loss_type=loss_type, beta=beta,
                                  simpo_gamma=gamma, label_smoothing=label_smoothing, cpo_alpha=cpo_alpha,
                                  aux_loss_enabled=False)
        trainer.cpo_loss = lambda *log_probs: CPOTrainer.cpo_loss(trainer, *log_probs)
        nothing = torch.zeros(1)
        trainer.concatenated_forward = lambda *_: (
            *score(b), nothing, nothing, likelihood(b) if likelihood else torch.zeros((), dtype=torch.float64))
        return CPOTrainer.get_batch_loss_metrics(trainer, None, None)[0]

    return loss


def orpo(beta, score, likelihood):
    """ORPOTrainer.get_batch_loss_metrics; its odds are in float32."""

    def loss(b):
        trainer = SimpleNamespace(accelerator=Accelerator(), beta=beta, aux_loss_enabled=False)
        trainer.odds_ratio_loss = lambda *log_probs: ORPOTrainer.odds_ratio_loss(trainer, *log_probs)
        nothing = torch.zeros(1)
        trainer.concatenated_forward = lambda *_: (*score(b), nothing, nothing, likelihood(b))
        return ORPOTrainer.get_batch_loss_metrics(trainer, None, None)[0]

    return loss


def kto(loss_type, beta, desirable=1.0, undesirable=1.0):
    """KTOTrainer._compute_loss, on labelled answers."""

    def loss(b):
        is_chosen = b.chosen.tokens > 0
        lengths = torch.where(is_chosen, b.chosen.tokens, b.rejected.tokens)
        completion_mask = F.pad(token_mask(lengths), (1, 0))
        sums = torch.where(is_chosen, b.chosen.policy, b.rejected.policy)
        nothing = torch.zeros_like(sums)
        answers = outputs_of(on_tokens(sums, nothing, lengths), None)
        trainer = SimpleNamespace(
            model=SimpleNamespace(training=True, _modules={}), accelerator=Accelerator(), aux_loss_enabled=False,
            precompute_ref_logps=True, calculate_KL=loss_type == "kto", loss_type=loss_type, beta=beta,
            desirable_weight=desirable, undesirable_weight=undesirable, _total_train_tokens=0, _tp_size=1,
            _compute_kl_logps=lambda *_: b.mismatched.policy, _metrics={"train": defaultdict(list)})
        inputs = {"input_ids": torch.zeros_like(completion_mask), "attention_mask": torch.ones_like(completion_mask),
                  "completion_mask": completion_mask, "label": is_chosen,
                  "ref_logps": torch.where(is_chosen, b.chosen.reference, b.rejected.reference),
                  "ref_KL_logps": b.mismatched.reference}
        return KTOTrainer._compute_loss(trainer, lambda **_: answers, inputs, False)

    return loss
