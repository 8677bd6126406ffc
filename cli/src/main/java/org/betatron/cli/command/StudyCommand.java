package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.betatron.evaluation.study.Study;
import org.betatron.runs.StopSignal;
import org.betatron.runs.study.Studies;
import org.betatron.runs.study.StudyRunner;
import org.betatron.runs.study.StudyScale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron study`.
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description =
                "Runs a published comparison again in the controlled world, over several seeds, and writes a report"
                        + " with intervals. A study that was stopped goes on with the same command.")
final class StudyCommand implements Runnable {

    private static final int SEEDS = 3;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Studies to run, or 'all'; 'list' shows them.")
    private List<String> names = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Directory of all studies (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "studies");

    @Option(names = "--seeds", paramLabel = "N", description = "Seeds 1 to N (default ${DEFAULT-VALUE}).")
    private int seeds = SEEDS;

    @Option(names = "--quick", description = "Only see that it works, in a minute or two; the numbers mean nothing.")
    private boolean quick;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of one operation (default ${DEFAULT-VALUE}: such small models gain little by more; 0: one per core).")
    private int threads = StudyScale.DEFAULT.threads();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        PrintWriter printer = spec.commandLine().getOut();
        if (names.equals(List.of("list"))) {
            for (Study study : Studies.ALL) {
                printer.printf(
                        Locale.ROOT,
                        "%-12s %3d arms  %s%n",
                        study.name(),
                        study.arms().size(),
                        study.title());
            }
            printer.flush();
            return;
        }
        List<Study> studies = names.equals(List.of("all"))
                ? Studies.ALL
                : names.stream().map(this::study).toList();
        StudyScale scale = (quick ? StudyScale.QUICK : StudyScale.DEFAULT).withThreads(threads);
        StopSignal.install();
        for (Study study : studies) {
            printer.println(study.title());
            Optional<Path> report = new StudyRunner(
                            study,
                            out,
                            seeds,
                            scale,
                            line -> {
                                printer.println(line);
                                printer.flush();
                            },
                            StopSignal::wasRequested)
                    .run();
            if (report.isEmpty()) {
                return;
            }
            printer.println("Report written to " + report.get());
            printer.flush();
        }
    }

    private Study study(String name) {
        return Studies.ALL.stream()
                .filter(study -> study.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "there is no study '" + name + "'; there are: "
                                + String.join(
                                        ", ",
                                        Studies.ALL.stream().map(Study::name).toList())));
    }
}
