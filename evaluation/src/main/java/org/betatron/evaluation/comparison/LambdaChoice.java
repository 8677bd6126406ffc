package org.betatron.evaluation.comparison;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which lambda is best, and the beta that stands for it.
///
/// The best has the largest measure among those whose interval does not begin below that of lambda 1: a
/// mean that is larger and less certain than the aligned model's is not taken. Of equal ones the smallest lambda
/// is taken, which is nearest to the reference. The rule is ours.
///
/// @param lambda      the best one
/// @param isAtEnd     whether it is the smallest or largest that was measured, so that a better one may lie beyond
/// @param beta        of the run that aligned the model; null where it is not known
/// @param recommended `beta / lambda`; null where beta is not known, and where the reference is best
public record LambdaChoice(
        double lambda,
        boolean isAtEnd,
        @Nullable Double beta,
        @Nullable Double recommended) {

    /// The rule in words.
    public static final String RULE =
            "the largest measure among those whose interval does not begin below that of lambda 1";

    /// @param points with one at lambda 1
    /// @param beta   of the run that aligned the model, > 0; null where it is not known
    /// @throws IllegalArgumentException if lambda 1 was not measured
    public static LambdaChoice of(List<LambdaPoint> points, @Nullable Double beta) {
        List<LambdaPoint> sorted =
                points.stream().sorted(Comparator.comparingDouble(LambdaPoint::lambda)).toList();
        double floor = sorted.stream()
                .filter(point -> point.lambda() == 1)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("lambda 1 must be among those that were measured"))
                .measure()
                .low();
        LambdaPoint best = null;
        for (LambdaPoint point : sorted) {
            if (point.measure().low() >= floor
                    && (best == null
                            || point.measure().value() > best.measure().value())) {
                best = point;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("nothing was judged at lambda 1");
        }
        double lambda = best.lambda();
        return new LambdaChoice(
                lambda,
                lambda == sorted.getFirst().lambda() || lambda == sorted.getLast().lambda(),
                beta,
                beta == null || lambda == 0 ? null : Double.valueOf(beta / lambda));
    }
}
