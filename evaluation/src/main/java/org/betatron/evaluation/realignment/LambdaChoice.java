package org.betatron.evaluation.realignment;

import java.util.Comparator;
import java.util.List;
import org.betatron.core.Numerals;

/// Which share of a model to answer with.
///
/// @param best    with the highest measure within the limit; of equals the one with the smaller
///     divergence
/// @param nearest with the smallest divergence among those whose interval holds the measure of the
///     best
public record LambdaChoice(LambdaPoint best, LambdaPoint nearest) {

    private static final Comparator<LambdaPoint> NEAREST_FIRST =
            Comparator.comparingDouble(point -> point.kl().value());

    /// @param points at least one
    /// @param limit  most divergence that is allowed, nats per answer; infinite for none
    /// @throws IllegalArgumentException if no point is within the limit and has a measure
    public static LambdaChoice of(List<LambdaPoint> points, double limit) {
        List<LambdaPoint> within = points.stream()
                .filter(point -> point.kl().value() <= limit
                        && Double.isFinite(point.measure().value()))
                .sorted(NEAREST_FIRST)
                .toList();
        LambdaPoint best = within.stream()
                .max(Comparator.comparingDouble(
                                (LambdaPoint point) -> point.measure().value())
                        .thenComparing(NEAREST_FIRST.reversed()))
                .orElseThrow(() -> new IllegalArgumentException("--kl: no lambda was measured within "
                        + Numerals.plain(limit) + " nats; allow more, or try smaller ones with --lambda"));
        LambdaPoint nearest = within.stream()
                .filter(point -> point.measure().high() >= best.measure().value())
                .findFirst()
                .orElse(best);
        return new LambdaChoice(best, nearest);
    }
}
