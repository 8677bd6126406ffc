package org.betatron.data.source;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/// Says in plain words what is wrong with JSON.
final class JsonProblem {

    private static final int SHOWN_CHARACTERS = 24;

    private JsonProblem() {}

    /// @param json the bytes that were read, for what stands where the problem is
    static String of(JacksonException problem, byte[] json) {
        int column = problem.getLocation() == null ? 0 : problem.getLocation().getColumnNr();
        String there = text(json, Math.max(0, column - 1));
        return of(problem) + (endsEarly(problem) || there.isEmpty() ? "" : " at column " + column + ", at " + there);
    }

    static String of(JacksonException problem) {
        if (problem instanceof StreamConstraintsException) {
            return "its lists or objects are nested deeper than " + JsonTree.MAX_DEPTH;
        }
        return endsEarly(problem) ? "it ends in the middle of a value" : "not valid JSON";
    }

    static boolean endsEarly(JacksonException problem) {
        return problem instanceof UnexpectedEndOfInputException;
    }

    /// @return printable text from a place on, in quotes; empty at the end
    static String text(byte[] json, int from) {
        int end = Math.min(json.length, from + 4 * SHOWN_CHARACTERS);
        if (from >= end) {
            return "";
        }
        String text = new String(json, from, end - from, StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .filter(c -> !Character.isISOControl(c) && c != 0xfffd)
                .limit(SHOWN_CHARACTERS)
                .forEach(shown::appendCodePoint);
        return shown.toString().isBlank() ? "" : "`" + shown.toString().strip() + "`";
    }
}
