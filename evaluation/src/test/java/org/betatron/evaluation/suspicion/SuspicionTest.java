package org.betatron.evaluation.suspicion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.betatron.core.selection.GaussianSelection;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;

class SuspicionTest {

    @Test
    void precisionAndRecallAreCountedByHand() {
        FlipSearch search = FlipSearch.of(List.of("a", "b", "c", "d", "e", "f"), Set.of("b", "c", "f", "elsewhere"), 2);
        assertThat(search).isEqualTo(new FlipSearch(2, 1, 3, 6));
        assertThat(search.precision()).isEqualTo(0.5);
        assertThat(search.recall()).isCloseTo(1.0 / 3, within(1e-15));
        assertThat(search.chance()).isEqualTo(0.5);
    }

    @Test
    void longTextsAreCutInTheMiddle() {
        assertThat(Suspect.onOneLine(" a\n\nb ", 10)).isEqualTo("a b");
        assertThat(Suspect.onOneLine("0123456789", 7)).isEqualTo("012…789");
    }

    @Test
    void keptProbabilityIsHowOftenTheFilterKeeps() {
        Random random = new Random(1);
        double[] gaps = IntStream.range(0, 200)
                .mapToDouble(_ -> random.nextGaussian(2, 3))
                .toArray();
        double mean =
                IntStream.range(0, 200).mapToDouble(i -> gaps[i]).average().orElseThrow();
        double deviation = Math.sqrt(IntStream.range(0, 200)
                .mapToDouble(i -> (gaps[i] - mean) * (gaps[i] - mean))
                .average()
                .orElseThrow());
        int draws = 4000;
        double[] kept = new double[200];
        for (int draw = 0; draw < draws; draw++) {
            double[] weights = new GaussianSelection(0.8).select(gaps, new Moments(mean, deviation, 1), random);
            for (int i = 0; i < 200; i++) {
                kept[i] += weights[i] > 0 ? 1.0 / draws : 0;
            }
        }
        GaussianFilter filter = new GaussianFilter(gaps, 0.8);
        double total = 0;
        for (int i = 0; i < 200; i++) {
            // Standard error at most 0.008; the rest is the finite batch.
            assertThat(filter.keptProbability(i)).isCloseTo(kept[i], within(0.04));
            total += filter.keptProbability(i);
        }
        assertThat(total / 200).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void gapThatIsNotFiniteIsNeverKeptAndEqualGapsAreAlike() {
        GaussianFilter filter = new GaussianFilter(new double[] {1, 1, Double.NaN, 1}, 0.5);
        assertThat(filter.keptProbability(2)).isZero();
        assertThat(filter.density(0)).isEqualTo(1);
        assertThat(filter.keptProbability(0)).isCloseTo(2.0 / 3, within(1e-9));
    }
}
