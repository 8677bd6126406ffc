package org.betatron.training.preference;

import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;

/// Which response of a row plays which part; [#ABSENT] where the row has none for it.
///
/// @param chosen     number of the response to follow
/// @param rejected   number of the response to avoid
/// @param mismatched number of another row's response to this row's prompt
record ResponseRoles(int chosen, int rejected, int mismatched) {

    static final int ABSENT = -1;

    private static final ResponseRoles PAIR = new ResponseRoles(0, 1, ABSENT);

    static ResponseRoles of(LabelledRow<?> row) {
        return switch (row) {
            case TokenizedPair _ -> PAIR;
            case TokenizedAnswer answer -> {
                int mismatched = answer.mismatched() == null ? ABSENT : 1;
                yield answer.desirable()
                        ? new ResponseRoles(0, ABSENT, mismatched)
                        : new ResponseRoles(ABSENT, 0, mismatched);
            }
        };
    }

    /// @return tokens of the shorter response of a pair; of the only one of an answer, which so has no tail
    int shorterLength(BatchNumbers numbers, int index) {
        int ofChosen = chosen == ABSENT ? 0 : numbers.length(index, chosen);
        int ofRejected = rejected == ABSENT ? 0 : numbers.length(index, rejected);
        return ofChosen == 0 || ofRejected == 0 ? Math.max(ofChosen, ofRejected) : Math.min(ofChosen, ofRejected);
    }
}
