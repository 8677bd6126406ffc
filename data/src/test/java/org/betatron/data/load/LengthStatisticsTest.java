package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.betatron.data.load.LengthStatistics.Bucket;
import org.junit.jupiter.api.Test;

class LengthStatisticsTest {

    private static LengthStatistics of(int... lengths) {
        LengthCounts counts = new LengthCounts();
        for (int length : lengths) {
            counts.add(length);
        }
        return LengthStatistics.of(counts);
    }

    @Test
    void nearestRanks() {
        LengthStatistics lengths = of(IntStream.rangeClosed(1, 100).toArray());
        assertThat(lengths.summary()).isEqualTo("min 1, median 50, mean 50.5, 90 % 90, 99 % 99, max 100");
        // 100 / 10 would need 11 buckets, which is below the limit of 12.
        assertThat(lengths.histogram())
                .hasSize(11)
                .startsWith(new Bucket(0, 9, 9))
                .endsWith(new Bucket(100, 109, 1));
    }

    @Test
    void oneAndNone() {
        assertThat(of(3).histogram()).containsExactly(new Bucket(3, 3, 1));
        assertThat(of().count()).isZero();
        assertThat(of().histogramText()).isEmpty();
    }

    @Test
    void barsShowEveryBucketThatIsNotEmpty() {
        int[] lengths = IntStream.concat(IntStream.generate(() -> 1).limit(1000), IntStream.of(3))
                .toArray();
        assertThat(of(lengths).histogramText())
                .isEqualTo("  1 - 1  " + "█".repeat(50) + " 1000\n  2 - 2   0\n  3 - 3  █ 1\n");
    }
}
