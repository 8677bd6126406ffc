package org.betatron.spark.submit;

import java.io.PrintWriter;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What spark-submit can be given behind the jar.
@Command(
        name = "betatron-spark",
        mixinStandardHelpOptions = true,
        description = "Scores, answers and trains on the executors of Apache Spark.")
public final class SubmitCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private SubmitCommand() {}

    /// @param session   opened by commands that need it, after their options were read
    /// @param out       takes what is found
    /// @param err       takes what is wrong, one line
    /// @param arguments name of a command with its options
    /// @return exit code: 0, or 1 where it failed, or 2 where what was given is wrong
    public static int run(Supplier<SparkSession> session, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(new SubmitCommand())
                .addSubcommand(new ScoreCommand(session))
                .addSubcommand(new SuspectsCommand(session))
                .addSubcommand(new ReferenceCommand(session))
                .addSubcommand(new GenerateCommand(session))
                .addSubcommand(new EvaluateCommand(session))
                .addSubcommand(new AlignCommand(session))
                .addSubcommand(new SftCommand(session))
                .addSubcommand(new RewardCommand(session));
        line.setCaseInsensitiveEnumValuesAllowed(true).setOut(out).setErr(err);
        line.setParameterExceptionHandler((problem, _) -> {
            err.println("betatron: " + problem.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((problem, _, _) -> {
            Failure failure = Failure.of(problem);
            err.println("betatron: " + failure.line());
            failure.details().forEach(detail -> err.println("  " + detail));
            return failure.code();
        });
        try {
            return line.execute(arguments);
        } catch (LinkageError e) {
            err.println("betatron: a library is missing or another version than Betatron's: " + e
                    + "; docs/spark.md says which jars spark-submit has to be given");
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "name a command: " + String.join(", ", spec.subcommands().keySet()));
    }
}
