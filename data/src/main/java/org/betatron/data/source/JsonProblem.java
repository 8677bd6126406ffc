package org.betatron.data.source;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/// Says in plain words what is wrong with JSON.
public final class JsonProblem {

    private static final int SHOWN_CHARACTERS = 24;

    private static final String ENDS_EARLY = "it ends in the middle of a value; a row must not go on in the next line"
            + " (jq -c . FILE writes each on one)";

    private JsonProblem() {}

    /// @param json the line that was read
    static String of(JacksonException problem, byte[] json) {
        if (problem instanceof StreamConstraintsException) {
            return of(problem);
        }
        int at = (int) Math.max(0, problem.getLocation().getByteOffset() - 1);
        return JsonTexts.problem(json, at)
                .orElseGet(() -> endsEarly(problem, json) ? ENDS_EARLY : at(problem, json, at));
    }

    private static String at(JacksonException problem, byte[] json, int at) {
        String there = text(json, at);
        return of(problem) + " at column " + (at + 1) + (there.isEmpty() ? "" : ", at " + there);
    }

    static String of(JacksonException problem) {
        if (problem instanceof StreamConstraintsException) {
            return "its lists or objects are nested deeper than " + JsonTree.MAX_DEPTH;
        }
        return problem instanceof UnexpectedEndOfInputException ? "it ends in the middle of a value" : "not valid JSON";
    }

    /// @return what is wrong with a document, with line and column where they are known
    public static String in(JacksonException problem) {
        TokenStreamLocation place = problem.getLocation();
        return of(problem)
                + (place == null || place.getLineNr() < 1
                        ? ""
                        : " at line " + place.getLineNr() + ", column " + place.getColumnNr());
    }

    private static boolean endsEarly(JacksonException problem, byte[] json) {
        int end = json.length;
        while (end > 0 && json[end - 1] <= ' ' && json[end - 1] >= 0) {
            end--;
        }
        return problem instanceof UnexpectedEndOfInputException
                || (problem.getLocation() != null && problem.getLocation().getByteOffset() > end);
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
