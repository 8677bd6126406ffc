package org.betatron.core.policy;

/// What a cost of leaving the reference is a part of.
public enum KlPlace {

    /// Taken off the reward before advantages are computed, and held constant: PPO, RLOO. With `K2`
    /// and `K3` an answer that has become less probable is punished for it, and vanishes in the
    /// end.
    REWARD,

    /// Added to the loss and differentiated: GRPO.
    LOSS
}
