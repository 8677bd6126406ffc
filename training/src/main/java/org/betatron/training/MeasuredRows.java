package org.betatron.training;

import java.util.List;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.TokenizedRow;

/// Rows of a step and what a model says about them. A row is named by its index among them.
///
/// @param data    the list that rows are numbered in
/// @param numbers of the rows
public record MeasuredRows<R extends TokenizedRow>(List<? extends R> data, BatchNumbers numbers) {

    public int size() {
        return numbers.size();
    }

    public R row(int index) {
        return data.get(numbers.row(index));
    }
}
