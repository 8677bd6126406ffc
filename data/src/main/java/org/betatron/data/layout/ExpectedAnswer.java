package org.betatron.data.layout;

import java.util.List;
import org.betatron.data.source.JsonRow;
import tools.jackson.databind.JsonNode;

/// The known right answer of a row.
///
/// It stands where the rules say that `expected` is, else in the first of [#NAMES] that the row
/// has and its layout does not read. A text stays as it is; a number or a truth value is written
/// as JSON does.
public final class ExpectedAnswer {

    /// The field that rules give a place.
    public static final String FIELD = "expected";

    /// Usual names, the first that is there counts: `answer` comes before `solution`, which is
    /// often a text that leads to the answer.
    static final List<String> NAMES = List.of(FIELD, "answer", "expected_answer", "ground_truth", "solution");

    /// Whether a reader asks rows for it.
    public enum Reading {
        /// Fields of these names are fields like others.
        NOT_READ,
        /// A row without it is bad.
        REQUIRED
    }

    private ExpectedAnswer() {}

    /// @param row after its layout was read
    /// @return the answer, not blank
    /// @throws org.betatron.data.DataException if there is none, or it is no text, number or truth
    ///     value
    static String of(JsonRow row) {
        List<String> names = row.isMapped(FIELD)
                ? List.of(FIELD)
                : NAMES.stream().filter(name -> !row.isUsed(name)).toList();
        String name = names.stream()
                .filter(row::has)
                .findFirst()
                .orElseThrow(() -> row.error("a row must have the expected answer under "
                        + (row.isMapped(FIELD)
                                ? "\"" + row.nameOf(FIELD) + "\""
                                : "one of the names " + String.join(", ", NAMES))
                        + " but had the fields " + row.fields()
                        + "; where it has another name, data.fields: {expected: NAME} of a recipe says which"));
        JsonNode value = row.peek(name);
        String text;
        if (value.isString()) {
            text = row.text(name);
        } else if (value.isNumber() || value.isBoolean()) {
            text = row.use(name).asString();
        } else {
            throw row.error("the expected answer \"" + row.nameOf(name) + "\" must be text or a number but was "
                    + JsonRow.kind(value));
        }
        if (text.isBlank()) {
            throw row.error("the expected answer \"" + row.nameOf(name) + "\" must not be empty");
        }
        return text;
    }
}
