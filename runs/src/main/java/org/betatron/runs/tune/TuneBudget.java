package org.betatron.runs.tune;

import java.util.Optional;
import org.betatron.evaluation.tuning.Halving;

/// What a tuning may cost.
public sealed interface TuneBudget {

    /// What one costs on this machine.
    ///
    /// @param stepSeconds    of a training step
    /// @param measureSeconds of a measurement
    record Pace(double stepSeconds, double measureSeconds) {}

    /// @return whether it has to be known how long a step takes
    default boolean needsPace() {
        return false;
    }

    /// @param settings how many there are
    /// @param steps    of a whole run
    /// @param keep     one of so many goes on
    /// @param pace     meaningless where it is not needed
    /// @return the rungs
    /// @throws IllegalArgumentException if it is not enough
    Halving halving(int settings, long steps, int keep, Pace pace);

    /// A quarter of what the whole grid would take, and at least two whole runs.
    record Quarter() implements TuneBudget {

        @Override
        public Halving halving(int settings, long steps, int keep, Pace pace) {
            double budget = Math.max(0.25 * settings * steps, 2.0 * steps);
            return Halving.within(settings, steps, keep, budget, Halving::steps)
                    .orElseGet(() -> Halving.cheapest(settings, steps, keep));
        }
    }

    /// So many rungs.
    ///
    /// @param count ≥ 1; 1 trains every setting to its end
    record Rungs(int count) implements TuneBudget {
        public Rungs {
            if (count < 1) {
                throw new IllegalArgumentException("--rungs must be at least 1 but was " + count);
            }
        }

        @Override
        public Halving halving(int settings, long steps, int keep, Pace pace) {
            return Halving.of(settings, steps, keep, count)
                    .orElseThrow(() -> new IllegalArgumentException("--rungs " + count + " is too many for runs of "
                            + steps + " steps where each rung is " + keep + " times as long as the one before"));
        }
    }

    /// Steps of all runs together.
    ///
    /// @param count ≥ 1
    record Steps(long count) implements TuneBudget {
        public Steps {
            if (count < 1) {
                throw new IllegalArgumentException("--budget-steps must be at least 1 but was " + count);
            }
        }

        @Override
        public Halving halving(int settings, long steps, int keep, Pace pace) {
            Optional<Halving> halving = Halving.within(settings, steps, keep, (double) count, Halving::steps);
            return halving.orElseThrow(() -> new IllegalArgumentException("--budget-steps " + count
                    + " is too little: " + settings + " settings, one of which runs " + steps + " steps, need "
                    + Halving.cheapest(settings, steps, keep).steps()
                    + "; give it more, or fewer settings or steps"));
        }
    }

    /// Time of training and measuring together, as fast as the first steps and the first
    /// measurement were.
    ///
    /// @param count > 0
    record Minutes(double count) implements TuneBudget {
        public Minutes {
            if (!(count > 0 && count < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("--budget-minutes must be above 0 but was " + count);
            }
        }

        @Override
        public boolean needsPace() {
            return true;
        }

        @Override
        public Halving halving(int settings, long steps, int keep, Pace pace) {
            return Halving.within(settings, steps, keep, 60 * count, halving -> seconds(halving, pace))
                    .orElseThrow(() -> new IllegalArgumentException(String.format(
                            java.util.Locale.ROOT,
                            "--budget-minutes %s is too little: %d settings, one of which runs %d steps, need about"
                                    + " %.1f minutes here; give it more, or fewer settings or steps",
                            count,
                            settings,
                            steps,
                            seconds(Halving.cheapest(settings, steps, keep), pace) / 60)));
        }

        private static double seconds(Halving halving, Pace pace) {
            return halving.steps() * pace.stepSeconds() + halving.measurements() * pace.measureSeconds();
        }
    }
}
