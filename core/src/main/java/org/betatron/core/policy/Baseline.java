package org.betatron.core.policy;

/// What rewards are compared with.
public enum Baseline {

    /// Nothing.
    NONE,

    /// The mean of the other answers to the prompt.
    GROUP,

    /// The mean of all answers of the rollout.
    BATCH
}
