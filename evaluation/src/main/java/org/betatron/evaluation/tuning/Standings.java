package org.betatron.evaluation.tuning;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.betatron.evaluation.comparison.Estimate;

/// Settings at one moment, the best first, compared within the same distance from the start.
///
/// ```text
/// distance of a rung = sqrt(K) p            K: limit in nats,  p: share of the way of a whole run that is behind
/// value of a setting = the highest measure on its way, before its run first is that far away
/// ```
///
/// The way is the sum of the learning rates of the steps: the root of KL grows about as that does,
/// so a run that will be K away at its end is that far away now. One that is faster gets no credit
/// for what it reaches beyond, and one that is slower only for what it has.
///
/// Before the end most settings cannot be told apart by what they reached. Of those, whose
/// intervals hold the best value, the ones come first that are on their way to the limit: neither
/// past it long before their end, nor far from it then.
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
    /// @param share of the way that is behind there, in (0, 1]
    /// @param limit divergence that is allowed at the end, nats
    /// @return the best first; of equals the one that is nearer to the start, then the earlier in
    ///     the grid
    public static Standings of(List<TuneCell> cells, long step, double share, double limit) {
        double distance = Math.sqrt(limit) * share;
        Standings byValue =
                of(distance, cells.stream().map(cell -> cell.until(step)).toList(), cell -> {
                    TuneCell.Peak peak = cell.peak(distance);
                    return new Standing(cell, peak.value(), peak.distance(), peak.step());
                });
        return share < 1 ? byValue.onTheirWayFirst() : byValue;
    }

    private Standings onTheirWayFirst() {
        List<Standing> tied = tied();
        return new Standings(
                distance,
                Stream.concat(
                                tied.stream().sorted(Comparator.comparingDouble(this::offTheWay)),
                                ranked.stream().filter(standing -> !tied.contains(standing)))
                        .toList(),
                failed);
    }

    private double offTheWay(Standing standing) {
        return Math.abs(Math.log(standing.cell().points().getLast().distance() / distance));
    }

    private List<Standing> tied() {
        double best = ranked.stream()
                .mapToDouble(standing -> standing.value().value())
                .max()
                .orElse(Double.NaN);
        return ranked.stream()
                .filter(standing -> standing.value().high() >= best)
                .toList();
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

    /// @return settings whose interval holds the best value, in their order
    public List<String> notWorse() {
        return tied().stream().map(standing -> standing.cell().name()).toList();
    }
}
