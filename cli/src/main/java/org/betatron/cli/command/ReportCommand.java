package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.evaluation.report.ComparisonPage;
import org.betatron.evaluation.report.RunPage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron report`.
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Writes what a run shows into its report.html, or several runs side by side into one page.")
final class ReportCommand implements Runnable {

    @Parameters(
            paramLabel = "RUN",
            arity = "1..*",
            description = "Run directories, finished or not; at most five are compared.")
    private List<Path> runs = List.of();

    @Option(names = "--out", paramLabel = "FILE", description = "Page that compares several runs, ending in .html.")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        Path written;
        if (runs.size() == 1) {
            if (out != null) {
                throw new ParameterException(
                        spec.commandLine(), "--out is for several runs: the report of one is its report.html");
            }
            written = RunPage.write(runs.getFirst());
        } else {
            if (out == null) {
                throw new ParameterException(spec.commandLine(), "--out FILE must be given to compare several runs");
            }
            String name = out.toString().toLowerCase(Locale.ROOT);
            if (!name.endsWith(".html") && !name.endsWith(".htm")) {
                throw new ParameterException(
                        spec.commandLine(), "--out must end in .html, as what is written is a page, but was " + out);
            }
            Outputs.requireOther(spec, out, List.of());
            ComparisonPage.write(runs, out);
            written = out;
        }
        spec.commandLine().getOut().println("Report written to " + written);
    }
}
