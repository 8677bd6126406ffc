"""Steps of beta-DPO, transcribed into plain PyTorch from the published training code, in float64.

One step, on gaps A = (policy - reference of chosen) - (the same of rejected), without beta in them:

    M0    <- m M0    + (1 - m) mean(A)
    sigma <- m sigma + (1 - m) std(A)          both start at 0; the standard deviation is the unbiased one
    weights exp(-((A - M0) / sigma)^2 / 2)     with the updated statistics; the selection is drawn from them
    beta  = max(floor, beta0 (1 + a (mean of A over the selection - M0)))
    loss  = mean over the selection of -log sigmoid(beta A), beta held constant

The bias-corrected variant divides M0 and sigma by 1 - m^t wherever they are used.
"""

from common import CORE_RESOURCES, made_by, rounded, write_json

import torch

SEED = 20241023
MOMENTUM, A, BETA0, FLOOR, KEPT = 0.9, 0.6, 0.1, 1e-3, 0.8


class BetaDpo:
    """The state that the published trainer keeps between batches, and what it does with one batch."""

    def __init__(self, bias_corrected):
        self.gap_mean = torch.zeros(1, dtype=torch.float64)
        self.gap_std = torch.zeros(1, dtype=torch.float64)
        self.updates = 0
        self.bias_corrected = bias_corrected

    def step(self, gaps, selected=None, generator=None):
        gap = torch.tensor(gaps, dtype=torch.float64, requires_grad=True)
        with torch.no_grad():
            batch_mean, batch_std = gap.mean(), gap.std()
            self.gap_mean = MOMENTUM * self.gap_mean + (1 - MOMENTUM) * batch_mean
            self.gap_std = MOMENTUM * self.gap_std + (1 - MOMENTUM) * batch_std
            self.updates += 1
            correction = 1 - MOMENTUM**self.updates if self.bias_corrected else 1.0
            mean, std = self.gap_mean / correction, self.gap_std / correction
            log_weights = -0.5 * ((gap - mean) / std) ** 2
            if selected is None:
                count = max(1, int(len(gaps) * KEPT + 1e-9))
                drawn = torch.multinomial(torch.exp(log_weights), count, replacement=False, generator=generator)
                selected = sorted(drawn.tolist())
            mask = torch.zeros_like(gap)
            mask[selected] = 1
            used = gap[selected].mean()
            unclamped = BETA0 * (1 + A * (used - mean))
            beta = unclamped.clamp(min=FLOOR)
            per_pair_beta = (BETA0 * (1 + A * (gap - mean))).clamp(min=FLOOR)
        losses = -torch.nn.functional.logsigmoid(beta * gap)
        loss = (losses * mask).sum() / mask.sum()
        loss.backward()
        return {
            "gaps": gaps, "selected": selected,
            "batch_mean": batch_mean.item(), "batch_std": batch_std.item(),
            "gap_mean": self.gap_mean.item(), "gap_std": self.gap_std.item(),
            "used_mean": mean.item(), "used_std": std.item(),
            "log_weights": log_weights.tolist(),
            "selected_mean": used.item(), "beta_unclamped": unclamped.item(), "beta": beta.item(),
            "losses": losses.tolist(), "loss": loss.item(), "d_gap": gap.grad.tolist(),
            "per_pair_beta": per_pair_beta.tolist(),
        }


NOTED_GAPS = [[4.0, -2.0, 0.5, -12.0, 7.0, 1.0, 3.0, -1.0], [-6.0, -3.0, -9.0, 2.0, -4.0, -8.0, -5.0, -1.0]]
NOTED_SELECTIONS = [[0, 1, 2, 5, 6, 7], [0, 1, 3, 4, 6, 7]]


def two_steps(bias_corrected):
    trainer = BetaDpo(bias_corrected)
    return [trainer.step(g, s) for g, s in zip(NOTED_GAPS, NOTED_SELECTIONS)]


def long_batches():
    """Ten batches of changing size whose gaps drift upwards, as they do in training. Selections are drawn once, from
    the weights of the uncorrected statistics, and are then part of the record."""
    generator = torch.Generator().manual_seed(SEED)
    trainer = BetaDpo(False)
    batches = []
    for t, size in enumerate([8, 8, 16, 8, 5, 8, 2, 12, 8, 8]):
        gaps = (torch.randn(size, generator=generator, dtype=torch.float64) * 3 + 0.8 * t - 1).tolist()
        gaps = [round(g, 4) for g in gaps]
        batches.append((gaps, trainer.step(gaps, generator=generator)["selected"]))
    return batches


def close(actual, expected, tolerance=6e-9):
    for x, y in zip(actual, expected, strict=True):
        assert abs(x - y) < tolerance, (actual, expected)


def check_noted(raw, corrected):
    """The trace in the project's notes on the published code, computed there by another program. (The notes print the
    last number as 4.58373527; 0.87090972 / 0.19, from the same lines, is 4.58373537.)"""
    one, two = raw
    close([one["batch_mean"], one["batch_std"], one["gap_mean"], one["gap_std"], one["selected_mean"], one["beta"], one["loss"]],
          [0.0625, 5.65961571, 0.00625, 0.56596157, 0.91666667, 0.154625, 0.63767065])
    close(one["d_gap"], [-0.00902295, -0.01486210, -0.01238756, 0, 0, -0.01189119, -0.00994927, -0.01387964])
    close([two["gap_mean"], two["gap_std"], two["beta_unclamped"], two["beta"]], [-0.419375, 0.87090972, -0.0448375, 0.001])
    close([s[k] for s in corrected for k in ("used_mean", "used_std")], [0.0625, 5.65961571, -2.20723684, 4.58373537])


def main():
    raw, corrected = two_steps(False), two_steps(True)
    check_noted(raw, corrected)
    batches = long_batches()
    traces = []
    for name, is_corrected in (("raw", False), ("bias_corrected", True)):
        trainer = BetaDpo(is_corrected)
        steps = [trainer.step(g, s) for g, s in batches]
        traces += [{"name": "two_steps", "statistics": name, "steps": two_steps(is_corrected)},
                   {"name": "ten_steps", "statistics": name, "steps": steps}]
        print(name, [round(s["beta"], 4) for s in steps])
    write_json(CORE_RESOURCES / "beta_dpo_trace.json", {
        "made_by": made_by("beta_dpo_trace.py", SEED, float="float64", significant_digits=14),
        "parameters": {"momentum": MOMENTUM, "a": A, "beta0": BETA0, "beta_floor": FLOOR, "gap_scale": "raw",
                       "initial_gap_mean": 0.0, "initial_gap_std": 0.0, "order": "update, then use",
                       "std": "unbiased", "beta_from": "selected"},
        "traces": rounded(traces, 14)})


if __name__ == "__main__":
    main()
