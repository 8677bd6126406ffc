package org.betatron.training.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// Named numbers of one step, in the order in which they were added; names are paths such as
/// `train/loss`.
///
/// | path | unit | meaning |
/// |---|---|---|
/// | `train/loss` | nats | optimized: kept pairs at their betas, or per response token |
/// | `train/perplexity` | | supervised: exponential of the loss |
/// | `train/responseTokens` | tokens | supervised: tokens that the loss is a mean of |
/// | `train/reward/chosen`, `.../rejected` | nats | mean of beta_0 times score, all pairs |
/// | `train/margin` | nats | mean of chosen minus rejected score, without beta, all pairs |
/// | `train/accuracy` | share | pairs with a margin above 0 |
/// | `train/logp/chosen`, `.../rejected` | nats | mean log-probability of a whole response |
/// | `train/chosenBelowReference` | share | pairs whose chosen response lost probability |
/// | `train/beta` | | mean beta of kept pairs |
/// | `train/betaClamped` | share | beta decisions that met a bound |
/// | `train/gap/mean`, `.../deviation` | unit of the gap | `M_0` and `sigma` of the batch |
/// | `train/kept` | share | pairs that were learned from |
/// | `train/gradientNorm` | | Euclidean norm before clipping; 0 where there was no update |
/// | `train/learningRate` | | of this step |
/// | `train/forwardPasses` | passes | 2 where the batch was too large to keep what its backward pass needs |
/// | `train/skippedSteps` | steps | steps so far without anything to learn |
/// | `speed/tokensPerSecond`, `speed/rowsPerSecond` | 1/s | since the last line, in steps |
/// | `speed/sharedTokens` | share | tokens of rows that another row's computation served |
/// | `memory/peakBytes` | bytes | largest resident size of the process, where the system tells |
/// | `time/elapsedSeconds` | s | since the start of the run, over all its sessions |
///
/// `eval/...` has the same names, at beta_0 over all held-out rows.
///
/// Immutable and thread-safe once built.
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

        /// @param value nothing is put where there is none: a mean over no rows is no number
        /// @throws IllegalArgumentException if the path has a value already
        public Builder put(String path, OptionalDouble value) {
            value.ifPresent(number -> put(path, number));
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
