package org.betatron.core.policy;

/// Of what the probability now is compared with that when the answer was written.
public enum RatioLevel {

    /// Not compared: the loss is `-A log p`, as REINFORCE has it. Right where an answer is learned
    /// from once.
    NONE,

    /// Each token: PPO, GRPO.
    TOKEN,

    /// The geometric mean over the tokens of an answer: GSPO (arXiv 2507.18071).
    MEAN,

    /// The whole answer: RLOO.
    ANSWER
}
