package org.betatron.training.online;

/// Hears of answers that were written to learn from, before anything is learned from them.
@FunctionalInterface
public interface RolloutListener {

    /// Hears nothing.
    RolloutListener NONE = (_, _) -> {};

    /// @param step    the first step that learns from them
    /// @param rollout answers and scores
    void written(long step, Rollout rollout);
}
