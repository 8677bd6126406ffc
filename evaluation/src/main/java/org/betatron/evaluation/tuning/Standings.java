package org.betatron.evaluation.tuning;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.betatron.evaluation.comparison.Estimate;

/// Settings at one moment, the best first, compared within the same distance from the start.
///
/// ```text
/// distance of a rung = sqrt(K) s / S        K: limit in nats,  s: its step,  S: steps of a whole run
/// value of a setting = the highest measure on its way, before its run first is that far away
/// ```
///
/// The distance grows about as the steps of a run do, so a run that will be K away at its end is
/// that far away now. One
/// that is faster gets no credit for what it reaches beyond, and one that is slower only for what
/// it has.
///
/// @param distance √nats
/// @param ranked   those that can be chosen
/// @param failed   those that cannot, in the order of the grid
public record Standings(double distance, List<Standing> ranked, List<TuneCell> failed) {

    /// @param cell  the setting, with what was measured until then
    /// @param value what it is compared by
    /// @param at    distance that the value is of, √nats
    /// @param step  steps that the value is of
    public record Standing(TuneCell cell, Estimate value, double at, long step) {}

    private static final Comparator<Standing> BEST_FIRST = Comparator.comparingDouble(
                    (Standing standing) -> -standing.value().value())
            .thenComparingDouble(Standing::at);

    public Standings {
        ranked = List.copyOf(ranked);
        failed = List.copyOf(failed);
    }

    /// @param cells in the order of the grid; measured after some step, or failed before
    /// @param step  the last that counts
    /// @param steps of a whole run
    /// @param limit divergence that is allowed at the end, nats
    /// @return the best first; of equals the one that is nearer to the start, then the earlier in
    ///     the grid
    public static Standings of(List<TuneCell> cells, long step, long steps, double limit) {
        double distance = Math.sqrt(limit) * step / steps;
        return of(distance, cells.stream().map(cell -> cell.until(step)).toList(), cell -> {
            TuneCell.Peak peak = cell.peak(distance);
            return new Standing(cell, peak.value(), peak.distance(), peak.step());
        });
    }

    /// Compares runs as they ended: of a run whose learning rate falls, a part is not what a
    /// shorter run would be.
    ///
    /// @param cells measured at their end, or failed before
    /// @param limit divergence that is allowed at the end, nats
    public static Standings ofWhole(List<TuneCell> cells, double limit) {
        return of(Math.sqrt(limit), cells, cell -> {
            TunePoint end = cell.points().getLast();
            return new Standing(cell, end.measure(), end.distance(), end.step());
        });
    }

    private static Standings of(double distance, List<TuneCell> cells, Function<TuneCell, Standing> standing) {
        return new Standings(
                distance,
                cells.stream()
                        .filter(cell -> cell.problem().isEmpty())
                        .map(standing)
                        .sorted(BEST_FIRST)
                        .toList(),
                cells.stream().filter(cell -> !cell.problem().isEmpty()).toList());
    }

    /// @return settings whose interval holds the value of the best one, the best among them
    public List<String> notWorse() {
        return ranked.stream()
                .filter(standing ->
                        standing.value().high() >= ranked.getFirst().value().value())
                .map(standing -> standing.cell().name())
                .toList();
    }
}
