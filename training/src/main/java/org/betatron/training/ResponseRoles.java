package org.betatron.training;

import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;

/// Which response of a row plays which part; [#ABSENT] where the row has none for it.
///
/// @param chosen     number of the response to follow
/// @param rejected   number of the response to avoid
/// @param mismatched number of another row's response to this row's prompt
record ResponseRoles(int chosen, int rejected, int mismatched) {

    static final int ABSENT = -1;

    private static final ResponseRoles PAIR = new ResponseRoles(0, 1, ABSENT);

    static ResponseRoles of(TokenizedRow row) {
        return switch (row) {
            case TokenizedPair _ -> PAIR;
            case TokenizedAnswer answer -> {
                int mismatched = answer.mismatched() == null ? ABSENT : 1;
                yield answer.desirable()
                        ? new ResponseRoles(0, ABSENT, mismatched)
                        : new ResponseRoles(ABSENT, 0, mismatched);
            }
            case TokenizedText text ->
                throw new IllegalArgumentException("text '" + text.id() + "' has no label to learn a preference from");
        };
    }
}
