package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.betatron.cli.display.Displays;
import org.betatron.core.VisibleText;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationResult;
import org.betatron.runs.evaluation.EvaluationRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `betatron evaluate`.
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Win rates of a model against another one, or against the chosen answers of the data.")
final class EvaluateCommand implements Runnable {

    private static final String CHOSEN = "chosen";
    private static final String JUDGE = "--judge";

    private static final int MOST_REASONS = 5;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model to measure.")
    private Path model = Path.of("");

    @Option(
            names = "--against",
            paramLabel = "DIR|chosen",
            description = "Opponent: a model, or 'chosen' for the chosen answers of the data (default).")
    private String against = CHOSEN;

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description = "Model that the KL divergence is taken against, at temperature 1 (default: the opponent,"
                    + " if that is a model), and that --realign mixes with (default there: the base of an adapter).")
    private @Nullable Path reference;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "Pairs, or rows with a prompt; may be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N prompts only (default 0: all).")
    private int limit;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            split = ",",
            description = "Temperatures, separated by commas; 0 for the most probable tokens (default 0,1).")
    private List<Double> temperatures = List.of(0.0, 1.0);

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Answers to each prompt at temperatures above 0 (default ${DEFAULT-VALUE}).")
    private int samples = GenerationSpec.DEFAULT.samples();

    @Option(names = "--out", paramLabel = "DIR", description = "Leave report.json and answers.jsonl there.")
    private @Nullable Path out;

    @Mixin
    private RealignOptions realign = new RealignOptions();

    @Mixin
    private RowOptions reading = new RowOptions();

    @Option(
            names = JUDGE,
            required = true,
            paramLabel = "NAME",
            description = "Who says which answer is better: " + JudgeOptions.NAMES + ".")
    private JudgeOptions.JudgeName judgeName = JudgeOptions.JudgeName.WORLD;

    @Mixin
    private JudgeOptions judge = new JudgeOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private GenerationOptions options = new GenerationOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        PrintWriter printer = spec.commandLine().getOut();
        Consumer<String> progress = line -> {
            printer.println(line);
            printer.flush();
        };
        RunListener listener = Displays.of(printer, spec.commandLine().getErr());
        Path opponent = against.equals(CHOSEN) ? null : Path.of(against);
        Realignment realignment = realign.realignment(model, reference);
        EvaluationRequest request = new EvaluationRequest(
                model,
                realignment,
                opponent,
                realignment == null ? klReference(opponent) : realignment.reference(),
                files,
                reading.rules(),
                limit,
                judge.create(JUDGE, judgeName, out, device.device(), progress, listener),
                temperatures,
                options.spec(GenerationSpec.DEFAULT.sampling().temperature(), samples),
                device.device(),
                out);
        EvaluationResult result = EvaluationRun.run(request, listener);
        result.reports().forEach(report -> print(report, printer));
        printSummary(result, printer);
        if (result.gaveUp().isPresent()) {
            throw result.gaveUp().get();
        }
    }

    private @Nullable Path klReference(@Nullable Path opponent) {
        return reference == null ? opponent : reference;
    }

    private void printSummary(EvaluationResult result, PrintWriter printer) {
        if (result.undecided() > 0) {
            printer.printf(
                    "%nPARTIAL: %d of %d comparisons have no verdict%n",
                    result.undecided(), result.undecided() + result.judged());
            result.reasons().stream()
                    .limit(MOST_REASONS)
                    .forEach(reason -> printer.println("  " + VisibleText.of(reason)));
        }
        if (!result.account().isEmpty()) {
            printer.println();
            result.account().stream().map(VisibleText::of).forEach(printer::println);
        }
        printer.flush();
    }

    private void print(ComparisonReport report, PrintWriter printer) {
        printer.printf(
                Locale.ROOT,
                "%nTemperature %s: %d answers to %d prompts against %s, 95 %% intervals over prompts%n",
                report.temperature(),
                report.answers(),
                report.prompts(),
                against);
        if (report.undecided() > 0) {
            printer.printf("  undecided          %d%n", report.undecided());
        }
        line(printer, "win rate", percent(report.winRate()));
        line(printer, "length-controlled", percent(report.lengthControlled()));
        line(printer, "win", percent(report.win()));
        line(printer, "tie", percent(report.tie()));
        line(printer, "loss", percent(report.loss()));
        line(printer, "score", number(report.score()));
        line(printer, "opponent's score", number(report.opponentScore()));
        line(printer, "tokens", number(report.tokens()));
        line(printer, "opponent's tokens", number(report.opponentTokens()));
        line(printer, "KL, nats", number(report.kl()));
        if (report.temperature() == 0) {
            printer.println("  Most probable answers: a step of training more may change most of them at once.");
        }
    }

    private static void line(PrintWriter printer, String name, String value) {
        if (!value.isEmpty()) {
            printer.printf("  %-18s %s%n", name, value);
        }
    }

    private static String percent(Estimate estimate) {
        return Double.isNaN(estimate.value())
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%5.1f %%  (%.1f to %.1f)",
                        100 * estimate.value(),
                        100 * estimate.low(),
                        100 * estimate.high());
    }

    private static String number(Estimate estimate) {
        return Double.isNaN(estimate.value())
                ? ""
                : String.format(
                        Locale.ROOT, "%6.2f   (%.2f to %.2f)", estimate.value(), estimate.low(), estimate.high());
    }
}
