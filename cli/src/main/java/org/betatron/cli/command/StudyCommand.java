package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.betatron.evaluation.study.Study;
import org.betatron.runs.StopSignal;
import org.betatron.runs.study.FrontierRequest;
import org.betatron.runs.study.FrontierRunner;
import org.betatron.runs.study.FrontierStudies;
import org.betatron.runs.study.FrontierStudy;
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
    private static final String OF_FRONTIERS = "Of the studies frontier, online and self-play, ";

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Studies to run, or 'all'; 'list' shows them.")
    private List<String> names = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Directory of all studies (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "studies");

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description =
                    "Seeds 1 to N (default 3; 8 of the study frontier, 5 of online and self-play, 2 of all three with"
                            + " --quick).")
    private int seeds;

    @Option(
            names = "--part",
            paramLabel = "I/N",
            description = OF_FRONTIERS + "the I-th of N shares of the runs: N processes may share --out"
                    + " (default ${DEFAULT-VALUE}).")
    private String part = "1/1";

    @Option(
            names = "--place",
            paramLabel = "NAME",
            description = OF_FRONTIERS + "only this world (may be repeated; default: all).")
    private List<String> places = List.of();

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = OF_FRONTIERS + "runs that an earlier report's results.jsonl has are taken from there"
                    + " (may be repeated); made by the same version of Betatron.")
    private List<Path> with = List.of();

    @Option(names = "--quick", description = "Only see that it works, within minutes; the numbers mean nothing.")
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
            for (FrontierStudy study : FrontierStudies.ALL) {
                printer.printf(Locale.ROOT, "%-12s           %s%n", study.name(), study.title());
            }
            printer.flush();
            return;
        }
        Optional<FrontierStudy> frontier = FrontierStudies.ALL.stream()
                .filter(study -> names.equals(List.of(study.name())))
                .findFirst();
        if (frontier.isPresent()) {
            frontier(frontier.get(), printer);
            return;
        }
        if (!part.equals("1/1") || !places.isEmpty() || !with.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--part, --place and --with are for one of the studies frontier, online and self-play");
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
                            seeds == 0 ? SEEDS : seeds,
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

    private void frontier(FrontierStudy study, PrintWriter printer) {
        String[] parts = part.split("/", -1);
        if (parts.length != 2 || !parts[0].matches("[1-9]\\d{0,2}") || !parts[1].matches("[1-9]\\d{0,2}")) {
            throw new ParameterException(spec.commandLine(), "--part must be I/N, as 1/2, but was " + part);
        }
        StopSignal.install();
        printer.println(study.title());
        FrontierRequest request = FrontierRequest.of(study, quick, threads, seeds, out);
        new FrontierRunner(
                        request.in(places).with(with).share(Integer.parseInt(parts[0]) - 1, Integer.parseInt(parts[1])),
                        line -> {
                            printer.println(line);
                            printer.flush();
                        },
                        StopSignal::wasRequested)
                .run()
                .ifPresent(report -> printer.println("Report written to " + report));
        printer.flush();
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
                                        Studies.ALL.stream().map(Study::name).toList())
                                + "; and, each alone, "
                                + String.join(
                                        ", ",
                                        FrontierStudies.ALL.stream()
                                                .map(FrontierStudy::name)
                                                .toList())));
    }
}
