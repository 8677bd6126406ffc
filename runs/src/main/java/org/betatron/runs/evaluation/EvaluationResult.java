package org.betatron.runs.evaluation;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.betatron.data.load.ReadingReport;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.judge.JudgeException;

/// What an evaluation found.
///
/// @param read    what became of the rows when their files were read
/// @param reports one per temperature, in order
/// @param answers every answer with its verdict, by report
/// @param reasons why comparisons stayed without a verdict, each reason once
/// @param account what the judging took
/// @param gaveUp  why the judge stopped before it was asked everything; empty if it did not
public record EvaluationResult(
        ReadingReport read,
        List<ComparisonReport> reports,
        List<List<JudgedAnswer>> answers,
        Collection<String> reasons,
        List<String> account,
        Optional<JudgeException> gaveUp) {

    public EvaluationResult {
        reports = List.copyOf(reports);
        answers = answers.stream().map(List::copyOf).toList();
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
