package org.betatron.cli.command;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.CLIPPED_HIGH;
import static org.betatron.core.run.MetricNames.DISTINCT;
import static org.betatron.core.run.MetricNames.ENTROPY;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.GAP_DEVIATION;
import static org.betatron.core.run.MetricNames.GRADIENT_NORM;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.PERPLEXITY;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.SCORE;
import static org.betatron.core.run.MetricNames.TOKENS;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.plot.RunPlot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron plot`.
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        description = "Draws the curves of one or several runs into one PNG.")
final class PlotCommand implements Runnable {

    private static final List<String> DEFAULT_METRICS = List.of(
            TRAIN + LOSS,
            EVAL + LOSS,
            TRAIN + ACCURACY,
            EVAL + ACCURACY,
            TRAIN + MARGIN,
            EVAL + MARGIN,
            TRAIN + BETA,
            TRAIN + GAP_DEVIATION,
            EVAL + PERPLEXITY,
            TRAIN + ROLLOUT + SCORE,
            EVAL + SCORE,
            TRAIN + ROLLOUT + KL,
            EVAL + KL,
            TRAIN + ROLLOUT + DISTINCT,
            TRAIN + ROLLOUT + TOKENS,
            TRAIN + ENTROPY,
            TRAIN + CLIPPED_HIGH,
            TRAIN + GRADIENT_NORM);

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
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new ParameterException(
                    spec.commandLine(), "--out must end in .png, as what is written is such a picture, but was " + out);
        }
        RunPlot.write(runs.stream().map(RunMetrics::read).toList(), metrics, out);
        spec.commandLine().getOut().println("Plot written to " + out);
    }
}
