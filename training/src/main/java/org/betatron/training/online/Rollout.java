package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.CUT;
import static org.betatron.core.run.MetricNames.DISCARDED_PROMPTS;
import static org.betatron.core.run.MetricNames.EMPTY;
import static org.betatron.core.run.MetricNames.FLAT_GROUPS;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.SCORE;
import static org.betatron.core.run.MetricNames.SCORE_DEVIATION;
import static org.betatron.core.run.MetricNames.TOKENS;
import static org.betatron.core.run.MetricNames.UNSCORED;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.betatron.core.run.MetricNames;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;

/// Answers to some prompts, with their scores. Answers to a prompt follow each other.
///
/// @param answers     [Answer#prompt] is the number of the prompt among all of the run
/// @param groups      which of the asked prompts each answers, from 0; a prompt that was asked
///     twice counts twice
/// @param scores      of each
/// @param nextPrompt  prompts that were asked up to here, over all rollouts
/// @param numDiscarded prompts that were asked, and whose answers taught nothing
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record Rollout(List<Answer> answers, int[] groups, AnswerScores scores, long nextPrompt, int numDiscarded) {

    /// Nats per answer from where the run began.
    public static final String KL = ROLLOUT + MetricNames.KL;

    /// Different answers to a prompt over answers to it, mean over prompts.
    public static final String DISTINCT = ROLLOUT + MetricNames.DISTINCT;

    public int size() {
        return answers.size();
    }

    public int numGroups() {
        return groups.length == 0 ? 0 : groups[groups.length - 1] + 1;
    }

    /// @return numbers of the answers of each group
    public int[][] members() {
        return IntStream.range(0, numGroups())
                .mapToObj(group -> IntStream.range(0, size())
                        .filter(i -> groups[i] == group)
                        .toArray())
                .toArray(int[][]::new);
    }

    /// @return whether the scored answers of a group all have the same score, or fewer than two
    ///     have any
    boolean isFlat(int[] members) {
        double[] scored = Arrays.stream(members)
                .mapToDouble(i -> scores.totals()[i])
                .filter(score -> !Double.isNaN(score))
                .toArray();
        return scored.length < 2 || Arrays.stream(scored).allMatch(score -> score == scored[0]);
    }

    /// @return the groups with these numbers, numbered anew
    Rollout only(Collection<Integer> kept) {
        Set<Integer> wanted = new TreeSet<>(kept);
        int[] rows = IntStream.range(0, size())
                .filter(i -> wanted.contains(groups[i]))
                .toArray();
        Map<Integer, Integer> numbers = new HashMap<>();
        wanted.forEach(group -> numbers.put(group, numbers.size()));
        return new Rollout(
                Arrays.stream(rows).mapToObj(answers::get).toList(),
                Arrays.stream(rows).map(i -> numbers.get(groups[i])).toArray(),
                scoresOf(rows),
                nextPrompt,
                numDiscarded);
    }

    private AnswerScores scoresOf(int[] rows) {
        Map<String, double[]> parts = new LinkedHashMap<>();
        scores.parts().forEach((name, values) -> parts.put(name, pick(values, rows)));
        return new AnswerScores(pick(scores.totals(), rows), parts);
    }

    private static double[] pick(double[] values, int[] rows) {
        return Arrays.stream(rows).mapToDouble(i -> values[i]).toArray();
    }

    /// @return these groups, followed by those of a later rollout
    Rollout and(Rollout later) {
        List<Answer> all = new ArrayList<>(answers);
        all.addAll(later.answers);
        int first = numGroups();
        Map<String, double[]> parts = new LinkedHashMap<>();
        scores.parts()
                .forEach((name, values) ->
                        parts.put(name, concat(values, later.scores.parts().getOrDefault(name, new double[0]))));
        return new Rollout(
                all,
                IntStream.concat(
                                Arrays.stream(groups),
                                Arrays.stream(later.groups).map(group -> first + group))
                        .toArray(),
                new AnswerScores(concat(scores.totals(), later.scores.totals()), parts),
                later.nextPrompt,
                numDiscarded + later.numDiscarded);
    }

    private static double[] concat(double[] first, double[] second) {
        double[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /// What is worth knowing of it, by name: see `docs/metrics.md`.
    ///
    /// @return numbers, those over no answers left out
    Map<String, Double> summary() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        put(numbers, ROLLOUT + SCORE, scores.totals());
        double[] scored = Arrays.stream(scores.totals())
                .filter(score -> !Double.isNaN(score))
                .toArray();
        if (scored.length > 1) {
            double mean = Arrays.stream(scored).average().orElseThrow();
            numbers.put(
                    ROLLOUT + SCORE_DEVIATION,
                    Math.sqrt(Arrays.stream(scored)
                                    .map(score -> (score - mean) * (score - mean))
                                    .sum()
                            / (scored.length - 1)));
        }
        if (scores.parts().size() > 1) {
            scores.parts().forEach((name, values) -> put(numbers, ROLLOUT + SCORE + "/" + name, values));
        }
        if (!scores.parts().isEmpty()) {
            numbers.put(ROLLOUT + UNSCORED, 1 - scored.length / (double) size());
        }
        numbers.put(
                ROLLOUT + TOKENS,
                answers.stream()
                        .mapToInt(answer -> answer.tokenIds().length)
                        .average()
                        .orElseThrow());
        numbers.put(ROLLOUT + CUT, share(AnswerEnd.LENGTH));
        numbers.put(
                ROLLOUT + EMPTY,
                answers.stream().filter(answer -> answer.text().isBlank()).count() / (double) size());
        int[][] members = members();
        if (size() > numGroups()) {
            if (!scores.parts().isEmpty()) {
                numbers.put(
                        ROLLOUT + FLAT_GROUPS,
                        Arrays.stream(members).filter(this::isFlat).count() / (double) numGroups());
            }
            numbers.put(DISTINCT, distinct(members));
        }
        if (numDiscarded > 0) {
            numbers.put(ROLLOUT + DISCARDED_PROMPTS, (double) numDiscarded);
        }
        return numbers;
    }

    /// @return mean over prompts of different answers over answers
    private double distinct(int[][] members) {
        return Arrays.stream(members)
                .mapToDouble(group -> Arrays.stream(group)
                                .mapToObj(i -> answers.get(i).text())
                                .distinct()
                                .count()
                        / (double) group.length)
                .average()
                .orElse(0);
    }

    private double share(AnswerEnd end) {
        return answers.stream().filter(answer -> answer.end() == end).count() / (double) size();
    }

    private static void put(Map<String, Double> numbers, String name, double[] values) {
        Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .ifPresent(mean -> numbers.put(name, mean));
    }
}
