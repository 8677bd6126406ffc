package org.betatron.cli.display;

import java.util.OptionalDouble;

/// How fast steps go by, and how long the rest will take at that pace.
final class Pace {

    /// Steps that are not measured: libraries warm up in them.
    private static final int WARMUP_STEPS = 3;

    private long measuredFrom;
    private long measuredSinceNanos;
    private long stepsBefore;
    private long totalSteps;

    void start(long stepsDone, long total) {
        stepsBefore = stepsDone;
        totalSteps = total;
        measuredSinceNanos = 0;
    }

    /// To be called after every step.
    void stepDone(long step) {
        if (measuredSinceNanos == 0 && step >= stepsBefore + WARMUP_STEPS) {
            measuredFrom = step;
            measuredSinceNanos = System.nanoTime();
        }
    }

    long totalSteps() {
        return totalSteps;
    }

    long firstStep() {
        return stepsBefore + 1;
    }

    /// @return seconds until the last step, empty while nothing can be said
    OptionalDouble secondsLeft(long step) {
        if (measuredSinceNanos == 0 || step <= measuredFrom) {
            return OptionalDouble.empty();
        }
        double perStep = (System.nanoTime() - measuredSinceNanos) * 1e-9 / (step - measuredFrom);
        return OptionalDouble.of(perStep * (totalSteps - step));
    }
}
