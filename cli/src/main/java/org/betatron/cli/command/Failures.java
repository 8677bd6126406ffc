package org.betatron.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.betatron.core.RootCause;
import org.betatron.core.VisibleText;
import org.betatron.core.rank.RankException;
import org.betatron.data.DataException;
import org.betatron.evaluation.judge.JudgeException;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.hub.HubException;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.torch.error.ModelException;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.RunDirectoryException;
import org.betatron.training.run.TrainingException;
import picocli.CommandLine.ParameterException;

/// What a user reads when something fails: one line, and the stack trace only if asked for.
final class Failures {

    /// A run failed.
    static final int FAILED = 1;

    /// Wrong usage, recipe, data, model or run directory.
    static final int WRONG_INPUT = 2;

    /// Stopped by the user.
    static final int STOPPED = 130;

    private static final Pattern LONG_QUOTATION = Pattern.compile("'[^'\n]{300,}'|\"[^\"\n]{300,}\"");
    private static final int LONGEST_LINE = 3000;

    private Failures() {}

    static int report(Exception problem, boolean debug, PrintWriter err) {
        boolean wrongInput = problem instanceof RecipeException
                || problem instanceof DataException
                || problem instanceof ModelException
                || problem instanceof RunDirectoryException
                || problem instanceof OtherSettingsException
                || (problem instanceof HubException hub && hub.kind() == HubException.Cause.ASKED)
                || problem instanceof IllegalArgumentException;
        boolean expected = wrongInput
                || problem instanceof TrainingException
                || problem instanceof RankException
                || problem instanceof JudgeException
                || problem instanceof RewardException
                || problem instanceof HubException
                || problem instanceof UncheckedIOException
                || problem instanceof IOException;
        err.println("betatron: " + shown(ModelPlace.asGiven(message(problem)))
                + (expected || debug ? "" : " (unexpected; --debug shows where it comes from)"));
        if (problem instanceof DataException data) {
            data.details().forEach(line -> err.println("  " + shown(line)));
        }
        if (debug) {
            problem.printStackTrace(err);
        }
        return wrongInput ? WRONG_INPUT : FAILED;
    }

    /// What the machine or the size of an input ended, not a mistake in it that something looked
    /// for.
    static int report(Error problem, boolean debug, PrintWriter err) {
        err.println("betatron: "
                + switch (problem) {
                    case StackOverflowError _ ->
                        "an input is nested too deeply to be read; is it damaged? (--debug shows where)";
                    case OutOfMemoryError _ ->
                        "the Java heap is full (" + problem.getMessage() + "); give it more with"
                                + " BETATRON_JAVA_OPTIONS=-Xmx8g, or look for a row or a file that is far too large";
                    default -> "a library cannot be loaded: " + RootCause.line(problem);
                });
        if (debug) {
            problem.printStackTrace(err);
        }
        return FAILED;
    }

    static int reportUsage(ParameterException problem, boolean debug, PrintWriter err) {
        var command = problem.getCommandLine();
        err.println("betatron: " + shown(String.valueOf(problem.getMessage())));
        if (command.getParent() == null) {
            command.usage(err);
        } else {
            err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        if (debug) {
            problem.printStackTrace(err);
        }
        return WRONG_INPUT;
    }

    /// Texts of damaged files are quoted in messages; a terminal is to show all of them, and obey
    /// none.
    private static String shown(String text) {
        return VisibleText.of(
                Arrays.stream(text.split("\n", -1)).map(Failures::shortened).collect(Collectors.joining("\n")));
    }

    /// A value that fills the screen hides what is said of it.
    private static String shortened(String line) {
        String quoted = LONG_QUOTATION
                .matcher(line)
                .replaceAll(match -> Matcher.quoteReplacement(match.group().substring(0, 101) + "... ("
                        + (match.group().length() - 2) + " characters)"
                        + match.group().charAt(0)));
        return quoted.length() <= LONGEST_LINE
                ? quoted
                : quoted.substring(0, LONGEST_LINE - 500) + " ... (" + quoted.length() + " characters) ... "
                        + quoted.substring(quoted.length() - 400);
    }

    private static String message(Throwable problem) {
        String text = problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        if (problem instanceof UncheckedIOException && problem.getCause() != null) {
            return text + ": " + describe(problem.getCause());
        }
        // libtorch appends its C++ stack after the first line.
        return problem instanceof RecipeException
                ? text
                : text.lines().findFirst().orElse(text);
    }

    private static String describe(Throwable cause) {
        return cause instanceof java.nio.file.NoSuchFileException
                ? "no such file: " + cause.getMessage()
                : String.valueOf(cause.getMessage());
    }
}
