package org.betatron.evaluation.reward.rule;

import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;

/// Punishes answers that the policy did not end: 0 for one that ended, -1 for one that was cut by
/// the limit of its length. TRL's `missing_eos_penalty` is its weight.
public record EndedRule() implements Rule {

    @Override
    public String identity() {
        return "ended";
    }

    @Override
    public double score(RewardPrompt prompt, WrittenText answer) {
        return answer.ended() ? 0 : -1;
    }
}
