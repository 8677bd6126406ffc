package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
final class DemoCommand implements Runnable {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the demo (default runs/demo); new or empty.")
    private Path out = Path.of("runs", "demo");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (Files.exists(out)) {
            throw new ParameterException(
                    spec.commandLine(), out + " exists already; remove it, or choose another directory with --out");
        }
        Path config = out.resolve("config.json");
        Path texts = out.resolve("texts.jsonl");
        Path pairs = out.resolve("pairs.jsonl");
        String model = out.resolve("model").toString();
        String sft = out.resolve("sft").toString();
        String aligned = out.resolve("beta-dpo").toString();
        DemoData.write(config, texts, pairs);

        step(
                "1. A tiny model with random weights",
                "init",
                "--config",
                config.toString(),
                "--tokenizer",
                "bytes",
                "--out",
                model);
        step("2. What the preference file becomes", "inspect", pairs.toString(), "--tokenizer", model);
        step(
                "3. Supervised fine-tuning",
                List.of(
                        "sft",
                        "--model",
                        model,
                        "--data",
                        texts.toString(),
                        "--out",
                        sft,
                        "--steps",
                        "250",
                        "--batch-size",
                        "32",
                        "--learning-rate",
                        "3e-3",
                        "--set",
                        "train.warmupSteps=20",
                        "--set",
                        "train.decay=cosine",
                        "--set",
                        "train.finalRatio=0.1"));
        step(
                "4. beta-DPO on preference pairs",
                List.of(
                        "align",
                        "--model",
                        sft + "/model",
                        "--data",
                        pairs.toString(),
                        "--out",
                        aligned,
                        "--steps",
                        "60",
                        "--batch-size",
                        "32",
                        "--learning-rate",
                        "2e-4",
                        "--set",
                        "train.warmupSteps=10"));
        for (String prompt : DemoData.PROMPTS) {
            step("5. Before alignment", "generate", "--model", sft + "/model", "--prompt", prompt);
            step("   After alignment", "generate", "--model", aligned + "/model", "--prompt", prompt);
        }
        step(
                "6. The curves",
                "plot",
                aligned,
                "--out",
                out.resolve("curves.png").toString());
        out().println();
        out().println("Done. Everything is in " + out + ": metrics in " + aligned
                + "/metrics.jsonl, the aligned model in " + aligned + "/model.");
    }

    private void step(String title, String... arguments) {
        step(title, List.of(arguments));
    }

    private void step(String title, List<String> arguments) {
        out().println();
        out().println(title);
        out().println("$ betatron "
                + String.join(" ", arguments.stream().map(DemoCommand::quoted).toList()));
        int exitCode = BetatronCommand.run(arguments.toArray(String[]::new));
        if (exitCode != 0) {
            throw new IllegalStateException("the demo stopped at: " + title);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w./=:,-]+") ? argument : "'" + argument.replace("\n", "\\n") + "'";
    }
}
