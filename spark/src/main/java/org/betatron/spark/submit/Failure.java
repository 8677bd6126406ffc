package org.betatron.spark.submit;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.AnalysisException;
import org.betatron.core.RootCause;
import org.betatron.data.DataException;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.spark.barrier.RankedRunException;
import org.betatron.spark.executor.ExecutorException;
import org.betatron.torch.error.ModelException;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.RunDirectoryException;
import picocli.CommandLine.ParameterException;

/// What a user reads when something fails, on the driver or in an executor: the line of whoever
/// knew what was
/// wrong, out of what Spark says around it.
///
/// @param line    what went wrong
/// @param details lines that follow, where it is about several rows
/// @param code    exit code of the process
record Failure(String line, List<String> details, int code) {

    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    private static final String NO_CLASSES = "executors do not have Betatron's classes: give spark-submit the jars of"
            + " spark/target/jars.txt with --jars, or put them where spark.executor.extraClassPath says";

    private static final String LOST = "an executor was ended from outside, most likely for its memory: what libtorch"
            + " needs lies beside the Java heap, so raise spark.executor.memoryOverhead, or lower"
            + " spark.executor.memory (";

    private static final Set<String> WRONG = new TreeSet<>(List.of(
            DataException.class.getName(),
            ModelException.class.getName(),
            RecipeException.class.getName(),
            RunDirectoryException.class.getName(),
            OtherSettingsException.class.getName(),
            IllegalArgumentException.class.getName()));

    static Failure of(Throwable problem) {
        StringBuilder said = new StringBuilder();
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (isOurs(cause)) {
                return of(cause, WRONG.contains(cause.getClass().getName()) ? WRONG_INPUT : FAILED);
            }
            said.append(cause).append('\n');
        }
        return ofSpark(problem, said.toString());
    }

    private static boolean isOurs(Throwable cause) {
        return cause.getClass().getName().startsWith("org.betatron.")
                || cause instanceof ParameterException
                || (cause instanceof IllegalArgumentException && thrownByUs(cause));
    }

    private static boolean thrownByUs(Throwable cause) {
        for (StackTraceElement frame : cause.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")) {
                return frame.getClassName().startsWith("org.betatron.");
            }
        }
        return false;
    }

    private static Failure of(Throwable ours, int code) {
        String message = String.valueOf(ours.getMessage());
        List<String> lines = ModelPlace.asGiven(message).lines().toList();
        return switch (ours) {
            case RecipeException _ -> new Failure(lines.getFirst(), lines.subList(1, lines.size()), code);
            case DataException data -> new Failure(lines.getFirst(), data.details(), code);
            case RankedRunException run ->
                new Failure(
                        lines.getFirst(), lines.subList(1, lines.size()), run.isWrongInput() ? WRONG_INPUT : FAILED);
            case ExecutorException _ -> new Failure(lines.getFirst(), List.of(), code);
            default -> new Failure(lines.isEmpty() ? ours.toString() : lines.getFirst(), List.of(), code);
        };
    }

    private static Failure ofSpark(Throwable problem, String said) {
        if (said.contains("ClassNotFoundException: org.betatron")
                || said.contains("NoClassDefFoundError: org/betatron")
                || said.contains("SerializedLambda")) {
            return new Failure(NO_CLASSES, List.of(), FAILED);
        }
        if (said.contains("ExecutorLostFailure")) {
            String reason = said.substring(said.indexOf("ExecutorLostFailure"));
            return new Failure(LOST + firstLine(reason) + ")", List.of(), FAILED);
        }
        if (problem instanceof AnalysisException) {
            return new Failure(firstLine(String.valueOf(problem.getMessage())), List.of(), WRONG_INPUT);
        }
        return new Failure(
                firstLine(String.valueOf(problem.getMessage())) + " (" + RootCause.line(problem) + ")",
                List.of(),
                FAILED);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
