package org.betatron.core.policy;

/// What a cost of leaving the reference is a part of.
public enum KlPlace {

    /// Taken off the reward before advantages are computed, and held constant: PPO, RLOO.
    REWARD,

    /// Added to the loss and differentiated: GRPO.
    LOSS
}
