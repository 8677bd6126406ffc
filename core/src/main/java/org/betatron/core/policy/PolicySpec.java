package org.betatron.core.policy;

import static org.betatron.core.Numbers.require;

import java.util.Arrays;
import org.betatron.core.Source;

/// How a policy learns from scored answers of its own, with its parameters.
///
/// Answers without a score take no part: their advantages are 0, and they are in no baseline.
public sealed interface PolicySpec {

    /// @return what it costs to leave the reference
    KlSpec kl();

    /// @return how far a rollout may move probabilities
    SurrogateSpec surrogate();

    /// @return how tokens make the loss of a batch
    LossAggregation aggregation();

    /// @return what a nat of entropy per token is worth, in units of the loss, ≥ 0
    double entropyBonus();

    /// @return answers to each prompt that it needs
    default int minSamples() {
        return 1;
    }

    /// @return whether answers that were cut teach nothing
    default boolean leavesOutCut() {
        return false;
    }

    /// @return whether advantages are taken against what a critic expects
    default boolean hasCritic() {
        return false;
    }

    /// @return what the critic learns
    /// @throws IllegalStateException if there is none
    default CriticSpec critic() {
        throw new IllegalStateException("there is no critic");
    }

    /// @param coefficient of the divergence, as it is now
    /// @return what each token of a rollout is worth
    Advantages advantages(ScoredAnswers answers, double coefficient);

    private static SurrogateSpec asymmetric(RatioLevel ratio, double clip, double clipHigh, double ceiling) {
        return new SurrogateSpec(ratio, clip, clipHigh, ceiling == 0 ? Double.POSITIVE_INFINITY : ceiling);
    }

    private static Advantages ofAnswers(ScoredAnswers answers, double[] advantages, double[] rewards) {
        return new Advantages(
                answers.overTokens(advantages),
                new double[0][],
                rewards,
                RewardShaping.numFlat(rewards, answers.scoredGroups()));
    }

    private static void requireClip(double clip) {
        require("clip", clip > 0 && clip <= 1, "in (0, 1]", clip);
    }

    private static void requireBonus(double entropyBonus) {
        require(
                "entropyBonus",
                entropyBonus >= 0 && entropyBonus < Double.POSITIVE_INFINITY,
                "in [0, ∞)",
                entropyBonus);
    }

    private static void requirePenalty(double missingEnd) {
        require("missingEnd", missingEnd >= 0 && missingEnd < Double.POSITIVE_INFINITY, "in [0, ∞)", missingEnd);
    }

    /// Group relative policy optimization: answers to a prompt are compared with each other.
    ///
    /// ```text
    /// A_i = (R_i - mean) / (deviation + 1e-4)        of the answers to the prompt
    /// loss = clipped surrogate + kl.coefficient k3        per token, aggregated
    /// ```
    ///
    /// Dr. GRPO (arXiv 2503.20783): `scale: none, aggregation: constant`. DAPO (arXiv 2503.14476):
    /// `clipHigh: 0.28, aggregation: tokens, leaveOutCut: true`, no KL. GSPO (arXiv 2507.18071):
    /// `ratio: mean` and a small clip.
    ///
    /// @param scale        what is divided by
    /// @param ratio        of what probabilities are compared
    /// @param clip         how far a ratio may fall below 1, in (0, 1]
    /// @param clipHigh     how far it may rise above 1, > 0
    /// @param ceiling      highest ratio of answers worse than others, > 1 + clipHigh; 0 for none
    /// @param aggregation  how tokens make a loss
    /// @param kl           cost of leaving the reference
    /// @param entropyBonus worth of a nat of entropy per token, ≥ 0
    /// @param leaveOutCut  whether answers that were cut at the most tokens teach nothing
    /// @param missingEnd   taken off the reward of answers that were cut, ≥ 0
    @Source("Shao et al. 2024, arXiv 2402.03300")
    record Grpo(
            RewardScale scale,
            RatioLevel ratio,
            double clip,
            double clipHigh,
            double ceiling,
            LossAggregation aggregation,
            KlSpec kl,
            double entropyBonus,
            boolean leaveOutCut,
            double missingEnd)
            implements PolicySpec {

        /// As published: clip 0.2, KL 0.04 in the loss.
        public static final Grpo DEFAULT = new Grpo(
                RewardScale.GROUP,
                RatioLevel.TOKEN,
                0.2,
                0.2,
                0,
                LossAggregation.ANSWERS,
                KlSpec.fixed(0.04, KlEstimator.K3, KlPlace.LOSS),
                0,
                false,
                0);

        /// Without division by length and deviation (arXiv 2503.20783); no KL, as its code.
        @Source("Liu et al. 2025, arXiv 2503.20783")
        public static final Grpo DR_GRPO = new Grpo(
                RewardScale.NONE,
                RatioLevel.TOKEN,
                0.2,
                0.2,
                0,
                LossAggregation.CONSTANT,
                KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS),
                0,
                false,
                0);

        /// Clipped higher above, every token alike, cut answers left out (arXiv 2503.14476); no KL.
        @Source("Yu et al. 2025, arXiv 2503.14476")
        public static final Grpo DAPO = new Grpo(
                RewardScale.GROUP,
                RatioLevel.TOKEN,
                0.2,
                0.28,
                0,
                LossAggregation.TOKENS,
                KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS),
                0,
                true,
                0);

        /// Ratios of whole answers, per token (arXiv 2507.18071, its clip of 3e-4 and 4e-4); no KL.
        @Source("Zheng et al. 2025, arXiv 2507.18071")
        public static final Grpo GSPO = new Grpo(
                RewardScale.GROUP,
                RatioLevel.MEAN,
                3e-4,
                4e-4,
                0,
                LossAggregation.ANSWERS,
                KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS),
                0,
                false,
                0);

        public Grpo {
            requireClip(clip);
            require("clipHigh", clipHigh > 0, "in (0, ∞]", clipHigh);
            require("ceiling", ceiling == 0 || ceiling > 1 + clipHigh, "0 or above 1 + clipHigh", ceiling);
            requireBonus(entropyBonus);
            requirePenalty(missingEnd);
        }

        @Override
        public SurrogateSpec surrogate() {
            return asymmetric(ratio, clip, clipHigh, ceiling);
        }

        @Override
        public int minSamples() {
            return 2;
        }

        @Override
        public boolean leavesOutCut() {
            return leaveOutCut;
        }

        @Override
        public Advantages advantages(ScoredAnswers answers, double coefficient) {
            double[] rewards = RewardShaping.rewards(answers, missingEnd, kl, coefficient);
            return ofAnswers(answers, RewardShaping.ofGroups(rewards, answers.scoredGroups(), scale), rewards);
        }
    }

    /// REINFORCE leave-one-out: each answer is compared with the mean of the others to its prompt.
    ///
    /// ```text
    /// R_i = score - kl.coefficient sum_t KL_t        A_i = R_i - mean of the other R
    /// loss = clipped surrogate of answers
    /// ```
    ///
    /// Where answers are learned from once the ratio is 1, and the gradient is the paper's,
    /// `-A_i grad log p(y_i)`.
    ///
    /// @param clip         how far the ratio of an answer may be from 1, in (0, 1]
    /// @param kl           cost of leaving the reference; as a part of the loss it is the mean over
    ///     an answer's tokens, and of the reward their sum
    /// @param normalize    whether advantages get mean 0 and deviation 1 over the rollout, but for
    ///     answers that are compared with nothing; no in the paper
    /// @param entropyBonus worth of a nat of entropy per token, ≥ 0
    /// @param missingEnd   taken off the reward of answers that were cut, ≥ 0
    @Source("Ahmadian et al. 2024, arXiv 2402.14740")
    record Rloo(double clip, KlSpec kl, boolean normalize, double entropyBonus, double missingEnd)
            implements PolicySpec {

        /// As in TRL: clip 0.2, KL 0.05 in the reward.
        public static final Rloo DEFAULT =
                new Rloo(0.2, KlSpec.fixed(0.05, KlEstimator.K1, KlPlace.REWARD), false, 0, 0);

        public Rloo {
            requireClip(clip);
            requireBonus(entropyBonus);
            requirePenalty(missingEnd);
        }

        @Override
        public SurrogateSpec surrogate() {
            return SurrogateSpec.clipped(RatioLevel.ANSWER, clip);
        }

        @Override
        public LossAggregation aggregation() {
            return LossAggregation.ANSWERS;
        }

        @Override
        public int minSamples() {
            return 2;
        }

        @Override
        public Advantages advantages(ScoredAnswers answers, double coefficient) {
            double[] rewards = RewardShaping.rewards(answers, missingEnd, kl, coefficient);
            double[] advantages = RewardShaping.leaveOneOut(rewards, answers.scoredGroups());
            return ofAnswers(
                    answers,
                    normalize ? RewardShaping.normalized(advantages, answers.compared()) : advantages,
                    rewards);
        }
    }

    /// REINFORCE with a baseline.
    ///
    /// ```text
    /// R_i = score - kl.coefficient sum_t KL_t        loss = -1/B sum_i (R_i - baseline) log p(y_i)
    /// ```
    ///
    /// @param baseline     what rewards are compared with
    /// @param normalize    whether advantages get mean 0 and deviation 1 over the rollout
    /// @param kl           cost of leaving the reference
    /// @param entropyBonus worth of a nat of entropy per token, ≥ 0
    /// @param missingEnd   taken off the reward of answers that were cut, ≥ 0
    @Source("Williams 1992, Machine Learning 8")
    record Reinforce(Baseline baseline, boolean normalize, KlSpec kl, double entropyBonus, double missingEnd)
            implements PolicySpec {

        /// The mean of the rollout as baseline, KL 0.05 in the reward; ours.
        public static final Reinforce DEFAULT =
                new Reinforce(Baseline.BATCH, false, KlSpec.fixed(0.05, KlEstimator.K1, KlPlace.REWARD), 0, 0);

        public Reinforce {
            requireBonus(entropyBonus);
            requirePenalty(missingEnd);
        }

        @Override
        public SurrogateSpec surrogate() {
            return SurrogateSpec.clipped(RatioLevel.NONE, 1);
        }

        /// The log-prob of an answer is the sum over its tokens, so its loss is not a mean over
        /// them. Nor are divergence and entropy where they are a part of the loss.
        @Override
        public LossAggregation aggregation() {
            return LossAggregation.SUMS;
        }

        @Override
        public int minSamples() {
            return baseline == Baseline.GROUP ? 2 : 1;
        }

        @Override
        public Advantages advantages(ScoredAnswers answers, double coefficient) {
            double[] rewards = RewardShaping.rewards(answers, missingEnd, kl, coefficient);
            int[] scored = answers.scored();
            double[] advantages = switch (baseline) {
                case NONE -> zeroWhereUnscored(rewards, scored);
                case BATCH -> RewardShaping.centred(rewards, scored);
                case GROUP -> RewardShaping.leaveOneOut(rewards, answers.scoredGroups());
            };
            int[] compared = baseline == Baseline.GROUP ? answers.compared() : scored;
            return ofAnswers(answers, normalize ? RewardShaping.normalized(advantages, compared) : advantages, rewards);
        }

        private static double[] zeroWhereUnscored(double[] rewards, int[] scored) {
            double[] advantages = new double[rewards.length];
            Arrays.stream(scored).forEach(i -> advantages[i] = rewards[i]);
            return advantages;
        }
    }

    /// Proximal policy optimization: a critic says what was to be expected at each token.
    ///
    /// ```text
    /// r_t = -kl.coefficient KL_t, + score at the last token
    /// A = GAE(r, V), whitened over the rollout
    /// loss = 1/N sum_t ( clipped surrogate + critic.coefficient critic's loss )
    /// ```
    ///
    /// @param gamma            discount of later rewards, in [0, 1]
    /// @param lambda           of GAE, in [0, 1]: 0 trusts the critic, 1 the rewards
    /// @param clip             how far a ratio may be from 1, in (0, 1]
    /// @param kl               cost of leaving the reference
    /// @param critic           what the critic learns
    /// @param whitenRewards    whether rewards of tokens get variance 1
    /// @param whitenAdvantages whether advantages of tokens get mean 0 and variance 1
    /// @param entropyBonus     worth of a nat of entropy per token, ≥ 0
    /// @param missingEnd       taken off the score of answers that were cut, ≥ 0
    @Source("Schulman et al. 2017, arXiv 1707.06347; for language models Ouyang et al. 2022, arXiv 2203.02155")
    record Ppo(
            double gamma,
            double lambda,
            double clip,
            KlSpec kl,
            CriticSpec critic,
            boolean whitenRewards,
            boolean whitenAdvantages,
            double entropyBonus,
            double missingEnd)
            implements PolicySpec {

        /// As in TRL: lambda 0.95, clip 0.2, KL 0.05 in the reward, the critic's loss a tenth.
        public static final Ppo DEFAULT = new Ppo(
                1,
                0.95,
                0.2,
                KlSpec.fixed(0.05, KlEstimator.K1, KlPlace.REWARD),
                new CriticSpec(0.1, 0.2, 1),
                false,
                true,
                0,
                0);

        public Ppo {
            require("gamma", gamma >= 0 && gamma <= 1, "in [0, 1]", gamma);
            require("lambda", lambda >= 0 && lambda <= 1, "in [0, 1]", lambda);
            requireClip(clip);
            requireBonus(entropyBonus);
            requirePenalty(missingEnd);
        }

        @Override
        public boolean hasCritic() {
            return true;
        }

        @Override
        public SurrogateSpec surrogate() {
            return SurrogateSpec.clipped(RatioLevel.TOKEN, clip);
        }

        @Override
        public LossAggregation aggregation() {
            return LossAggregation.TOKENS;
        }

        @Override
        public Advantages advantages(ScoredAnswers answers, double coefficient) {
            if (answers.values().length == 0) {
                throw new IllegalArgumentException(
                        "values of a critic must be given: ppo takes advantages against them");
            }
            double[] summed = RewardShaping.rewards(answers, missingEnd, kl, coefficient);
            double[] scores = RewardShaping.withoutEnd(answers, missingEnd);
            int[] scored = answers.scored();
            double[][] rewards = new double[answers.size()][];
            for (int i = 0; i < rewards.length; i++) {
                rewards[i] = new double[answers.length(i)];
            }
            for (int i : scored) {
                if (kl.place() == KlPlace.REWARD) {
                    Arrays.setAll(rewards[i], t -> -coefficient * kl.estimator().value(answers.logRatio(i, t)));
                }
                rewards[i][rewards[i].length - 1] += scores[i];
            }
            if (whitenRewards) {
                rewards = RewardShaping.whitened(rewards, scored, false);
            }
            double[][] advantages = new double[answers.size()][];
            double[][] returns = new double[answers.size()][];
            Arrays.setAll(advantages, i -> new double[answers.length(i)]);
            Arrays.setAll(returns, i -> answers.values()[i].clone());
            for (int i : scored) {
                double[] own = GeneralizedAdvantage.of(rewards[i], answers.values()[i], gamma, lambda);
                advantages[i] = own;
                Arrays.setAll(returns[i], t -> own[t] + answers.values()[i][t]);
            }
            return new Advantages(
                    whitenAdvantages ? RewardShaping.whitened(advantages, scored, true) : advantages,
                    returns,
                    summed,
                    0);
        }
    }
}
