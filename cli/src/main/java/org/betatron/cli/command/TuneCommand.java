package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.betatron.cli.command.JudgeOptions.JudgeName;
import org.betatron.cli.display.Displays;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.StopSignal;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.tune.HeldOutPairs;
import org.betatron.runs.tune.JudgeMeasuring;
import org.betatron.runs.tune.MarginMeasuring;
import org.betatron.runs.tune.Measuring;
import org.betatron.runs.tune.TuneAxis;
import org.betatron.runs.tune.TuneBudget;
import org.betatron.runs.tune.TuneGrid;
import org.betatron.runs.tune.TuneRequest;
import org.betatron.runs.tune.TuneResult;
import org.betatron.runs.tune.TuneRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron tune`.
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        description =
                "Finds the beta, learning rate or any other setting to align with: runs of all settings, the worse"
                        + " dropped on the way, and a recipe to run. A tuning that was stopped goes on with the same command.",
        footer = {
            "",
            "For example:",
            "  betatron tune --model models/sft --data pairs.jsonl --eval held-out.jsonl --out out/tune",
            "  betatron tune --model models/sft --data pairs.jsonl --eval held-out.jsonl --out out/tune \\",
            "      --vary alignment.objective.beta=0.05,0.1,0.2 --by reward --reward-model out/reward/model"
        })
final class TuneCommand implements Runnable {

    private static final String BY = "--by";

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "What is learned: " + RunOptions.PRESETS + " (alignment.preset; default dpo, or what the"
                    + " recipe says).")
    private @Nullable String preset;

    @Option(
            names = "--vary",
            paramLabel = "KEY=V1,V2,...",
            description =
                    "A recipe key and the values to try; may be repeated. Beta and learning rate are varied around"
                            + " the recipe's where nothing is said of them.")
    private List<String> vary = List.of();

    @Option(
            names = BY,
            paramLabel = "NAME",
            description = "What settings are chosen by: margin (the held-out pairs alone; default), or a judge of drawn"
                    + " answers: " + JudgeOptions.NAMES + ".")
    private By by = By.MARGIN;

    @Option(
            names = "--kl",
            paramLabel = "NATS",
            description =
                    "How far from the start a run may end, nats per answer; settings are compared at equal distance"
                            + " on the way there (default ${DEFAULT-VALUE}).")
    private double limit = TuneRequest.DEFAULT_LIMIT;

    @ArgGroup
    private BudgetOptions budget = new BudgetOptions();

    @Option(
            names = "--halving",
            paramLabel = "N",
            description = "One of N settings goes on at each rung (default ${DEFAULT-VALUE}).")
    private int keep = TuneRequest.DEFAULT_KEEP;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Measure on the first N held-out pairs only (default ${DEFAULT-VALUE}; 0: all).")
    private int pairs = 400;

    @Option(names = "--samples", paramLabel = "N", description = "Answers to each prompt (default ${DEFAULT-VALUE}).")
    private int samples = 1;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (default ${DEFAULT-VALUE}).")
    private int maxNewTokens = GenerationSpec.DEFAULT.maxNewTokens();

    @Mixin
    private JudgeOptions judge = new JudgeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// What settings can be chosen by.
    enum By {
        MARGIN(null),
        WORLD(JudgeName.WORLD),
        REWARD(JudgeName.REWARD),
        ENDPOINT(JudgeName.ENDPOINT);

        private final @Nullable JudgeName judge;

        By(@Nullable JudgeName judge) {
            this.judge = judge;
        }
    }

    /// What it may cost, said in one way.
    static final class BudgetOptions {

        @Option(
                names = "--budget-steps",
                paramLabel = "N",
                description =
                        "Most steps of all runs together (default: a quarter of the whole grid, at least two runs).")
        private @Nullable Long steps;

        @Option(
                names = "--budget-minutes",
                paramLabel = "X",
                description = "About how long it may take, as fast as the first steps are.")
        private @Nullable Double minutes;

        @Option(
                names = "--rungs",
                paramLabel = "N",
                description = "How often settings are compared; 1 trains all of them to the end.")
        private @Nullable Integer rungs;

        TuneBudget budget() {
            if (steps != null) {
                return new TuneBudget.Steps(steps);
            }
            if (minutes != null) {
                return new TuneBudget.Minutes(minutes);
            }
            return rungs != null ? new TuneBudget.Rungs(rungs) : new TuneBudget.Quarter();
        }
    }

    @Override
    public void run() {
        if (options.resume != null) {
            throw wrong("--resume is not needed: the same command goes on where it was stopped");
        }
        Supplier<RecipeReader> base = this::base;
        Resolved<AlignRecipe> resolved = base.get().resolve(AlignRecipe.class);
        if (options.prints(resolved)) {
            return;
        }
        Path out = options.out;
        if (out == null) {
            throw wrong("--out DIR must be given: where the tuning leaves its files");
        }
        TuneGrid grid = new TuneGrid(base, vary.stream().map(TuneAxis::parse).toList());
        PrintWriter printer = spec.commandLine().getOut();
        Consumer<String> progress = line -> {
            printer.println(line);
            printer.flush();
        };
        HeldOutPairs heldOut = new HeldOutPairs(resolved.recipe(), pairs, samples, maxNewTokens);
        TuneRequest request = new TuneRequest(
                base,
                grid,
                measuring(heldOut, out, progress),
                limit,
                budget.budget(),
                keep,
                out,
                progress,
                StopSignal::wasRequested);
        StopSignal.install();
        Optional<TuneResult> result = TuneRun.run(request);
        result.ifPresent(found -> print(found, printer));
    }

    private RecipeReader base() {
        Map<String, @Nullable String> own = new LinkedHashMap<>();
        own.put("alignment.preset", preset == null && options.recipe == null ? "dpo" : preset);
        return options.reader(own);
    }

    private Measuring measuring(HeldOutPairs heldOut, Path out, Consumer<String> progress) {
        JudgeName name = by.judge;
        if (name == null) {
            judge.refuseOthers(BY + " margin", null);
            return new MarginMeasuring(heldOut);
        }
        return new JudgeMeasuring(
                name.measure("the chosen answers"),
                judge.create(
                        BY,
                        name,
                        out,
                        heldOut.recipe().compute().device(),
                        progress,
                        Displays.of(
                                spec.commandLine().getOut(), spec.commandLine().getErr())),
                heldOut);
    }

    private static void print(TuneResult result, PrintWriter printer) {
        var outcome = result.outcome();
        printer.printf(
                java.util.Locale.ROOT,
                "%nChosen by %s: %s%n%.3f (%.3f to %.3f); %,d steps of %,d that the whole grid has, %.0f s%n",
                outcome.by(),
                outcome.chosen(),
                outcome.value().value(),
                outcome.value().low(),
                outcome.value().high(),
                outcome.trainedSteps(),
                outcome.gridSteps(),
                outcome.seconds());
        result.model().ifPresent(model -> printer.println("Its model: " + model));
        printer.println("Why: " + result.report());
        printer.println("To run it: ./betatron align --recipe " + result.recipe() + " --out DIR");
        printer.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
