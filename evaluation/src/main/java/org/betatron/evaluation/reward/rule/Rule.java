package org.betatron.evaluation.reward.rule;

import org.betatron.evaluation.reward.RewardFunction;
import org.betatron.evaluation.reward.RewardSource;

/// A reward function that knows its settings.
public interface Rule extends RewardFunction {

    /// @return name with every setting
    String identity();

    /// @return the rule as a source
    default RewardSource source() {
        return RewardFunction.source(identity(), this);
    }
}
