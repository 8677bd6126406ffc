package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.COMPARING_SECONDS;
import static org.betatron.core.run.MetricNames.GENERATION_SECONDS;
import static org.betatron.core.run.MetricNames.SCORING_SECONDS;
import static org.betatron.core.run.MetricNames.UPDATE_SECONDS;

import org.betatron.training.run.Metrics;

/// Where the time of a step goes. What it measures decides nothing. One thread at a time.
public final class RolloutClock {

    private double generationSeconds;
    private double scoringSeconds;
    private double comparingSeconds;
    private long updateBegun = System.nanoTime();

    /// What can be measured.
    interface Work<T> {
        T run();
    }

    void beginStep() {
        generationSeconds = 0;
        scoringSeconds = 0;
        comparingSeconds = 0;
    }

    <T> T generating(Work<T> work) {
        long begun = System.nanoTime();
        T result = work.run();
        generationSeconds += since(begun);
        return result;
    }

    <T> T scoring(Work<T> work) {
        long begun = System.nanoTime();
        T result = work.run();
        scoringSeconds += since(begun);
        return result;
    }

    /// What policy, reference and critic say of answers that were just written.
    <T> T comparing(Work<T> work) {
        long begun = System.nanoTime();
        T result = work.run();
        comparingSeconds += since(begun);
        return result;
    }

    void beginUpdate() {
        updateBegun = System.nanoTime();
    }

    /// @return seconds of the step by phase; the update is measured up to here
    Metrics metrics() {
        return Metrics.builder()
                .put(GENERATION_SECONDS, generationSeconds)
                .put(SCORING_SECONDS, scoringSeconds)
                .put(COMPARING_SECONDS, comparingSeconds)
                .put(UPDATE_SECONDS, since(updateBegun))
                .build();
    }

    private static double since(long begun) {
        return (System.nanoTime() - begun) * 1e-9;
    }
}
