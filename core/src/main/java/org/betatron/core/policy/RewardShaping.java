package org.betatron.core.policy;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What becomes of scores before they are compared. Pure functions.
final class RewardShaping {

    /// Added to deviations that rewards are divided by, as in TRL.
    private static final double EPSILON = 1e-4;

    /// Added to the variance of advantages that are whitened, as in TRL.
    private static final double VARIANCE_EPSILON = 1e-8;

    private RewardShaping() {}

    /// @param missingEnd  taken off an answer that was cut, ≥ 0
    /// @param kl          what of it is taken off; nothing where it is a part of the loss
    /// @param coefficient of that
    /// @return rewards of whole answers; NaN where there is no score
    static double[] rewards(ScoredAnswers answers, double missingEnd, KlSpec kl, double coefficient) {
        double[] rewards = withoutEnd(answers, missingEnd);
        if (kl.place() == KlPlace.REWARD && coefficient > 0) {
            if (answers.reference().length == 0) {
                throw new IllegalArgumentException("log-probs of a reference must be given: leaving it costs "
                        + coefficient + " per nat of the reward");
            }
            Arrays.setAll(rewards, i -> rewards[i] - coefficient * answers.kl(kl.estimator(), i));
        }
        return rewards;
    }

    /// @return scores, less what is taken off answers that were cut
    static double[] withoutEnd(ScoredAnswers answers, double missingEnd) {
        double[] rewards = new double[answers.size()];
        Arrays.setAll(rewards, i -> answers.scores()[i] - (answers.ended()[i] ? 0 : missingEnd));
        return rewards;
    }

    /// @return groups of several answers with the same reward
    static int numFlat(double[] rewards, int[][] groups) {
        return (int) Arrays.stream(groups)
                .filter(members -> members.length > 1 && isFlat(rewards, members))
                .count();
    }

    static boolean isFlat(double[] values, int[] members) {
        return Arrays.stream(members).allMatch(i -> values[i] == values[members[0]]);
    }

    static double mean(double[] values, int[] members) {
        return Arrays.stream(members).mapToDouble(i -> values[i]).average().orElse(0);
    }

    /// @return deviation over `n - 1`; 0 of fewer than two
    static double deviation(double[] values, int[] members) {
        if (members.length < 2) {
            return 0;
        }
        double mean = mean(values, members);
        double squares = Arrays.stream(members)
                .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                .sum();
        return Math.sqrt(squares / (members.length - 1));
    }

    /// `(R_i - mean of the group) / (deviation + 1e-4)`; 0 in groups where all rewards are the
    /// same.
    static double[] ofGroups(double[] rewards, int[][] groups, RewardScale scale) {
        double[] advantages = new double[rewards.length];
        int[] all = Arrays.stream(groups).flatMapToInt(IntStream::of).toArray();
        double ofBatch = deviation(rewards, all);
        for (int[] members : groups) {
            // A sum of equal numbers is rounded: their mean would differ from them by nothing that they say.
            if (isFlat(rewards, members)) {
                continue;
            }
            double mean = mean(rewards, members);
            double divisor = switch (scale) {
                case NONE -> 1;
                case GROUP -> deviation(rewards, members) + EPSILON;
                case BATCH -> ofBatch + EPSILON;
            };
            for (int i : members) {
                advantages[i] = (rewards[i] - mean) / divisor;
            }
        }
        return advantages;
    }

    /// `R_i` less the mean of the other answers to the prompt; 0 where there is no other.
    static double[] leaveOneOut(double[] rewards, int[][] groups) {
        double[] advantages = new double[rewards.length];
        for (int[] members : groups) {
            if (members.length > 1 && !isFlat(rewards, members)) {
                double sum = Arrays.stream(members).mapToDouble(i -> rewards[i]).sum();
                for (int i : members) {
                    advantages[i] = rewards[i] - (sum - rewards[i]) / (members.length - 1);
                }
            }
        }
        return advantages;
    }

    /// `R_i` less the mean over all answers with a score; 0 where they are all the same.
    static double[] centred(double[] rewards, int[] scored) {
        return ofGroups(rewards, new int[][] {scored}, RewardScale.NONE);
    }

    /// `(A_i - mean) / (deviation + 1e-4)` over answers that were compared with something; 0 of the
    /// others.
    static double[] normalized(double[] advantages, int[] compared) {
        return ofGroups(advantages, new int[][] {compared}, RewardScale.GROUP);
    }

    /// Numbers of tokens at variance 1, over all tokens of some answers.
    ///
    /// @param answers which ones
    /// @param centred whether their mean becomes 0; otherwise it stays
    static double[][] whitened(double[][] values, int[] answers, boolean centred) {
        double[] all = Arrays.stream(answers)
                .mapToObj(i -> values[i])
                .flatMapToDouble(DoubleStream::of)
                .toArray();
        double[][] whitened = new double[values.length][];
        Arrays.setAll(whitened, i -> new double[values[i].length]);
        if (all.length == 0) {
            return whitened;
        }
        int[] indices = IntStream.range(0, all.length).toArray();
        // The mean of equal numbers is rounded, and may differ from them by what the factor makes large.
        double mean = isFlat(all, indices) ? all[0] : mean(all, indices);
        double deviation = isFlat(all, indices) ? 0 : deviation(all, indices);
        double factor = 1 / Math.sqrt(deviation * deviation + VARIANCE_EPSILON);
        for (int i : answers) {
            Arrays.setAll(whitened[i], t -> (values[i][t] - mean) * factor);
        }
        if (!centred) {
            for (int i : answers) {
                Arrays.setAll(whitened[i], t -> whitened[i][t] + mean);
            }
        }
        return whitened;
    }
}
