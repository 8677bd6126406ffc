package org.betatron.core.policy;

/// What rewards less their mean are divided by.
public enum RewardScale {

    /// Nothing, as Dr. GRPO has it: dividing weighs questions by how little answers differ.
    NONE,

    /// The deviation within the answers to a prompt, plus 1e-4.
    GROUP,

    /// The deviation of all answers of the rollout, plus 1e-4.
    BATCH
}
