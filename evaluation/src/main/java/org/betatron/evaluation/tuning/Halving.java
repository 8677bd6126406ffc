package org.betatron.evaluation.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// How long how many settings run: all of them a little, the best of them longer, one to the end.
///
/// ```text
/// steps of rung k of K:     ceil(S / h^(K - k))          S: steps of a whole run
/// settings of rung k:       max(1, floor(n / h^(k - 1)))  n: settings, h: one of so many goes on
/// ```
///
/// Source: successive halving, Jamieson and Talwalkar 2015, arXiv 1502.07943. Differs from it: runs
/// go on instead of beginning again, so a rung costs the steps that are added.
///
/// @param rungs in order, at least one; the last has the whole run
public record Halving(List<Rung> rungs) {

    /// @param step     where settings are compared
    /// @param settings how many get there
    public record Rung(long step, int settings) {}

    public Halving {
        rungs = List.copyOf(rungs);
        if (rungs.isEmpty()) {
            throw new IllegalArgumentException("there must be a rung");
        }
    }

    /// @param settings how many there are, ≥ 1
    /// @param steps    of a whole run, ≥ 1
    /// @param keep     one of so many goes on, ≥ 2
    /// @param numRungs ≥ 1; 1 trains all to the end
    /// @return empty if rungs would have the same step
    public static Optional<Halving> of(int settings, long steps, int keep, int numRungs) {
        List<Rung> rungs = new ArrayList<>();
        long before = 0;
        for (int k = 0; k < numRungs; k++) {
            long step = (long) Math.ceil(steps / Math.pow(keep, numRungs - 1 - k));
            if (step <= before) {
                return Optional.empty();
            }
            rungs.add(new Rung(step, (int) Math.max(1, settings / Math.pow(keep, k))));
            before = step;
        }
        return Optional.of(new Halving(rungs));
    }

    /// @param budget most that it may cost
    /// @param cost   what one costs
    /// @return the one with the fewest rungs that is not above the budget: its runs are compared
    ///     the latest
    public static Optional<Halving> within(
            int settings, long steps, int keep, double budget, ToDoubleFunction<Halving> cost) {
        for (int numRungs = 1; ; numRungs++) {
            Optional<Halving> halving = of(settings, steps, keep, numRungs);
            if (halving.isEmpty() || cost.applyAsDouble(halving.get()) <= budget) {
                return halving;
            }
        }
    }

    /// @return the one that costs the least
    public static Halving cheapest(int settings, long steps, int keep) {
        Halving cheapest = new Halving(List.of(new Rung(steps, settings)));
        for (int numRungs = 2; ; numRungs++) {
            Optional<Halving> next = of(settings, steps, keep, numRungs);
            if (next.isEmpty()) {
                return cheapest;
            }
            cheapest = next.get().steps() < cheapest.steps() ? next.get() : cheapest;
        }
    }

    /// @return steps of all runs together
    public long steps() {
        long sum = 0;
        long before = 0;
        for (Rung rung : rungs) {
            sum += rung.settings() * (rung.step() - before);
            before = rung.step();
        }
        return sum;
    }

    /// @return how often a model is measured, the start once
    public int measurements() {
        return 1 + rungs.stream().mapToInt(Rung::settings).sum();
    }
}
