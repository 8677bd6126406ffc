package org.betatron.training;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedRow;
import org.betatron.testkit.TinyLanguageModel;

/// First steps of rules that learn from fixed rows.
final class Lessons {

    private Lessons() {}

    /// @return what all rows of the rule teach the model, which has the gradient then
    static <R extends TokenizedRow, Q, S> Lesson<S> of(
            BatchPass pass, LearningRule<R, Q, S> rule, TinyLanguageModel model, Packing packing) {
        int numRows = data(rule).size();
        return of(pass, rule, model, packing, IntStream.range(0, numRows).toArray());
    }

    static <R extends TokenizedRow, Q, S> Lesson<S> of(
            BatchPass pass, LearningRule<R, Q, S> rule, TinyLanguageModel model, Packing packing, int[] rows) {
        List<? extends R> data = data(rule);
        double totalWeight = Decider.weight(rule, data, IntStream.of(rows));
        return pass.run(
                Fixtures.read(model, rule),
                SharedBatch.of(RowBatch.of(data, rows, packing), Ranks.ALONE),
                new Decider<>(
                        rule, data, new StepPlace(1, 1), rule.stateFormat().start(), totalWeight));
    }

    private static <R extends TokenizedRow, Q, S> List<? extends R> data(LearningRule<R, Q, S> rule) {
        return ((FixedRows<R, S>) rule.source()).rows();
    }
}
