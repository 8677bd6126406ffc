package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RankingTest {

    @Test
    void rowsOfWeightZeroAreLeftOutAndEqualOnesStayInOrder() {
        double[] values = {2, Double.NaN, -1, 2, 0.0, -0.0, 2, Double.NEGATIVE_INFINITY};
        double[] weights = {1, 0, 1, 1, 0.5, 1, 1, 1};
        assertThat(Ranking.ascending(values, weights)).containsExactly(7, 2, 5, 4, 0, 3, 6);
        assertThat(Ranking.ascending(values, new double[8])).isEmpty();
        assertThat(Ranking.ascending(new double[0], new double[0])).isEmpty();
    }

    @RepeatedTest(20)
    void agreesWithAStableSort(RepetitionInfo repetition) {
        RandomGenerator random = new SplittableRandom(repetition.getCurrentRepetition());
        double[] values = new double[random.nextInt(1, 300)];
        double[] weights = new double[values.length];
        boolean coarse = random.nextBoolean();
        Arrays.setAll(values, _ -> coarse ? random.nextInt(5) : random.nextGaussian());
        Arrays.setAll(weights, _ -> random.nextInt(4));
        assertThat(Ranking.ascending(values, weights))
                .containsExactly(IntStream.range(0, values.length)
                        .filter(i -> weights[i] > 0)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> values[i]))
                        .mapToInt(Integer::intValue)
                        .toArray());
    }
}
