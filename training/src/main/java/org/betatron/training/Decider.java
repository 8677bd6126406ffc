package org.betatron.training;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.TrainingException;

/// What decides about the rows of one step.
///
/// @param data        the list that rows are numbered in
/// @param state       what earlier steps and the draw of this one left
/// @param totalWeight sum of the weights of the whole batch
record Decider<R extends TokenizedRow, Q, S>(
        LearningRule<R, Q, S> rule, List<? extends R> data, StepPlace step, S state, double totalWeight) {

    /// @return sum of the weights of rows, before any model has seen them
    static <R extends TokenizedRow> double weight(LearningRule<R, ?, ?> rule, List<? extends R> data, IntStream rows) {
        return rows.mapToDouble(row -> rule.weight(data.get(row))).sum();
    }

    /// Quantities, decision, spreading. Where several ranks compute a batch, each has the numbers of
    /// all rows by now, and decides the same.
    Lesson<S> lesson(BatchNumbers numbers) {
        MeasuredRows<R> rows = new MeasuredRows<>(data, numbers);
        Q quantities = rule.quantities(rows);
        try {
            return Lesson.of(rule.decide(step, quantities, state, totalWeight), rows, 0);
        } catch (NotFiniteException e) {
            throw new TrainingException(
                    "step " + step.step() + ": "
                            + e.describe(rows.row(e.place()).id()),
                    e);
        }
    }
}
