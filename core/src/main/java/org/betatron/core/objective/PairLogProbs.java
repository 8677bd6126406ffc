package org.betatron.core.objective;

import java.util.Arrays;

/// Summed response log-probabilities of `n` preference pairs under policy and reference, with the
/// response lengths.
///
/// Immutable: arrays are copied in. Thread-safe.
public final class PairLogProbs {

    private final double[] policyChosen;
    private final double[] policyRejected;
    private final double[] referenceChosen;
    private final double[] referenceRejected;
    private final int[] chosenLengths;
    private final int[] rejectedLengths;

    /// @param policyChosen      log-probability of each chosen response under the policy, `[n]`, nats
    /// @param policyRejected    the same of each rejected response
    /// @param referenceChosen   the same of each chosen response under the reference; zeros where none is used
    /// @param referenceRejected the same of each rejected response
    /// @param chosenLengths     number of scored tokens of each chosen response, `[n]`, ≥ 1
    /// @param rejectedLengths   the same of each rejected response
    /// @throws IllegalArgumentException if the arrays differ in length, or a response length is below 1
    public PairLogProbs(
            double[] policyChosen,
            double[] policyRejected,
            double[] referenceChosen,
            double[] referenceRejected,
            int[] chosenLengths,
            int[] rejectedLengths) {
        int n = policyChosen.length;
        if (policyRejected.length != n
                || referenceChosen.length != n
                || referenceRejected.length != n
                || chosenLengths.length != n
                || rejectedLengths.length != n) {
            throw new IllegalArgumentException("log-probabilities and lengths of pairs must have equal array lengths");
        }
        for (int i = 0; i < n; i++) {
            if (chosenLengths[i] < 1 || rejectedLengths[i] < 1) {
                throw new IllegalArgumentException("response lengths must be at least 1 token but pair " + i + " had "
                        + chosenLengths[i] + " (chosen) and " + rejectedLengths[i] + " (rejected)");
            }
        }
        this.policyChosen = policyChosen.clone();
        this.policyRejected = policyRejected.clone();
        this.referenceChosen = referenceChosen.clone();
        this.referenceRejected = referenceRejected.clone();
        this.chosenLengths = chosenLengths.clone();
        this.rejectedLengths = rejectedLengths.clone();
    }

    /// @return number of pairs
    public int size() {
        return policyChosen.length;
    }

    public double policyChosen(int pair) {
        return policyChosen[pair];
    }

    public double policyRejected(int pair) {
        return policyRejected[pair];
    }

    public double referenceChosen(int pair) {
        return referenceChosen[pair];
    }

    public double referenceRejected(int pair) {
        return referenceRejected[pair];
    }

    public int chosenLength(int pair) {
        return chosenLengths[pair];
    }

    public int rejectedLength(int pair) {
        return rejectedLengths[pair];
    }

    /// @param from first pair
    /// @param to   one past the last pair
    /// @return the pairs `from .. to - 1`
    public PairLogProbs slice(int from, int to) {
        if (from == 0 && to == size()) {
            return this;
        }
        return new PairLogProbs(
                Arrays.copyOfRange(policyChosen, from, to),
                Arrays.copyOfRange(policyRejected, from, to),
                Arrays.copyOfRange(referenceChosen, from, to),
                Arrays.copyOfRange(referenceRejected, from, to),
                Arrays.copyOfRange(chosenLengths, from, to),
                Arrays.copyOfRange(rejectedLengths, from, to));
    }
}
