package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {

    /// SplitMix64 written in Python: the stream stays the same across versions and platforms.
    @Test
    void streamIsFixedForever() {
        RandomGenerator random = RandomStreams.stream(42, "selection", 0);
        assertThat(random.nextDouble()).isEqualTo(0.3347121288773798);
        assertThat(random.nextDouble()).isEqualTo(0.8100329814513019);
    }

    @Test
    void equalArgumentsGiveEqualStreams() {
        RandomGenerator one = RandomStreams.stream(5, "order", 3);
        RandomGenerator two = RandomStreams.stream(5, "order", 3);
        for (int i = 0; i < 100; i++) {
            assertThat(two.nextLong()).isEqualTo(one.nextLong());
        }
    }

    @Test
    void everyArgumentMatters() {
        Set<Long> first = new HashSet<>();
        int streams = 0;
        for (long seed = -5; seed < 5; seed++) {
            for (String purpose : new String[] {"order", "selection", "dropout", "initialisation", ""}) {
                for (long index = 0; index < 200; index++) {
                    first.add(RandomStreams.stream(seed, purpose, index).nextLong());
                    streams++;
                }
            }
        }
        assertThat(first).hasSize(streams);
    }

    /// The first draws of neighbouring streams: mean 1/2, and correlation 0 between neighbours.
    @Test
    void neighbouringStreamsAreUnrelated() {
        int streams = 20_000;
        double sum = 0;
        double products = 0;
        double previous = 0.5;
        for (int index = 0; index < streams; index++) {
            double draw = RandomStreams.stream(9, "selection", index).nextDouble();
            sum += draw;
            products += (draw - 0.5) * (previous - 0.5);
            previous = draw;
        }
        // five standard deviations: sqrt(1/12) and 1/12 over the root of the number of draws
        assertThat(sum / streams).isCloseTo(0.5, within(5 * Math.sqrt(1.0 / 12 / streams)));
        assertThat(products / streams).isCloseTo(0, within(5.0 / 12 / Math.sqrt(streams)));
    }
}
