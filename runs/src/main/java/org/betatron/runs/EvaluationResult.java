package org.betatron.runs;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.judge.JudgeException;

/// What an evaluation found.
///
/// @param reports one per temperature, in order
/// @param reasons why comparisons stayed without a verdict, each reason once
/// @param account what the judging took
/// @param gaveUp  why the judge stopped before it was asked everything; empty if it did not
public record EvaluationResult(
        List<ComparisonReport> reports,
        Collection<String> reasons,
        List<String> account,
        Optional<JudgeException> gaveUp) {

    public EvaluationResult {
        reports = List.copyOf(reports);
        reasons = List.copyOf(reasons);
        account = List.copyOf(account);
    }

    /// @return comparisons without a verdict
    public int undecided() {
        return reports.stream().mapToInt(ComparisonReport::undecided).sum();
    }

    /// @return comparisons with one
    public int judged() {
        return reports.stream().mapToInt(ComparisonReport::answers).sum();
    }
}
