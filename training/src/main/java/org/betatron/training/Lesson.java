package org.betatron.training;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.row.TokenizedRow;

/// A decision, spread over the response tokens of rows.
///
/// @param decision about these rows, or more
/// @param ofRows   by quantity the derivatives of each row's response tokens; lent, not to be written
record Lesson<S>(Decision<?, S> decision, List<Map<TokenQuantity, float[]>> ofRows) {

    private static final float[] NONE = {};

    /// @param first place of the first of these rows in the decided batch, in which they follow each other
    static <R extends TokenizedRow, S> Lesson<S> of(Decision<R, S> decision, MeasuredRows<R> rows, int first) {
        List<Map<TokenQuantity, float[]>> ofRows = new ArrayList<>(rows.size());
        for (int index = 0; index < rows.size(); index++) {
            ofRows.add(decision.spread(rows, index, first + index));
        }
        return new Lesson<>(decision, ofRows);
    }

    /// @return derivatives of a row; empty where the loss does not depend on the quantity
    float[] derivatives(TokenQuantity quantity, int index) {
        return ofRows.get(index).getOrDefault(quantity, NONE);
    }

    /// @return quantities that the loss depends on through any of these rows
    Set<TokenQuantity> quantities(int[] indices) {
        Set<TokenQuantity> all = EnumSet.noneOf(TokenQuantity.class);
        IntStream.of(indices).forEach(index -> all.addAll(ofRows.get(index).keySet()));
        return all;
    }

    /// @return whether there is anything to learn from the row
    boolean teaches(int index) {
        return ofRows.get(index).values().stream().anyMatch(Lesson::anyNonZero);
    }

    /// @return whether there is anything to learn from any row
    boolean teaches() {
        return IntStream.range(0, ofRows.size()).anyMatch(this::teaches);
    }

    private static boolean anyNonZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }
}
