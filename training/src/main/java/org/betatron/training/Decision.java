package org.betatron.training;

import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.Metrics;

/// What a rule has decided about a batch. A row is named by its place in the batch that was decided about. Immutable.
public interface Decision<R extends TokenizedRow, S> {

    /// @return loss that is optimized, finite; of a part of a batch its share
    double loss();

    /// @return what this batch leaves to the next
    S state();

    /// @return what is worth knowing about the batch, without a prefix
    Metrics metrics();

    /// Spreads the decision about one row over its response tokens.
    ///
    /// @param rows  rows that this place has, not necessarily all that were decided about
    /// @param index of the row among these
    /// @param place of the row in the decided batch
    /// @return by quantity the derivative of the loss by the number of each response token of the row, those of all
    ///     its responses together; without quantities that the loss does not depend on
    Map<TokenQuantity, float[]> spread(MeasuredRows<R> rows, int index, int place);
}
