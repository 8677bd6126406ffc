package org.betatron.spark.submit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.spark.AnswerRequest;
import org.betatron.spark.BetatronSpark;
import org.betatron.spark.Comparisons;
import org.betatron.spark.EvaluateRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Answers of two models, judged.
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Win rates of a model against another one, or against the chosen answers of the rows.")
final class EvaluateCommand implements Runnable {

    private static final String CHOSEN = "chosen";

    /// Who judges.
    enum JudgeName {
        WORLD,
        REWARD
    }

    private final Supplier<SparkSession> session;

    @Option(
            names = "--against",
            paramLabel = "DIR|chosen",
            description = "Opponent: a model, or 'chosen' for the chosen answers of the rows (default).")
    private String against = CHOSEN;

    @Option(
            names = "--judge",
            required = true,
            paramLabel = "NAME",
            description = "Who says which answer is better: world (the known reward of the controlled world) or reward"
                    + " (a reward model).")
    private JudgeName judge = JudgeName.WORLD;

    @Option(names = "--reward-model", paramLabel = "DIR", description = "Reward model that judges.")
    private @Nullable Path rewardModel;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private AnswerOptions answers = new AnswerOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    EvaluateCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        if ((judge == JudgeName.REWARD) != (rewardModel != null)) {
            throw new IllegalArgumentException(
                    rewardModel == null
                            ? "--reward-model DIR must be given with --judge reward"
                            : "--reward-model has no effect with --judge world");
        }
        AnswerRequest request = answers.request();
        Dataset<Row> judged = frames.write(BetatronSpark.evaluate(
                frames.read(session.get()),
                new EvaluateRequest(request, against.equals(CHOSEN) ? null : Path.of(against), rewardModel)));
        print(Comparisons.report(judged, request.spec()), spec.commandLine().getOut());
    }

    private void print(ComparisonReport report, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "Temperature %s: %d answers to %d prompts against %s, %d undecided, written to %s; 95 %% intervals over"
                        + " prompts%n",
                report.temperature(),
                report.answers(),
                report.prompts(),
                against,
                report.undecided(),
                frames.out());
        line(out, "win rate", report.winRate());
        line(out, "length-controlled", report.lengthControlled());
        line(out, "score", report.score());
        line(out, "opponent's score", report.opponentScore());
        line(out, "tokens", report.tokens());
        line(out, "opponent's tokens", report.opponentTokens());
        out.flush();
    }

    private static void line(PrintWriter out, String name, Estimate estimate) {
        out.printf(
                Locale.ROOT, "  %-18s %.4g (%.4g to %.4g)%n", name, estimate.value(), estimate.low(), estimate.high());
    }
}
