package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.betatron.cli.display.Displays;
import org.betatron.cli.display.FetchDisplay;
import org.betatron.runs.StopSignal;
import org.betatron.runs.place.HubPlaces;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command `betatron` itself: what its subcommands share.
@Command(
        name = "betatron",
        description =
                "Aligns language models with preference data: DPO and its family, with a beta that calibrates itself.",
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            FetchCommand.class,
            ConvertCommand.class,
            MergeCommand.class,
            InspectCommand.class,
            PlanCommand.class,
            SftCommand.class,
            AlignCommand.class,
            RewardCommand.class,
            PolicyCommand.Grpo.class,
            PolicyCommand.Rloo.class,
            PolicyCommand.Reinforce.class,
            PolicyCommand.Ppo.class,
            OnlineCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            EvaluateCommand.class,
            RealignCommand.class,
            ObjectiveCommand.class,
            PlotCommand.class,
            ReportCommand.class,
            ScoreCommand.class,
            StudyCommand.class,
            TuneCommand.class,
            WorldCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 a run failed, 2 wrong usage, recipe, data, model or run directory, 130 stopped.",
            "Start with: betatron demo"
        })
public final class BetatronCommand implements Runnable {

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See the list below.");
    }

    /// Runs one command line.
    ///
    /// @return exit code
    public static int run(String... arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        BetatronCommand root = new BetatronCommand();
        CommandLine commandLine = parser(root);
        commandLine
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((problem, _, _) -> Failures.report(problem, root.debug, err))
                .setParameterExceptionHandler(
                        (problem, _) -> Failures.reportUsage(problem, root.isDebug(arguments), err));
        StopSignal.commandBegins();
        try {
            int exitCode = ScopedValue.where(HubPlaces.LISTENER, new FetchDisplay(err, Displays.isTerminal()))
                    .call(() -> commandLine.execute(arguments));
            if (out.checkError() && exitCode == 0) {
                err.println(
                        "betatron: what was to be printed could not be written: standard output is closed or its disk"
                                + " is full");
                return Failures.FAILED;
            }
            return exitCode == 0 && StopSignal.wasRequested() ? Failures.STOPPED : exitCode;
        } catch (StackOverflowError | OutOfMemoryError | LinkageError problem) {
            return Failures.report(problem, root.isDebug(arguments), err);
        } finally {
            StopSignal.commandEnded();
        }
    }

    /// @return what understands command lines
    static CommandLine parser(BetatronCommand root) {
        return new CommandLine(root).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private boolean isDebug(String... arguments) {
        return debug || Arrays.asList(arguments).contains("--debug");
    }
}
