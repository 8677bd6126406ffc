/// How a reward model learns from pairs: the Bradley-Terry loss of two scores.
///
/// Main types: [org.betatron.core.reward.RewardSpec], [org.betatron.core.reward.RewardLoss].
/// Objectives of language models are in `org.betatron.core.objective`.
@NullMarked
package org.betatron.core.reward;

import org.jspecify.annotations.NullMarked;
