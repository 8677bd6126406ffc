/// How good answers are that a policy has just written: sources of scores, and their weighted sum.
///
/// Main types: [org.betatron.evaluation.reward.RewardSource],
/// [org.betatron.evaluation.reward.WeightedRewards];
/// [org.betatron.evaluation.reward.RewardFunction] for a reward that is written in Java. Rules are
/// in `org.betatron.evaluation.reward.rule`; a reward model needs tensors and is in
/// `org.betatron.runs.reward`.
@NullMarked
package org.betatron.evaluation.reward;

import org.jspecify.annotations.NullMarked;
