package org.betatron.training.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// Named numbers of one step, in the order in which they were added; names are paths such as `train/loss`.
///
/// Immutable and thread-safe once built. `docs/metrics.md` defines every name with its unit.
public final class Metrics {

    /// No number at all.
    public static final Metrics EMPTY = builder().build();

    private final Map<String, Double> values;

    private Metrics(Map<String, Double> values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// @return every number by its path, in order; not to be changed
    public Map<String, Double> values() {
        return values;
    }

    /// @param path name of a number
    /// @return the number, empty where this step has none
    public OptionalDouble get(String path) {
        Double value = values.get(path);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /// @param prefix first segment of every path, for example `eval`
    /// @return the same numbers under `prefix/`
    public Metrics under(String prefix) {
        Builder builder = builder();
        values.forEach((path, value) -> builder.put(prefix + "/" + path, value));
        return builder.build();
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /// Collects numbers. Not thread-safe.
    public static final class Builder {

        private final Map<String, Double> values = new LinkedHashMap<>();

        private Builder() {}

        /// @throws IllegalArgumentException if the path has a value already
        public Builder put(String path, double value) {
            if (values.putIfAbsent(path, value) != null) {
                throw new IllegalArgumentException("metric " + path + " must be given once but was given twice");
            }
            return this;
        }

        public Builder putAll(Metrics metrics) {
            metrics.values.forEach(this::put);
            return this;
        }

        public Metrics build() {
            return new Metrics(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
        }
    }
}
