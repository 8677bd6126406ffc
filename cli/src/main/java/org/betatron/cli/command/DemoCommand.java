package org.betatron.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.betatron.data.world.WorldModel;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.runs.evaluation.EvaluationFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron demo`: the whole pipeline through the very commands that a user would type, in a world where
/// the true reward of every answer is known.
///
/// Sizes are chosen so that training shows in the true win rate within minutes; nothing is chosen by which
/// method comes out ahead.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "DPO and beta-DPO on noisy pairs of the controlled world, from the data to true win rates:"
                + " world, init, sft, align, generate, evaluate, report.")
final class DemoCommand implements Callable<Integer> {

    private static final String SUPERVISED = "sft";
    private static final String DPO = "dpo";
    private static final String BETA_DPO = "beta-dpo";

    /// As the models are: a most probable answer may change with any step of training.
    private static final double TEMPERATURE = 1;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the demo (default ${DEFAULT-VALUE}); new or empty.")
    private Path out = Path.of("out", "demo");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// A command to show and run.
    ///
    /// @param title     what it is for
    /// @param arguments as a user would type them after `betatron`
    record Step(String title, List<String> arguments) {

        /// @param command arguments without spaces in them, separated by one
        static Step of(String title, String command) {
            return new Step(title, List.of(command.split(" ")));
        }
    }

    /// Two models to be compared.
    ///
    /// @param model    name of a run
    /// @param opponent name of another
    private record Duel(String model, String opponent) {

        String directory() {
            return model + "-against-" + opponent;
        }
    }

    private static final List<Duel> DUELS =
            List.of(new Duel(DPO, SUPERVISED), new Duel(BETA_DPO, SUPERVISED), new Duel(BETA_DPO, DPO));

    @Override
    public Integer call() {
        requireEmpty();
        List<Step> steps = steps();
        for (Step step : steps) {
            out().println();
            out().println("(" + (steps.indexOf(step) + 1) + " of " + steps.size() + ") " + step.title());
            out().println("$ betatron "
                    + String.join(
                            " ",
                            step.arguments().stream().map(DemoCommand::quoted).toList()));
            int exitCode = BetatronCommand.run(step.arguments().toArray(String[]::new));
            if (exitCode != 0) {
                out().println("The demo ends here, because this command failed.");
                return exitCode;
            }
        }
        summary();
        return 0;
    }

    List<Step> steps() {
        String world = out + "/world";
        List<Step> steps = new ArrayList<>();
        steps.add(Step.of(
                "Questions and answers of a small world; every fifth pair is labelled the wrong way round",
                "world " + world + " --seed 1 --flips 0.2"));
        steps.add(Step.of(
                "A small model with random weights",
                "init --config " + world + "/" + WorldModel.MEDIUM.fileName() + " --tokenizer " + world + " --out "
                        + out + "/model"));
        steps.add(Step.of(
                "Supervised fine-tuning on good and bad answers alike",
                "sft --model " + out + "/model --data " + world + "/sft.jsonl --out " + run(SUPERVISED)
                        + " --steps 400 --batch-size 32 --learning-rate 5e-3 --set train.warmupSteps=30"
                        + " --set train.decay=cosine --set train.finalRatio=0.05 --set train.maxGradientNorm=1"));
        steps.add(align("DPO on the noisy pairs", DPO));
        steps.add(align("beta-DPO on the same pairs, from the same model", BETA_DPO));
        for (String name : List.of(SUPERVISED, DPO, BETA_DPO)) {
            steps.add(new Step(
                    "An answer of " + name,
                    List.of(
                            "generate",
                            "--model",
                            run(name) + "/model",
                            "--prompt",
                            "where is the kettle ?",
                            "--temperature",
                            "1")));
        }
        for (Duel duel : DUELS) {
            steps.add(Step.of(
                    "How often an answer of " + duel.model() + " is truly better than one of " + duel.opponent(),
                    "evaluate --model " + run(duel.model()) + "/model --against " + run(duel.opponent())
                            + "/model --data " + world + "/evaluation.jsonl --judge world --temperature "
                            + TEMPERATURE
                            + " --max-new-tokens 48 --out " + run(duel.directory())));
        }
        steps.add(Step.of(
                "Both runs on one page",
                "report " + run(DPO) + " " + run(BETA_DPO) + " --out " + out + "/report.html"));
        return steps;
    }

    private Step align(String title, String preset) {
        return Step.of(
                title,
                "align --model " + run(SUPERVISED) + "/model --data " + out + "/world/pairs.jsonl --eval " + out
                        + "/world/evaluation.jsonl --out " + run(preset) + " --preset " + preset
                        + " --reference-cache " + out + "/reference --epochs 1 --batch-size 32 --learning-rate 1e-4"
                        + " --set train.warmupSteps=10");
    }

    private String run(String name) {
        return out + "/" + name;
    }

    private void summary() {
        out().println();
        out().println("True win rates of drawn answers, with 95 % intervals over questions:");
        DUELS.forEach(duel -> out().println("  " + result(duel)));
        out().println(
                        "The intervals are of these very models: another seed makes others. And both methods ended after as many"
                                + " steps, not at the same distance from where they began: betatron study frontier compares that.");
        out().println();
        out().println("The page to look at: " + out + "/report.html");
        out().flush();
    }

    private String result(Duel duel) {
        Estimate winRate = EvaluationFiles.winRate(Path.of(run(duel.directory())), TEMPERATURE);
        return String.format(
                Locale.ROOT,
                "%-8s over %-3s  %5.1f %%  (%.1f to %.1f)  %s",
                duel.model(),
                duel.opponent(),
                100 * winRate.value(),
                100 * winRate.low(),
                100 * winRate.high(),
                verdict(duel, winRate));
    }

    private static String verdict(Duel duel, Estimate winRate) {
        if (winRate.low() > 0.5) {
            return duel.model() + "'s are better";
        }
        return winRate.high() < 0.5 ? duel.opponent() + "'s are better" : "no difference that these questions show";
    }

    private void requireEmpty() {
        if (!Files.exists(out)) {
            return;
        }
        try (Stream<Path> entries = Files.list(out)) {
            if (entries.findAny().isPresent()) {
                throw new ParameterException(
                        spec.commandLine(), out + " is not empty; remove it, or choose another directory with --out");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + out, e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w./=:,-]+") ? argument : "'" + argument.replace("\n", "\\n") + "'";
    }
}
