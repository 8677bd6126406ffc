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
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.record.EvaluationRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron demo`: the whole pipeline through the very commands that a user would type, in a world
/// where the true reward of every answer is known.
///
/// Sizes are chosen so that training shows in the true reward within minutes. The betas are a
/// hundredfold apart.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "The same noisy pairs of the controlled world with several betas, and with one that nobody chose, from"
                        + " the data to true rewards: world, init, sft, align, evaluate, generate, report.")
final class DemoCommand implements Callable<Integer> {

    private static final String SUPERVISED = "sft";
    private static final String AUTO = "auto";

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

    /// A run from the supervised model.
    ///
    /// @param name     of its directory
    /// @param title    what it shows
    /// @param settings of `align`, beside those that all have
    private record Aligned(String name, String title, String settings) {

        static Aligned dpo(String beta, String title) {
            return new Aligned("dpo-" + beta, title, "--preset dpo --set alignment.objective.beta=" + beta);
        }
    }

    private static final List<Aligned> RUNS = List.of(
            Aligned.dpo("0.03", "DPO on the noisy pairs, with a beta that holds it little"),
            Aligned.dpo("0.3", "DPO from the same model, with another"),
            Aligned.dpo("3", "DPO, with a beta that holds it back"),
            new Aligned("beta-dpo", "beta-DPO, whose beta follows the gaps of each batch", "--preset beta-dpo"),
            new Aligned(AUTO, "A run that nobody chose a beta for", "--preset auto"));

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
        for (Aligned run : RUNS) {
            steps.add(Step.of(
                    run.title(),
                    "align --model " + run(SUPERVISED) + "/model --data " + world + "/pairs.jsonl --eval " + world
                            + "/evaluation.jsonl --out " + run(run.name()) + " " + run.settings()
                            + " --reference-cache " + out + "/reference --epochs 1 --batch-size 32"
                            + " --learning-rate 5e-4 --set train.warmupSteps=10 --set train.evaluateEvery=0"));
        }
        for (Aligned run : RUNS) {
            steps.add(Step.of(
                    "What answers of " + run.name() + " are truly worth, and how far it is from where it began",
                    "evaluate --model " + run(run.name()) + "/model --against " + run(SUPERVISED) + "/model --data "
                            + world + "/evaluation.jsonl --judge world --temperature " + TEMPERATURE
                            + " --max-new-tokens 48 --out " + evaluation(run)));
        }
        for (String name : List.of(SUPERVISED, AUTO)) {
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
        steps.add(Step.of(
                "All runs on one page",
                "report "
                        + String.join(
                                " ", RUNS.stream().map(run -> run(run.name())).toList())
                        + " --out " + out + "/report.html"));
        return steps;
    }

    private String evaluation(Aligned run) {
        return run(run.name()) + "/" + EvaluationRecord.OF_RUN;
    }

    private String run(String name) {
        return out + "/" + name;
    }

    private void summary() {
        out().println();
        out().println("The same pairs, the same start, as many steps. Drawn answers, 95 % intervals over questions:");
        out().println();
        out().println("  run        true reward             KL, nats    truly better than the start's");
        List<ComparisonReport> reports = RUNS.stream()
                .map(run -> EvaluationRecord.read(Path.of(evaluation(run)))
                        .at(TEMPERATURE)
                        .orElseThrow())
                .toList();
        for (int i = 0; i < reports.size(); i++) {
            double winRate = 100 * reports.get(i).winRate().value();
            row(
                    RUNS.get(i).name(),
                    reports.get(i).score(),
                    reports.get(i).kl().value(),
                    String.format(Locale.ROOT, "%5.1f %%", winRate));
        }
        row("(start)", reports.getFirst().opponentScore(), 0, "");
        out().println();
        out().println(
                        "Which beta is right depends on data, learning rate and length of the run; 'auto' takes it from the"
                                + " length of answers and the distance moved.");
        out().println("These are single runs of one seed: betatron study frontier compares methods, at equal distance,"
                + " over seeds.");
        out().println();
        out().println("The page to look at, with a picture of this: " + out + "/report.html");
        out().flush();
    }

    private void row(String name, Estimate reward, double kl, String better) {
        String aligned = (reward.value() < 0 ? "" : " ") + reward.text(2);
        out().println(String.format(Locale.ROOT, "  %-10s %-22s  %8.2f    %s", name, aligned, kl, better)
                .stripTrailing());
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
