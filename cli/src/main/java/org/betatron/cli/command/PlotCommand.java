package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.plot.RunPlot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron plot`.
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        description = "Draws the curves of one or several runs into one PNG.")
final class PlotCommand implements Runnable {

    private static final List<String> DEFAULT_METRICS = List.of(
            "train/loss",
            "eval/loss",
            "train/accuracy",
            "eval/accuracy",
            "train/margin",
            "eval/margin",
            "train/beta",
            "train/gap/deviation",
            "eval/perplexity",
            "train/gradientNorm");

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories.")
    private List<Path> runs = List.of();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Picture to write, ending in .png.")
    private Path out = Path.of("");

    @Option(names = "--metric", paramLabel = "PATH", description = "Metric to draw; may be repeated.")
    private List<String> metrics = DEFAULT_METRICS;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RunPlot.write(runs.stream().map(RunMetrics::read).toList(), metrics, out);
        spec.commandLine().getOut().println("Plot written to " + out);
    }
}
