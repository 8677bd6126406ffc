package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.COMPARING_SECONDS;
import static org.betatron.core.run.MetricNames.GENERATION_SECONDS;
import static org.betatron.core.run.MetricNames.SCORING_SECONDS;
import static org.betatron.core.run.MetricNames.UPDATE_SECONDS;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.betatron.training.run.Metrics;

/// Where the time of a step goes. What it measures decides nothing. One thread at a time.
public final class RolloutClock {

    /// What a rollout takes time for.
    enum Phase {
        GENERATION,
        SCORING,
        /// What policy, reference and critic say of answers that were just written.
        COMPARING
    }

    private final Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
    private long updateBegun = System.nanoTime();

    void beginStep() {
        seconds.clear();
    }

    <T> T during(Phase phase, Supplier<T> work) {
        long begun = System.nanoTime();
        T result = work.get();
        seconds.merge(phase, since(begun), Double::sum);
        return result;
    }

    void beginUpdate() {
        updateBegun = System.nanoTime();
    }

    /// Adds what is known of the rollout, and seconds of the step by phase; the update is measured up to here.
    ///
    /// @param decided what is worth knowing of the step's decision
    /// @param summary of the rollout
    Metrics complete(Metrics.Builder decided, Map<String, Double> summary) {
        summary.forEach(decided::put);
        return decided.put(GENERATION_SECONDS, seconds.getOrDefault(Phase.GENERATION, 0.0))
                .put(SCORING_SECONDS, seconds.getOrDefault(Phase.SCORING, 0.0))
                .put(COMPARING_SECONDS, seconds.getOrDefault(Phase.COMPARING, 0.0))
                .put(UPDATE_SECONDS, since(updateBegun))
                .build();
    }

    private static double since(long begun) {
        return (System.nanoTime() - begun) * 1e-9;
    }
}
