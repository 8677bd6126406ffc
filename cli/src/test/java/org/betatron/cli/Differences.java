package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Absolute differences between computed and recorded numbers, by quantity: the largest and the mean.
final class Differences {

    private final Map<String, double[]> byName = new LinkedHashMap<>();

    void add(String name, double computed, double recorded) {
        double difference = Math.abs(computed - recorded);
        double[] entry = byName.computeIfAbsent(name, _ -> new double[3]);
        // Not Math.max alone: a NaN has to stay.
        entry[0] = difference <= entry[0] ? entry[0] : difference;
        entry[1] += difference;
        entry[2]++;
    }

    void requireAtMost(String name, double largest, double mean) {
        double[] entry = Objects.requireNonNull(byName.get(name), name);
        assertThat(entry[0]).as("largest difference of %s", name).isLessThanOrEqualTo(largest);
        assertThat(entry[1] / entry[2]).as("mean difference of %s", name).isLessThanOrEqualTo(mean);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        byName.forEach((name, entry) ->
                text.append("%-16s max %.2e  mean %.2e%n".formatted(name, entry[0], entry[1] / entry[2])));
        return text.toString();
    }
}
