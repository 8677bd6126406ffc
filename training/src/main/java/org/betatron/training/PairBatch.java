package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.objective.Objective;
import org.betatron.core.objective.PairLogProbs;
import org.betatron.data.TokenizedPair;
import org.betatron.training.reference.ReferenceLogProbs;
import org.betatron.training.run.Metrics;

/// Joins policy and reference log-probabilities of pairs, and measures them at beta_0.
final class PairBatch {

    private PairBatch() {}

    /// @return summed log-probabilities of the pairs of a batch, in its order
    static PairLogProbs join(BatchLogProbs policy, ReferenceLogProbs reference) {
        int n = policy.size();
        double[] policyChosen = new double[n];
        double[] policyRejected = new double[n];
        double[] referenceChosen = new double[n];
        double[] referenceRejected = new double[n];
        int[] chosenLengths = new int[n];
        int[] rejectedLengths = new int[n];
        for (int i = 0; i < n; i++) {
            policyChosen[i] = policy.sum(i, 0);
            policyRejected[i] = policy.sum(i, 1);
            chosenLengths[i] = policy.length(i, 0);
            rejectedLengths[i] = policy.length(i, 1);
            int end = chosenLengths[i] + rejectedLengths[i];
            referenceChosen[i] = reference.sum(policy.row(i), 0, chosenLengths[i]);
            referenceRejected[i] = reference.sum(policy.row(i), chosenLengths[i], end);
        }
        return new PairLogProbs(
                policyChosen, policyRejected, referenceChosen, referenceRejected, chosenLengths, rejectedLengths);
    }

    /// @param rows   the data set
    /// @param policy a batch of it
    /// @return gap of scores of each pair of the batch, in its order, on the scale of the file
    /// @throws IllegalArgumentException if a pair has no scores, naming it
    static double[] scoreGaps(List<TokenizedPair> rows, BatchLogProbs policy) {
        double[] gaps = new double[policy.size()];
        for (int i = 0; i < gaps.length; i++) {
            TokenizedPair pair = rows.get(policy.row(i));
            gaps[i] = pair.scoreGap()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "pair '" + pair.id() + "' (" + pair.place() + ") must have a score on both answers"));
        }
        return gaps;
    }

    /// Adds means over all pairs. Rewards are at beta_0, so that runs with different betas compare.
    static void measure(Alignment alignment, PairLogProbs pairs, Metrics.Builder metrics) {
        Objective objective = alignment.objective();
        int n = pairs.size();
        double chosen = 0;
        double rejected = 0;
        double logProbChosen = 0;
        double logProbRejected = 0;
        int right = 0;
        int below = 0;
        for (int i = 0; i < n; i++) {
            chosen += objective.chosenScore(pairs, i) / n;
            rejected += objective.rejectedScore(pairs, i) / n;
            logProbChosen += pairs.policyChosen(i) / n;
            logProbRejected += pairs.policyRejected(i) / n;
            right += objective.margin(pairs, i) > 0 ? 1 : 0;
            below += objective.chosenScore(pairs, i) < 0 ? 1 : 0;
        }
        metrics.put("reward/chosen", alignment.beta() * chosen)
                .put("reward/rejected", alignment.beta() * rejected)
                .put("margin", chosen - rejected)
                .put("accuracy", (double) right / n)
                .put("logp/chosen", logProbChosen)
                .put("logp/rejected", logProbRejected);
        if (objective.score().usesReference()) {
            metrics.put("chosenBelowReference", (double) below / n);
        }
    }

    /// @throws IllegalArgumentException if the objective needs a reference and has none
    static void requireReference(Alignment alignment, ReferenceLogProbs reference) {
        if (alignment.objective().score().usesReference() && reference.equals(ReferenceLogProbs.NONE)) {
            throw new IllegalArgumentException("reference must be given: the objective compares with it");
        }
    }

    /// @return a pair's id and numbers for a message
    static String describe(
            Alignment alignment, List<TokenizedPair> rows, BatchLogProbs policy, PairLogProbs pairs, int index) {
        return "'" + rows.get(policy.row(index)).id() + "', margin "
                + alignment.objective().margin(pairs, index) + ", log-probability chosen "
                + pairs.policyChosen(index) + " and rejected " + pairs.policyRejected(index);
    }
}
