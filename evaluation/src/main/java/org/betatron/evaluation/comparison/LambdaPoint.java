package org.betatron.evaluation.comparison;

/// What an aligned model and its reference reach together at one share of the aligned model.
///
/// @param lambda share of the aligned model: 0 is the reference, 1 the aligned model
/// @param report of the answers at temperature 1, against the reference, with the divergence from it
public record LambdaPoint(double lambda, ComparisonReport report) {

    /// @return what is to be large: the mean score or, of a judge that gives none, the win rate against the
    ///     reference
    public Estimate measure() {
        return Double.isNaN(report.score().value()) ? report.winRate() : report.score();
    }
}
