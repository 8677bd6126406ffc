package org.betatron.runs.recipe;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.DeserializationProblemHandler;

/// Notes what constructors refuse, and goes on without the value so that later problems are found
/// too.
final class ConstructorProblems extends DeserializationProblemHandler {

    private final List<String> problems;

    /// @param problems gets a line per problem
    ConstructorProblems(List<String> problems) {
        this.problems = problems;
    }

    @Override
    public @Nullable Object handleInstantiationProblem(
            DeserializationContext context, Class<?> type, @Nullable Object argument, Throwable problem) {
        JsonParser parser = context.getParser();
        problems.add(pathOf(parser.streamReadContext()) + ": " + reasonOf(problem));
        return Choices.defaultOf(type);
    }

    @Override
    public Object handleWeirdStringValue(DeserializationContext context, Class<?> type, String value, String message) {
        if (!type.isEnum()) {
            return NOT_HANDLED;
        }
        Object[] constants = type.getEnumConstants();
        problems.add(pathOf(context.getParser().streamReadContext()) + ": must be one of "
                + List.of(constants).stream().map(Choices::spelling).collect(Collectors.joining(", "))
                + " but was '" + value + "'");
        return constants[0];
    }

    /// @return what the constructor said, without what Jackson wraps around it
    private static @Nullable String reasonOf(Throwable problem) {
        Throwable cause = problem.getCause();
        return problem instanceof JacksonException && cause != null ? reasonOf(cause) : problem.getMessage();
    }

    private static String pathOf(TokenStreamContext context) {
        return context.pathAsPointer()
                .toString()
                .replaceFirst("^/", "")
                .replaceAll("/(\\d+)", "[$1]")
                .replace('/', '.');
    }
}
