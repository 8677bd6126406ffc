package org.betatron.cli.display;

/// How fast steps go by, and how long the rest will take at that pace.
final class Pace {

    private long startNanos;
    private long stepsBefore;
    private long totalSteps;

    void start(long stepsDone, long total) {
        startNanos = System.nanoTime();
        stepsBefore = stepsDone;
        totalSteps = total;
    }

    void step(long step) {
        if (startNanos == 0) {
            start(step - 1, totalSteps);
        }
    }

    long totalSteps() {
        return totalSteps;
    }

    long firstStep() {
        return stepsBefore + 1;
    }

    double secondsLeft(long step) {
        double perStep = (System.nanoTime() - startNanos) * 1e-9 / Math.max(1, step - stepsBefore);
        return perStep * (totalSteps - step);
    }
}
