package org.betatron.spark.executor;

import java.io.Serializable;

/// Who says in executors which answer is better.
public sealed interface JudgeChoice extends Serializable {

    /// The known reward of the controlled world.
    record World() implements JudgeChoice {}

    /// A reward model: the higher score is better.
    ///
    /// @param model that scores
    record Reward(ModelFiles model) implements JudgeChoice {}
}
