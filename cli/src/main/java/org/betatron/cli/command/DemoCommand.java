package org.betatron.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.betatron.cli.run.DemoData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron demo`: the whole pipeline through the very commands that a user would type.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs the whole pipeline on small data that it makes itself: init, inspect, sft, align, generate.")
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the demo (default runs/demo); new or empty.")
    private Path out = Path.of("runs", "demo");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// A command to show and run.
    ///
    /// @param title     what it is for
    /// @param arguments as a user would type them after `betatron`
    private record Step(String title, List<String> arguments) {

        /// @param command arguments without spaces in them, separated by one
        static Step of(String title, String command) {
            return new Step(title, List.of(command.split(" ")));
        }
    }

    @Override
    public Integer call() {
        requireEmpty();
        DemoData.write(out);
        for (Step step : steps()) {
            out().println();
            out().println(step.title());
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
        out().println();
        out().println("Done. The aligned model is in " + out + "/beta-dpo/model, its metrics in " + out
                + "/beta-dpo/metrics.jsonl, the curves in " + out + "/curves.png.");
        return 0;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(Step.of(
                "1. A tiny model with random weights",
                "init --config " + out + "/config.json --tokenizer bytes --out " + out + "/model"));
        steps.add(Step.of(
                "2. What the preference file becomes",
                "inspect " + out + "/pairs.jsonl --tokenizer " + out + "/model"));
        steps.add(Step.of(
                "3. Supervised fine-tuning on polite and rude answers alike",
                "sft --model " + out + "/model --data " + out + "/texts.jsonl --out " + out
                        + "/sft --steps 250 --batch-size 32 --learning-rate 3e-3 --set train.warmupSteps=20"
                        + " --set train.decay=cosine --set train.finalRatio=0.1"));
        // Few and small steps: such a small model unlearns to write long before it runs out of margin.
        steps.add(Step.of(
                "4. beta-DPO on pairs that prefer the polite answer",
                "align --model " + out + "/sft/model --data " + out + "/pairs.jsonl --out " + out
                        + "/beta-dpo --steps 16 --batch-size 32 --learning-rate 3e-5 --set train.warmupSteps=10"));
        for (String prompt : DemoData.PROMPTS) {
            steps.add(generate("5. An answer before alignment", "sft", prompt));
            steps.add(generate("   and after", "beta-dpo", prompt));
        }
        steps.add(Step.of("6. The curves", "plot " + out + "/beta-dpo --out " + out + "/curves.png"));
        return steps;
    }

    private Step generate(String title, String run, String prompt) {
        return new Step(title, List.of("generate", "--model", out + "/" + run + "/model", "--prompt", prompt));
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
