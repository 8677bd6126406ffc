package org.betatron.core.objective;

import java.util.function.IntToDoubleFunction;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;

/// A batch together with the weights of its rows, lent for one evaluation.
///
/// @param pairs   the rows
/// @param weights weight of each row: 0 for dropped
@SuppressWarnings("ArrayRecordComponent") // lent for one call, never compared
record WeightedBatch(PairLogProbs pairs, double[] weights) {

    boolean isKept(int row) {
        return weights[row] > 0;
    }

    /// @return mean of the values over kept rows that have a response on this side; 0 where there is none
    double meanOfKept(IntToDoubleFunction values, ResponseLogProbs side) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < weights.length; i++) {
            if (isKept(i) && side.length(i) > 0) {
                sum += values.applyAsDouble(i);
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }
}
