package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.betatron.cli.display.Displays;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.RealignmentRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron realign`.
@Command(
        name = "realign",
        mixinStandardHelpOptions = true,
        description = "How far from its reference a model should answer: measures mixtures of both, nearer and beyond,"
                + " without training again. A realignment that was stopped goes on with the same command.")
final class RealignCommand implements Runnable {

    private static final String JUDGE = "--judge";

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model that was aligned.")
    private Path model = Path.of("");

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description = "Model that it was aligned from (default: the base of an adapter). It is the opponent of win"
                    + " rates.")
    private @Nullable Path reference;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "Pairs, or rows with a prompt; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--lambda",
            paramLabel = "X",
            split = ",",
            description = "Shares of the model, separated by commas: 0 the reference, 1 the model, above 1 beyond"
                    + " (default 0,0.25,0.5,1,2,4).")
    private List<Double> lambdas = List.of(0.0, 0.25, 0.5, 1.0, 2.0, 4.0);

    @Option(
            names = "--kl",
            paramLabel = "NATS",
            description = "How far from the reference the chosen one may be, nats per answer (default: no limit).")
    private double limit = Double.POSITIVE_INFINITY;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N prompts only (default 0: all).")
    private int prompts;

    @Option(names = "--samples", paramLabel = "N", description = "Answers to each prompt (default ${DEFAULT-VALUE}).")
    private int samples = GenerationSpec.DEFAULT.samples();

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (default ${DEFAULT-VALUE}).")
    private int maxNewTokens = GenerationSpec.DEFAULT.maxNewTokens();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything drawn (default ${DEFAULT-VALUE}).")
    private long seed = GenerationSpec.DEFAULT.seed();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Leave REPORT.md, its figure, results.jsonl, and a measurement per lambda there.")
    private Path out = Path.of("");

    @Option(
            names = JUDGE,
            required = true,
            paramLabel = "NAME",
            description = "Who says how good an answer is: " + JudgeOptions.NAMES + ".")
    private JudgeOptions.JudgeName judgeName = JudgeOptions.JudgeName.WORLD;

    @Mixin
    private JudgeOptions judge = new JudgeOptions();

    @Mixin
    private RowOptions reading = new RowOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

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
        Realignment realignment = realignment();
        EvaluationRequest measured = new EvaluationRequest(
                model,
                realignment,
                realignment.reference(),
                realignment.reference(),
                files,
                reading.rules(),
                prompts,
                judge.create(JUDGE, judgeName, out, device.device(), progress, listener),
                List.of(1.0),
                GenerationSpec.DEFAULT
                        .withSamples(samples)
                        .withMaxNewTokens(maxNewTokens)
                        .withSeed(seed),
                device.device(),
                out);
        RealignmentRun run = new RealignmentRun(measured, judgeName.measure("the reference"), lambdas, limit);
        run.run(listener).summary().forEach(progress);
        progress.accept("Report: " + out.resolve("REPORT.md"));
    }

    private Realignment realignment() {
        try {
            return Realignment.of(1, model, reference);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
