package org.betatron.data.source;

import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.data.DataException;

/// Names files whose rows stand within something: `{"data": [...]}` over several lines.
public final class WrappedRows {

    private static final Pattern LIST = Pattern.compile("\\{?\\s*\"(\\w+)\"\\s*:\\s*\\[.*", Pattern.DOTALL);

    /// A dialogue is no list of rows.
    private static final Pattern DIALOGUE =
            Pattern.compile("[^\\[]*\\[\\s*\\{\\s*\"(role|from|content|value)\".*", Pattern.DOTALL);

    private WrappedRows() {}

    /// @param first   rows read so far
    /// @param rows    the others
    /// @param problem of the first row
    /// @return the problem, or another one that says what the file is
    public static DataException named(Queue<RawRow> first, RawRows rows, DataException problem) {
        if (!(first.peek() instanceof RawRow.Line line) || first.size() > 1) {
            return problem;
        }
        String beginning = line.beginning().strip();
        if (beginning.equals("{")) {
            RawRow next = rows.next();
            if (next instanceof RawRow.Line second) {
                first.add(second);
                beginning = second.beginning().strip();
            }
        }
        Matcher list = LIST.matcher(beginning);
        return list.matches() && !DIALOGUE.matcher(beginning).matches()
                ? new DataException(line.place() + ": the file is one object whose rows stand in a list under \""
                        + list.group(1) + "\": write that list alone into a file (jq '." + list.group(1) + "' FILE)")
                : problem;
    }
}
