package org.betatron.core.policy;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Answers of one rollout and what they are worth. Arrays are lent, not to be written.
///
/// @param groups    number of each answer's prompt, `[n]`; answers to a prompt follow each other
/// @param scores    of each answer, `[n]`; NaN where it cannot be scored
/// @param ended     whether an answer ended by itself and was not cut at the most tokens, `[n]`
/// @param logProbs  of each token when the answer was written, nats, `[n][tokens]`
/// @param reference log-probs of the reference, `[n][tokens]`; `[0][]` where there is none
/// @param values    of a critic: reward to be expected before each token, `[n][tokens]`; `[0][]`
///     where there is none
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record ScoredAnswers(
        int[] groups, double[] scores, boolean[] ended, double[][] logProbs, double[][] reference, double[][] values) {

    public ScoredAnswers {
        int size = groups.length;
        if (size == 0
                || scores.length != size
                || ended.length != size
                || logProbs.length != size
                || (reference.length != size && reference.length != 0)
                || (values.length != size && values.length != 0)) {
            throw new IllegalArgumentException(
                    "answers must be at least one, with a group, a score, an end and log-probs"
                            + " each, but there were " + size + ", " + scores.length + ", " + ended.length + " and "
                            + logProbs.length + ", " + reference.length + " of the reference and " + values.length
                            + " values");
        }
        long runs = IntStream.range(0, size)
                .filter(i -> i == 0 || groups[i] != groups[i - 1])
                .count();
        if (runs != Arrays.stream(groups).distinct().count()) {
            throw new IllegalArgumentException(
                    "answers to a prompt must follow each other but their groups are " + Arrays.toString(groups));
        }
        for (int i = 0; i < size; i++) {
            int length = logProbs[i].length;
            if (length == 0
                    || (reference.length > 0 && reference[i].length != length)
                    || (values.length > 0 && values[i].length != length)) {
                throw new IllegalArgumentException(
                        "answer " + i + " must have at least one token, and as many numbers of reference and critic");
            }
            if (Double.isInfinite(scores[i])) {
                throw new IllegalArgumentException("score of answer " + i + " must be finite but was " + scores[i]);
            }
        }
    }

    public int size() {
        return groups.length;
    }

    public int length(int answer) {
        return logProbs[answer].length;
    }

    public boolean isScored(int answer) {
        return !Double.isNaN(scores[answer]);
    }

    /// @return `log p - log q` of a token; 0 where there is no reference
    double logRatio(int answer, int token) {
        return reference.length == 0 ? 0 : logProbs[answer][token] - reference[answer][token];
    }

    /// @return sum over its tokens of what an estimator counts, nats; 0 where there is no reference
    public double kl(KlEstimator estimator, int answer) {
        return reference.length == 0
                ? 0
                : IntStream.range(0, length(answer))
                        .mapToDouble(t -> estimator.value(logRatio(answer, t)))
                        .sum();
    }

    /// @return mean over all answers of the summed log-ratios, nats
    public double meanKl() {
        return IntStream.range(0, size())
                .mapToDouble(i -> kl(KlEstimator.K1, i))
                .average()
                .orElseThrow();
    }

    /// @return numbers of the scored answers of each group, groups in their order
    int[][] scoredGroups() {
        int[] starts = IntStream.range(0, size())
                .filter(i -> i == 0 || groups[i] != groups[i - 1])
                .toArray();
        int[][] members = new int[starts.length][];
        for (int g = 0; g < starts.length; g++) {
            int end = g + 1 < starts.length ? starts[g + 1] : size();
            members[g] = IntStream.range(starts[g], end).filter(this::isScored).toArray();
        }
        return members;
    }

    /// @return numbers of all scored answers
    int[] scored() {
        return IntStream.range(0, size()).filter(this::isScored).toArray();
    }

    /// @return numbers of all scored answers to prompts with another scored answer
    int[] compared() {
        return Arrays.stream(scoredGroups())
                .filter(members -> members.length > 1)
                .flatMapToInt(IntStream::of)
                .toArray();
    }

    /// @return the number of every token of an answer alike
    double[][] overTokens(double[] ofAnswers) {
        double[][] all = new double[size()][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new double[length(i)];
            Arrays.fill(all[i], ofAnswers[i]);
        }
        return all;
    }
}
