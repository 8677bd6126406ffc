package org.betatron.training;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.Objective;
import org.betatron.data.TokenizedPair;
import org.betatron.training.reference.ReferenceLogProbs;
import org.betatron.training.run.Metrics;

/// Joins policy and reference log-probabilities of pairs, and measures them at beta_0.
final class PairBatch {

    private PairBatch() {}

    /// @param inputs what has to be known of each response
    /// @return the quantities of the pairs of a batch, in its order
    static PairLogProbs join(RequiredInputs inputs, BatchLogProbs policy, ReferenceLogProbs reference) {
        return new PairLogProbs(side(inputs, policy, reference, 0), side(inputs, policy, reference, 1));
    }

    private static ResponseLogProbs side(
            RequiredInputs inputs, BatchLogProbs policy, ReferenceLogProbs reference, int response) {
        int n = policy.size();
        int[] lengths = new int[n];
        Arrays.setAll(lengths, i -> policy.length(i, response));
        IntUnaryOperator shorter = i -> Math.min(lengths[i], policy.length(i, 1 - response));
        IntUnaryOperator start = i -> response == 0 ? 0 : policy.length(i, 0);

        ResponseLogProbs.Builder builder = ResponseLogProbs.builder(lengths, perRow(n, i -> policy.sum(i, response)));
        if (inputs.needsReference()) {
            builder.with(ResponseQuantity.REFERENCE, perRow(n, i -> {
                int from = start.applyAsInt(i);
                return reference.sum(policy.row(i), from, from + lengths[i]);
            }));
        }
        if (inputs.needs(ResponseQuantity.POLICY_TAIL)) {
            builder.with(ResponseQuantity.POLICY_TAIL, perRow(n, i -> policy.sum(i, response, shorter.applyAsInt(i))));
        }
        if (inputs.needs(ResponseQuantity.REFERENCE_TAIL)) {
            builder.with(ResponseQuantity.REFERENCE_TAIL, perRow(n, i -> {
                int from = start.applyAsInt(i);
                return reference.sum(policy.row(i), from + shorter.applyAsInt(i), from + lengths[i]);
            }));
        }
        return builder.build();
    }

    private static double[] perRow(int n, IntToDoubleFunction value) {
        double[] column = new double[n];
        Arrays.setAll(column, value);
        return column;
    }

    /// @return derivative of the decided loss by the log-probability of each response token of a row: that of its
    ///     response, and beyond the shorter response that of the tail as well
    static float[] tokenDerivatives(BatchLogProbs policy, AlignmentDecision decision, int index) {
        int chosenLength = policy.length(index, 0);
        int rejectedLength = policy.length(index, 1);
        int shorter = Math.min(chosenLength, rejectedLength);
        float[] derivatives = new float[chosenLength + rejectedLength];
        Arrays.fill(derivatives, 0, chosenLength, (float) decision.chosenDerivative(index));
        Arrays.fill(derivatives, chosenLength, derivatives.length, (float) decision.rejectedDerivative(index));
        add(derivatives, shorter, chosenLength, decision.chosenDerivative(ResponseQuantity.POLICY_TAIL, index));
        add(
                derivatives,
                chosenLength + shorter,
                derivatives.length,
                decision.rejectedDerivative(ResponseQuantity.POLICY_TAIL, index));
        return derivatives;
    }

    private static void add(float[] values, int from, int to, double summand) {
        for (int i = from; i < to; i++) {
            values[i] += (float) summand;
        }
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
            logProbChosen += pairs.chosen().policy(i) / n;
            logProbRejected += pairs.rejected().policy(i) / n;
            right += objective.margin(pairs, i) > 0 ? 1 : 0;
            below += objective.chosenScore(pairs, i) < 0 ? 1 : 0;
        }
        metrics.put("reward/chosen", alignment.beta() * chosen)
                .put("reward/rejected", alignment.beta() * rejected)
                .put("margin", chosen - rejected)
                .put("accuracy", (double) right / n)
                .put("logp/chosen", logProbChosen)
                .put("logp/rejected", logProbRejected);
        if (alignment.inputs().needsReference()) {
            metrics.put("chosenBelowReference", (double) below / n);
        }
    }

    /// @throws IllegalArgumentException if the objective needs a reference and has none
    static void requireReference(Alignment alignment, ReferenceLogProbs reference) {
        if (alignment.inputs().needsReference() && reference.equals(ReferenceLogProbs.NONE)) {
            throw new IllegalArgumentException("reference must be given: the objective compares with it");
        }
    }

    /// @return a pair's id and numbers for a message
    static String describe(
            Alignment alignment, List<TokenizedPair> rows, BatchLogProbs policy, PairLogProbs pairs, int index) {
        return "'" + rows.get(policy.row(index)).id() + "', margin "
                + alignment.objective().margin(pairs, index) + ", log-probability chosen "
                + pairs.chosen().policy(index) + " and rejected "
                + pairs.rejected().policy(index);
    }
}
