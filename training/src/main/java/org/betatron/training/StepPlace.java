package org.betatron.training;

/// Which step of a run.
///
/// @param step  its number, from 1 on
/// @param total steps of the whole run, ≥ `step`
public record StepPlace(long step, long total) {

    public StepPlace {
        if (step < 1 || total < step) {
            throw new IllegalArgumentException("step must be in [1, " + total + "] but was " + step);
        }
    }

    /// @return share of the run's steps that are done before this one, in [0, 1)
    public double progress() {
        return (step - 1) / (double) total;
    }
}
