package org.betatron.evaluation.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;

/// Percentile intervals from resampled prompts: all answers to a prompt come along, because they are not
/// independent.
///
/// Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
final class Bootstrap {

    private static final int RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    private final List<List<JudgedAnswer>> byPrompt;
    private final List<JudgedAnswer> answers;
    private final long seed;

    /// @param answers any number
    /// @param seed    of the resampling
    Bootstrap(List<JudgedAnswer> answers, long seed) {
        this.answers = answers;
        this.seed = seed;
        Map<Integer, List<JudgedAnswer>> groups = new LinkedHashMap<>();
        for (JudgedAnswer answer : answers) {
            groups.computeIfAbsent(answer.prompt(), _ -> new ArrayList<>()).add(answer);
        }
        byPrompt = List.copyOf(groups.values());
    }

    /// @param statistic of any list of answers that is not empty
    /// @return its value on all answers and the interval of its values on resampled ones; NaN without answers
    Estimate estimate(ToDoubleFunction<List<JudgedAnswer>> statistic) {
        if (answers.isEmpty()) {
            return new Estimate(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] values = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            RandomGenerator random = RandomStreams.stream(seed, "bootstrap", i);
            List<JudgedAnswer> resampled = new ArrayList<>(answers.size());
            for (int k = 0; k < byPrompt.size(); k++) {
                resampled.addAll(byPrompt.get(random.nextInt(byPrompt.size())));
            }
            values[i] = statistic.applyAsDouble(resampled);
        }
        Arrays.sort(values);
        return new Estimate(
                statistic.applyAsDouble(answers),
                values[(int) Math.floor(TAIL * (RESAMPLES - 1))],
                values[(int) Math.ceil((1 - TAIL) * (RESAMPLES - 1))]);
    }
}
