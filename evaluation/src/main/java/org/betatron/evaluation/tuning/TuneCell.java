package org.betatron.evaluation.tuning;

import java.util.ArrayList;
import java.util.List;
import org.betatron.evaluation.comparison.Estimate;

/// One setting of a tuning, with what was measured of its run so far.
///
/// @param name    as the report calls it
/// @param points  in the order of training, the start first
/// @param failure why it ended before its time; empty if it did not
public record TuneCell(String name, List<TunePoint> points, String failure) {

    public TuneCell {
        points = List.copyOf(points);
        if (points.isEmpty() || points.getFirst().step() != 0) {
            throw new IllegalArgumentException(name + ": points must begin with the start");
        }
    }

    /// @return the same run, one measurement later
    public TuneCell with(TunePoint point) {
        List<TunePoint> more = new ArrayList<>(points);
        more.add(point);
        return new TuneCell(name, more, failure);
    }

    /// @return the same run, which ended
    public TuneCell failed(String why) {
        return new TuneCell(name, points, why);
    }

    /// @return whether the run was measured there, or ended before
    public boolean isDone(long step) {
        return !failure.isEmpty() || points.getLast().step() >= step;
    }

    /// @return why it cannot be chosen; empty if it can
    public String problem() {
        return failure.isEmpty() && !points.getLast().isFinite()
                ? "at step %d its measure is %s at a divergence of %s nats"
                        .formatted(
                                points.getLast().step(),
                                points.getLast().measure().value(),
                                points.getLast().kl().value())
                : failure;
    }

    /// @param step the last that counts
    TuneCell until(long step) {
        return new TuneCell(
                name, points.stream().filter(point -> point.step() <= step).toList(), failure);
    }

    /// What a run is worth: where it should end.
    ///
    /// @param value    measure there
    /// @param distance from the start, √nats
    /// @param step     steps done, at least 1
    record Peak(Estimate value, double distance, long step) {}

    /// Between measurements everything lies on straight lines, so the best place is a measurement
    /// or the limit.
    ///
    /// @param limit √nats
    /// @return where the measure is highest before the run first is that far away; of equals the
    ///     earliest
    Peak peak(double limit) {
        Peak best = null;
        for (int i = 1; i < points.size(); i++) {
            TunePoint before = points.get(i - 1);
            TunePoint after = points.get(i);
            boolean crosses = after.distance() > limit;
            double part = crosses ? (limit - before.distance()) / (after.distance() - before.distance()) : 1;
            Peak peak = new Peak(
                    between(before.measure(), after.measure(), part),
                    Math.min(limit, after.distance()),
                    Math.max(1, before.step() + Math.round(part * (after.step() - before.step()))));
            if (best == null || peak.value().value() > best.value().value()) {
                best = peak;
            }
            if (crosses) {
                break;
            }
        }
        if (best == null) {
            throw new IllegalStateException(name + " was not measured after any step");
        }
        return best;
    }

    private static Estimate between(Estimate before, Estimate after, double part) {
        return new Estimate(
                before.value() + part * (after.value() - before.value()),
                before.low() + part * (after.low() - before.low()),
                before.high() + part * (after.high() - before.high()));
    }
}
