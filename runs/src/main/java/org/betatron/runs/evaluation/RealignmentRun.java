package org.betatron.runs.evaluation;

import static org.betatron.core.Numbers.require;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.betatron.core.Numerals;
import org.betatron.core.files.DirectoryLock;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.realignment.LambdaChoice;
import org.betatron.evaluation.realignment.LambdaPoint;
import org.betatron.evaluation.realignment.RealignmentReport;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunListener;

/// Measures one aligned model at several shares of it and of its reference: what its answers would
/// be worth nearer to the reference, or beyond the model, without training again (DeRa, arXiv
/// 2402.02992).
///
/// Answers are kept, so that a realignment which was stopped goes on without writing them again.
///
/// @param measured the measurement of the model: with its realignment, temperature 1, and a
///     directory for everything
/// @param by       name of the measure: mean score where the judge gives scores, else the win rate
/// @param lambdas  shares of the model, at least one, each once
/// @param limit    most divergence from the reference of a share that is chosen, nats per answer
public record RealignmentRun(EvaluationRequest measured, String by, List<Double> lambdas, double limit) {

    public RealignmentRun {
        lambdas = lambdas.stream().sorted().toList();
        if (lambdas.isEmpty() || lambdas.stream().distinct().count() != lambdas.size()) {
            throw new IllegalArgumentException("--lambda must name shares, each once, but was " + lambdas);
        }
        require("--kl", limit > 0, "> 0", limit);
        Path reference =
                Objects.requireNonNull(measured.realignment(), "realignment").reference();
        lambdas.forEach(lambda -> new Realignment(lambda, reference));
    }

    /// @param listener hears what is going on
    /// @return what was found, written into the directory
    /// @throws org.betatron.evaluation.judge.JudgeException if the judge gave up; the same run goes
    ///     on
    public RealignmentReport run(RunListener listener) {
        Path out = Objects.requireNonNull(measured.out(), "out");
        try {
            Files.createDirectories(out);
            DirectoryLock lock = DirectoryLock.of(out);
            try {
                return held(out, listener);
            } finally {
                lock.remove();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + out, e);
        }
    }

    private RealignmentReport held(Path out, RunListener listener) {
        Path reference = Objects.requireNonNull(measured.realignment()).reference();
        List<LambdaPoint> points = new ArrayList<>();
        int answers = 0;
        int prompts = 0;
        for (double lambda : lambdas) {
            EvaluationResult result = EvaluationRun.run(
                    measured.realigned(
                            new Realignment(lambda, reference), out.resolve("lambda-" + Numerals.plain(lambda))),
                    listener,
                    out);
            if (result.gaveUp().isPresent()) {
                throw result.gaveUp().get();
            }
            ComparisonReport report = result.reports().getFirst();
            points.add(new LambdaPoint(lambda, report.measure(), report.kl(), report.winRate(), report.tokens()));
            answers = report.answers();
            prompts = report.prompts();
        }
        LambdaChoice choice = LambdaChoice.of(points, limit);
        RealignmentReport report =
                new RealignmentReport(by, points, choice, use(choice), conditions(reference, answers, prompts));
        report.write(out);
        return report;
    }

    private String use(LambdaChoice choice) {
        return "./betatron chat --model " + measured.model() + " --reference "
                + Objects.requireNonNull(measured.realignment()).reference() + " --realign "
                + Numerals.plain(choice.best().lambda());
    }

    private List<String> conditions(Path reference, int answers, int prompts) {
        return List.of(
                "- Model " + measured.model() + ", reference " + reference + ", opponent "
                        + (measured.against() == null ? "the chosen answers of the data" : measured.against()) + ".",
                String.format(
                        Locale.ROOT,
                        "- %d answers to %d prompts at each lambda, drawn at temperature 1; intervals are of 95 %%, over"
                                + " prompts: they say nothing of another training run.",
                        answers,
                        prompts),
                "- KL is summed over the vocabulary at each token of these answers.",
                "- The best of several on these prompts is a little too good: measure it on others.");
    }
}
