package org.betatron.training.online;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.betatron.core.EditDistance;
import org.betatron.core.RandomStreams;
import org.betatron.generation.Answer;

/// Makes pairs of answers, at most one of each prompt.
///
/// @param spec    which ones
/// @param prompts what was asked
/// @param data    token ids of the data's answer to each prompt; empty where pairs are of own
///     answers only
record PairMaker(PairSpec spec, Prompts prompts, List<int[]> data) {

    /// @param rollout  answers
    /// @param members  those of one prompt
    /// @param seed     of the run
    /// @param number   of the pair, over all rollouts
    /// @return a pair; empty where the answers make none
    Optional<WrittenPair> pair(Rollout rollout, int[] members, long seed, long number) {
        RandomGenerator random = RandomStreams.stream(seed, "pairs", number);
        Optional<WrittenPair> pair = switch (spec) {
            case PairSpec.Best best -> best(best, rollout, members, random);
            case PairSpec.Data _ -> Optional.of(ofData(rollout, members[random.nextInt(members.length)]));
        };
        return pair.filter(made -> {
            double difference = difference(made.chosen(), made.rejected());
            return difference > 0 && difference >= spec.minDifference();
        });
    }

    /// Stands for a round that has no pair.
    ///
    /// @return an answer and itself, from which nothing can be learned
    WrittenPair alike(Rollout rollout) {
        Answer answer = rollout.answers().getFirst();
        return new WrittenPair(
                prompts.names().get(answer.prompt()),
                prompts.tokenIds().get(answer.prompt()),
                answer.tokenIds(),
                answer.tokenIds(),
                true,
                0,
                0);
    }

    private Optional<WrittenPair> best(PairSpec.Best best, Rollout rollout, int[] members, RandomGenerator random) {
        double[] scores = rollout.scores().totals();
        int[] ranked = Arrays.stream(members)
                .filter(i -> !Double.isNaN(scores[i]))
                .boxed()
                // Of equal ones the first.
                .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparingInt(i -> i))
                .mapToInt(Integer::intValue)
                .toArray();
        if (ranked.length < 2) {
            return Optional.empty();
        }
        int chosen = ranked[0];
        int[] lower = Arrays.stream(ranked)
                .filter(i -> scores[i] < scores[chosen] && scores[chosen] - scores[i] >= best.minGap())
                .toArray();
        if (lower.length == 0) {
            return Optional.empty();
        }
        int rejected = switch (best.against()) {
            case WORST -> lower[lower.length - 1];
            case RANDOM -> lower[random.nextInt(lower.length)];
        };
        Answer better = rollout.answers().get(chosen);
        return Optional.of(new WrittenPair(
                prompts.names().get(better.prompt()),
                prompts.tokenIds().get(better.prompt()),
                better.tokenIds(),
                rollout.answers().get(rejected).tokenIds(),
                true,
                scores[chosen],
                scores[rejected]));
    }

    private WrittenPair ofData(Rollout rollout, int own) {
        Answer answer = rollout.answers().get(own);
        return new WrittenPair(
                prompts.names().get(answer.prompt()),
                prompts.tokenIds().get(answer.prompt()),
                data.get(answer.prompt()),
                answer.tokenIds(),
                false,
                0,
                0);
    }

    /// @return fewest tokens to change, add or leave out to make one of the other, over the longer
    ///     one
    static double difference(int[] left, int[] right) {
        return EditDistance.of(left, right) / (double) Math.max(left.length, right.length);
    }
}
