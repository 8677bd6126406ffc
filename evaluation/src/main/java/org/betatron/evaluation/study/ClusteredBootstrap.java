package org.betatron.evaluation.study;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.evaluation.comparison.Estimate;

/// Percentile intervals of a mean whose values belong to questions, and questions to seeds: seeds
/// are drawn anew, and then questions of each seed that was drawn.
///
/// Values of one question or one seed are not independent, so each is drawn as a whole. With few
/// seeds such intervals are too short rather than too long: three seeds can be drawn in ten ways.
///
/// Source: Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8.
public final class ClusteredBootstrap {

    private static final int RESAMPLES = 4000;

    private final double[] means = new double[RESAMPLES];
    private final double mean;

    /// A value that is averaged.
    ///
    /// @param question that it belongs to
    /// @param value    finite
    public record Value(int question, double value) {}

    /// @param bySeed values of each seed, at least one seed with at least one value each
    public ClusteredBootstrap(List<List<Value>> bySeed) {
        double[][] sums = new double[bySeed.size()][];
        int[][] counts = new int[bySeed.size()][];
        double sum = 0;
        long count = 0;
        for (int seed = 0; seed < sums.length; seed++) {
            Map<Integer, double[]> questions = new TreeMap<>();
            for (Value value : bySeed.get(seed)) {
                double[] total = questions.computeIfAbsent(value.question(), _ -> new double[2]);
                total[0] += value.value();
                total[1]++;
                sum += value.value();
                count++;
            }
            sums[seed] =
                    questions.values().stream().mapToDouble(total -> total[0]).toArray();
            counts[seed] = questions.values().stream()
                    .mapToInt(total -> (int) total[1])
                    .toArray();
        }
        mean = sum / count;
        for (int i = 0; i < RESAMPLES; i++) {
            means[i] = resampled(sums, counts, RandomStreams.stream(0, "study bootstrap", i));
        }
        Arrays.sort(means);
    }

    private static double resampled(double[][] sums, int[][] counts, RandomGenerator random) {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < sums.length; i++) {
            int seed = random.nextInt(sums.length);
            int questions = sums[seed].length;
            for (int k = 0; k < questions; k++) {
                int question = random.nextInt(questions);
                sum += sums[seed][question];
                count += counts[seed][question];
            }
        }
        return sum / count;
    }

    /// @param error probability that the interval misses, in (0, 1)
    public Estimate estimate(double error) {
        return new Estimate(
                mean,
                means[(int) Math.floor(error / 2 * (RESAMPLES - 1))],
                means[(int) Math.ceil((1 - error / 2) * (RESAMPLES - 1))]);
    }
}
