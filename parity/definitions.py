"""Preference objectives written down from their papers: a loss per row, in float64, stop-gradients by detach."""

import math

import torch


def sp(x):
    """log(1 + e^x)"""
    return torch.logaddexp(x, torch.zeros_like(x))


def log_ratio(side):
    return side.policy - side.reference


def ratios(b):
    return log_ratio(b.chosen), log_ratio(b.rejected)


def sums(b):
    return b.chosen.policy, b.rejected.policy


def averages(b):
    return b.chosen.policy / b.chosen.tokens, b.rejected.policy / b.rejected.tokens


def averaged_ratios(b):
    chosen, rejected = ratios(b)
    return chosen / b.chosen.tokens, rejected / b.rejected.tokens


def difference(score):
    def of(b):
        chosen, rejected = score(b)
        return chosen - rejected

    return of


gap = difference(ratios)


def logistic(beta, score=ratios, target=0.0, eps=0.0):
    def loss(b):
        z = beta * (difference(score)(b) - target)
        return (1 - eps) * sp(-z) + eps * sp(z)

    return loss


def robust(beta, eps):
    return lambda b: ((1 - eps) * sp(-beta * gap(b)) - eps * sp(beta * gap(b))) / (1 - 2 * eps)


def hinge(beta, score=ratios, target=1.0):
    return lambda b: torch.relu(target - beta * difference(score)(b))


def squared(beta, score=ratios):
    return lambda b: (difference(score)(b) - 1 / (2 * beta)) ** 2


def exo(beta, eps):
    def loss(b):
        z = beta * gap(b)
        return torch.sigmoid(z) * (-sp(-z) - math.log(1 - eps)) + torch.sigmoid(-z) * (-sp(z) - math.log(eps))

    return loss


def nca(beta):
    def loss(b):
        chosen, rejected = (beta * u for u in ratios(b))
        return sp(-chosen) + 0.5 * sp(chosen) + 0.5 * sp(rejected)

    return loss


def bco(beta, shift=0.0):
    """`shift` in nats of the log-ratio; a constant."""

    def loss(b):
        chosen, rejected = (beta * (u - shift) for u in ratios(b))
        return sp(-chosen) + sp(rejected)

    return loss


def sppo(beta):
    def loss(b):
        chosen, rejected = ratios(b)
        return (chosen - 0.5 / beta) ** 2 + (rejected + 0.5 / beta) ** 2

    return loss


def apo_zero(beta):
    """Each answer by itself: on labelled answers the half that exists."""

    def loss(b):
        chosen, rejected = (beta * u for u in ratios(b))
        return (b.chosen.tokens > 0) * torch.sigmoid(-chosen) + (b.rejected.tokens > 0) * torch.sigmoid(rejected)

    return loss


def apo_down(beta):
    def loss(b):
        chosen, _ = (beta * u for u in ratios(b))
        return torch.sigmoid(chosen) + torch.sigmoid(-beta * gap(b))

    return loss


def aot(beta, eps, paired):
    def loss(b):
        if paired:
            first, second = b.chosen.policy - b.rejected.policy, b.chosen.reference - b.rejected.reference
        else:
            first, second = ratios(b)
        z = beta * (torch.sort(first).values - torch.sort(second).values)
        return (1 - eps) * sp(-z) + eps * sp(z)

    return loss


def discopop(beta, tau):
    def loss(b):
        z = beta * gap(b)
        blend = torch.sigmoid(z / tau)
        return (1 - blend) * sp(-z) + blend * torch.exp(-z)

    return loss


def likelihood(scale):
    def loss(b):
        total = -b.chosen.policy
        if scale == "response-mean":
            return total / b.chosen.tokens
        # the mean over rows of this is the mean over all tokens
        return total if scale == "sum" else total / b.chosen.tokens.mean()

    return loss


def plus(*terms):
    """Terms are (weight, loss)."""
    return lambda b: sum(weight * loss(b) for weight, loss in terms)


def log_odds(b):
    return tuple(a - torch.log(-torch.expm1(a)) for a in averages(b))


def orpo(beta):
    return lambda b: beta * sp(-difference(log_odds)(b)) - averages(b)[0]


def rrhf(beta):
    return plus((1, hinge(beta, averages, 0.0)), (1, likelihood("response-mean")))


def rdpo(beta, alpha):
    return lambda b: sp(-(beta * gap(b) + alpha * (b.chosen.tokens - b.rejected.tokens)))


def length_desensitised(tail, weighs_reference):
    def score(b):
        def side(s):
            reference = s.reference - ((1 - tail) * s.reference_tail if weighs_reference else 0)
            return s.policy - (1 - tail) * s.policy_tail - reference

        return side(b.chosen), side(b.rejected)

    return score


def on_policy(inner, clamped):
    def loss(b):
        weight = 1.0
        for s in (b.chosen, b.rejected):
            weight = weight * torch.exp((s.policy - s.log_collision) / s.tokens).detach()
        return (torch.clamp(weight, max=1) if clamped else weight) * inner(b)

    return loss


def divergence(kind, alpha=0.5):
    phi = {"reverse-kl": lambda u: u,
           "forward-kl": lambda u: -torch.exp(-u),
           "jensen-shannon": lambda u: -sp(-u),
           "alpha": lambda u: (1 - torch.exp(-alpha * u)) / alpha}[kind]
    return lambda b: tuple(phi(u) for u in ratios(b))


def token_level(alpha, stops):
    """TDPO: `stops` is whether the chosen response's divergence is a constant."""

    def score(b):
        chosen_kl = b.chosen.reference_kl.detach() if stops else b.chosen.reference_kl
        return (log_ratio(b.chosen) + alpha * chosen_kl, log_ratio(b.rejected) + alpha * b.rejected.reference_kl)

    return score


def alpha_dpo(beta, target, alpha, mean, deviation):
    def loss(b):
        adaptive = target + alpha * (difference(averaged_ratios)(b) - mean) / deviation
        return sp(-beta * (difference(averages)(b) - adaptive.detach()))

    return loss


def over_beta(beta, loss):
    """A loss of margins divided by beta, zero at a margin of zero: `loss(m)` gives the loss of margins."""
    return lambda b: (loss(difference(ratios)(b)) - loss(torch.zeros_like(b.chosen.policy))) / beta


def simper(b):
    chosen, rejected = averages(b)
    return rejected.exp() - chosen.exp()


def madpo(beta, least, most, steepness, threshold):
    def loss(b):
        h = b.chosen.score - b.rejected.score
        rise = (most - 1) / (1 - least) * torch.exp(steepness * (h.abs() - threshold))
        coefficient = least + (most - least) / (1 + rise)
        weight = torch.where(h > -threshold, torch.sigmoid(coefficient * h) / torch.sigmoid(h), torch.ones_like(h))
        return weight * sp(-beta * difference(ratios)(b))

    return loss


def gamma_po(beta, target, tau, score, centred):
    """Mirror descent over the batch, as the authors' code takes it, but for as many steps as it needs."""

    def loss(b):
        margin = difference(score)(b)
        reward = (beta * margin).detach()
        n, gamma_0 = len(reward), target * beta
        p = torch.full_like(reward, 1 / n)
        for _ in range(400):
            slope = tau * (1 + torch.log(n * p)) + gamma_0 * torch.sigmoid(gamma_0 * n * p - reward)
            p = p * torch.exp(-min(0.5 / tau, 1) * slope)
            p = p / p.sum()
        gamma = gamma_0 * n * p - (gamma_0 if centred else 0)
        return sp(-(beta * margin - gamma))

    return loss


def kto(beta, desirable, undesirable):
    def loss(b):
        z = torch.clamp(log_ratio(b.mismatched).mean(), min=0).detach()
        chosen, rejected = ratios(b)
        # a mask times a Python number would be float32
        return (desirable * torch.sigmoid(-beta * (chosen - z)) * (b.chosen.tokens > 0)
                + undesirable * torch.sigmoid(-beta * (z - rejected)) * (b.rejected.tokens > 0))

    return loss


def kto_pair(beta, desirable, undesirable):
    def loss(b):
        chosen, rejected = ratios(b)
        above, below = (torch.clamp(u.mean(), min=0).detach() for u in (rejected, chosen))
        return (desirable * torch.sigmoid(-beta * (chosen - above))
                + undesirable * torch.sigmoid(-beta * (below - rejected)))

    return loss


def dr_dpo(beta, temperature):
    """The batch loss itself."""
    return lambda b: -temperature * (torch.logsumexp(-logistic(beta)(b) / temperature, 0) - math.log(len(gap(b))))


def perturbed_steps(b):
    """The steps s of epsilon-DPO."""
    further = b.chosen.extrapolated - b.rejected.extrapolated
    here = b.chosen.policy - b.rejected.policy
    nearer = b.chosen.interpolated - b.rejected.interpolated
    up = torch.logical_and(further > here, here > nearer)
    down = torch.logical_and(further < here, here < nearer)
    return up.double() - down.double()
