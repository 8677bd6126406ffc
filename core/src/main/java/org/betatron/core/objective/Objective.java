package org.betatron.core.objective;

/// A preference objective: what one pair costs, and how that changes with its log-probabilities.
///
/// Implementations are stateless and thread-safe. Beta is a constant for differentiation, whoever chose it.
public interface Objective {

    /// @return what beta multiplies into an implicit reward: `reward = beta * score`
    ResponseScore score();

    /// Evaluates every pair on its own, unreduced.
    ///
    /// @param pairs log-probabilities of `n` pairs, nats
    /// @param betas strength of each pair's preference, `[n]`, > 0
    /// @return loss of each pair in nats and its derivatives by the summed policy log-probabilities of
    ///     both responses
    /// @throws IllegalArgumentException if the lengths differ
    ObjectiveValue evaluate(PairLogProbs pairs, double[] betas);

    /// @return score of the pair's chosen response
    default double chosenScore(PairLogProbs pairs, int pair) {
        return score().of(pairs.policyChosen(pair), pairs.referenceChosen(pair), pairs.chosenLength(pair));
    }

    /// @return score of the pair's rejected response
    default double rejectedScore(PairLogProbs pairs, int pair) {
        return score().of(pairs.policyRejected(pair), pairs.referenceRejected(pair), pairs.rejectedLength(pair));
    }

    /// @return chosen minus rejected score, without beta
    default double margin(PairLogProbs pairs, int pair) {
        return chosenScore(pairs, pair) - rejectedScore(pairs, pair);
    }
}
