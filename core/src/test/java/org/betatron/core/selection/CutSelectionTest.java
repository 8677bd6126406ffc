package org.betatron.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Cuts by rank, and the random control.
class CutSelectionTest {

    private static final Moments ANY = new Moments(0, 1, 0);
    private static final double[] VALUES = {3, -1, 7, 0, 5, -4, 2, 9, 1, -2};

    private static double[] cut(CutSelection.End drop, double keep, double... values) {
        return new CutSelection(SelectionCriterion.GAP, drop, keep).select(values, ANY, new SplittableRandom(1));
    }

    @Test
    void dropsTheNamedEnd() {
        assertThat(cut(CutSelection.End.LARGEST, 0.8, VALUES)).containsExactly(1, 1, 0, 1, 1, 1, 1, 0, 1, 1);
        assertThat(cut(CutSelection.End.SMALLEST, 0.8, VALUES)).containsExactly(1, 1, 1, 1, 1, 0, 1, 1, 1, 0);
        assertThat(cut(CutSelection.End.BOTH, 0.8, VALUES)).containsExactly(1, 1, 1, 1, 1, 0, 1, 0, 1, 1);
    }

    @Test
    void oddNumbersAreCutFromTheTopFirst() {
        assertThat(cut(CutSelection.End.BOTH, 0.5, 1, 2, 3, 4, 5, 6)).containsExactly(0, 1, 1, 1, 0, 0);
    }

    @ParameterizedTest
    @EnumSource
    void theKeptFractionIsExact(CutSelection.End drop) {
        SplittableRandom random = new SplittableRandom(5);
        for (int size = 1; size <= 64; size++) {
            double[] values = random.doubles(size).toArray();
            for (double keep : new double[] {0.1, 0.34, 0.5, 0.56, 0.8, 1}) {
                double kept = Arrays.stream(cut(drop, keep, values)).sum();
                assertThat(kept).as("%d of %s", size, keep).isEqualTo(Math.max(1, Math.floor(size * keep + 1e-9)));
                double drawn = Arrays.stream(new RandomSelection(keep).select(values, ANY, random))
                        .sum();
                assertThat(drawn).isEqualTo(kept);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesThatAreNotFiniteAreNeverKept(CutSelection.End drop) {
        double[] weights = cut(drop, 0.5, Double.NaN, 1, Double.POSITIVE_INFINITY, 2, 3, Double.NEGATIVE_INFINITY);
        assertThat(weights).containsExactly(0, 1, 0, 1, 1, 0);
        assertThat(cut(drop, 0.5, Double.NaN, Double.NaN)).containsExactly(0, 0);
        double[] drawn =
                new RandomSelection(0.5).select(new double[] {Double.NaN, 1, Double.NaN}, ANY, new SplittableRandom(3));
        assertThat(drawn).containsExactly(0, 1, 0);
    }

    @Test
    void theDrawDependsOnItsStreamOnly() {
        RandomSelection half = new RandomSelection(0.5);
        double[] first = half.select(VALUES, ANY, new SplittableRandom(8));
        assertThat(half.select(new double[10], ANY, new SplittableRandom(8))).containsExactly(first);
        assertThat(half.looksAtGaps()).isFalse();
        assertThat(half.keepsAll()).isFalse();
        assertThat(new RandomSelection(1).keepsAll()).isTrue();
    }

    @Test
    void everyRowIsDrawnEquallyOften() {
        double[] counts = new double[10];
        for (int seed = 0; seed < 4000; seed++) {
            double[] weights = new RandomSelection(0.3).select(VALUES, ANY, new SplittableRandom(seed));
            Arrays.setAll(counts, i -> counts[i] + weights[i]);
        }
        // 1200 expected; the standard deviation is 29.
        for (double count : counts) {
            assertThat(count).isBetween(1080.0, 1320.0);
        }
    }
}
