package org.betatron.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.betatron.cli.command.DemoStage.Step;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron demo`: the whole pipeline through the very commands that a user would type, in a world
/// where the true reward of every answer is known.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "The same noisy pairs of the controlled world with several betas, and with one that nobody chose, from"
                    + " the data to true rewards: world, init, sft, align, evaluate, generate, report.",
            "With --online: those pairs beside own answers, with the true reward and with a reward model's: world, init,"
                    + " sft, reward, align, grpo, online, evaluate, report."
        })
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the demo (default ${DEFAULT-VALUE}); new or empty.")
    private Path out = Path.of("out", "demo");

    @Option(names = "--online", description = "Show what learning from own answers adds.")
    private boolean online;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        requireEmpty();
        DemoStage stage = new DemoStage(out);
        Demo demo = online ? new OnlineDemo(stage) : new AlignDemo(stage);
        List<Step> steps = demo.steps();
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
        out().println();
        demo.summary(out());
        out().println();
        out().println("The page to look at, with a picture of this: " + out + "/report.html");
        out().flush();
        return 0;
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
