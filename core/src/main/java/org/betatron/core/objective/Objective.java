package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// A preference objective: what each row of a batch costs, and how that changes with its log-probabilities.
///
/// Implementations are stateless and thread-safe. Beta is a constant for differentiation, whoever chose it,
/// and so are statistics.
public interface Objective {

    /// @return what is read of a response
    RequiredInputs inputs();

    /// @return which rows it learns from
    RowKind rows();

    /// @return whether the loss of a row depends on its own numbers only
    default boolean isRowByRow() {
        return true;
    }

    /// What beta multiplies into an implicit reward: `reward = beta * score`.
    ///
    /// @return score of the row's chosen response; 0 where the row has none
    default double chosenScore(PairLogProbs pairs, int row) {
        return pairs.hasChosen(row) ? score(pairs.chosen(), row) : 0;
    }

    /// @return score of the row's rejected response; 0 where the row has none
    default double rejectedScore(PairLogProbs pairs, int row) {
        return pairs.hasRejected(row) ? score(pairs.rejected(), row) : 0;
    }

    /// @return chosen minus rejected score, without beta
    default double margin(PairLogProbs pairs, int row) {
        return chosenScore(pairs, row) - rejectedScore(pairs, row);
    }

    /// @param responses one side of a batch
    /// @param row       a row that has a response on this side
    /// @return its score
    double score(ResponseLogProbs responses, int row);

    /// @return whether the data have to bring explicit scores of both responses
    default boolean needsScores() {
        return false;
    }

    /// @return whether it follows running moments of its own, those of [#tracked]
    default boolean keepsStatistics() {
        return false;
    }

    /// @return the numbers of this batch whose running moments [#evaluate] wants to know; empty for most
    default double[] tracked(PairLogProbs pairs) {
        return new double[0];
    }

    /// Evaluates a batch, unreduced.
    ///
    /// @param pairs   quantities of `n` rows
    /// @param betas   strength of each row's preference, `[n]`, > 0
    /// @param weights weight of each row, `[n]`; one of weight zero influences no other row
    /// @param tracked running moments of [#tracked]
    /// @return loss of each row in nats, with its derivatives
    /// @throws IllegalArgumentException if the lengths differ
    ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked);

    /// @throws IllegalArgumentException if betas or weights do not have one entry per row
    static void requireSizes(PairLogProbs pairs, double[] betas, double[] weights) {
        if (betas.length != pairs.size() || weights.length != pairs.size()) {
            throw new IllegalArgumentException("betas and weights must have one entry per pair (" + pairs.size()
                    + ") but had " + betas.length + " and " + weights.length);
        }
    }
}
