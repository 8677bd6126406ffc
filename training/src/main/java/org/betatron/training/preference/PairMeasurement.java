package org.betatron.training.preference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.data.row.LabelledRow;

/// What a model says about one row, at beta_0.
///
/// @param row               a pair, or a labelled answer
/// @param policyChosen      log-prob of the chosen response, or its score, nats; 0 where the row has none, and so below
/// @param policyRejected    log-prob of the rejected response, nats
/// @param referenceChosen   the same under the reference; empty where the objective has none
/// @param referenceRejected the same under the reference
/// @param gap               beta_0 times the margin, chosen minus rejected; not finite where the margin is not
/// @param loss              of the objective, its unit
public record PairMeasurement(
        LabelledRow<?> row,
        double policyChosen,
        double policyRejected,
        OptionalDouble referenceChosen,
        OptionalDouble referenceRejected,
        double gap,
        double loss) {

    /// @param rows  in the order of the quantities
    /// @param value what the objective says of each
    static List<PairMeasurement> of(
            Alignment alignment, List<? extends LabelledRow<?>> rows, PairLogProbs pairs, ObjectiveValue value) {
        List<PairMeasurement> measurements = new ArrayList<>(pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            measurements.add(new PairMeasurement(
                    rows.get(i),
                    pairs.chosen().policy(i),
                    pairs.rejected().policy(i),
                    reference(pairs.chosen(), i),
                    reference(pairs.rejected(), i),
                    alignment.beta() * alignment.objective().margin(pairs, i),
                    value.loss(i)));
        }
        return measurements;
    }

    private static OptionalDouble reference(ResponseLogProbs side, int row) {
        return side.has(ResponseQuantity.REFERENCE)
                ? OptionalDouble.of(side.get(ResponseQuantity.REFERENCE, row))
                : OptionalDouble.empty();
    }
}
