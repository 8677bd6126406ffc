package org.betatron.core;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.betatron.core.objective.PairLogProbs;

/// Batches of pairs to try things on, and altered copies of them.
public final class PairSamples {

    private PairSamples() {}

    /// @return ordinary pairs: 1 to 300 tokens, 0.3 to 3.5 nats a token, policies that left the
    ///     reference by little up to a lot
    public static PairLogProbs random(RandomGenerator random, int size) {
        double spread = Math.exp(random.nextDouble(Math.log(0.02), Math.log(20)));
        double[][] logProbs = new double[4][size];
        int[][] lengths = new int[2][size];
        for (int i = 0; i < size; i++) {
            for (int response = 0; response < 2; response++) {
                int length = random.nextInt(4) == 0 ? 1 : random.nextInt(2, 300);
                double reference = -length * random.nextDouble(0.3, 3.5);
                lengths[response][i] = length;
                logProbs[response][i] = Math.min(reference + random.nextGaussian() * spread, -0.001);
                logProbs[response + 2][i] = reference;
            }
        }
        return new PairLogProbs(logProbs[0], logProbs[1], logProbs[2], logProbs[3], lengths[0], lengths[1]);
    }

    /// @return pairs of one-token responses with the given margins; the references are zero
    public static PairLogProbs ofMargins(double... margins) {
        double[] zeros = new double[margins.length];
        int[] ones = new int[margins.length];
        Arrays.fill(ones, 1);
        return new PairLogProbs(margins, zeros, zeros, zeros, ones, ones);
    }

    /// @return one pair
    public static PairLogProbs pair(
            double policyChosen,
            double policyRejected,
            double referenceChosen,
            double referenceRejected,
            int chosenLength,
            int rejectedLength) {
        return new PairLogProbs(
                new double[] {policyChosen},
                new double[] {policyRejected},
                new double[] {referenceChosen},
                new double[] {referenceRejected},
                new int[] {chosenLength},
                new int[] {rejectedLength});
    }

    /// @return a copy with the policy log-probabilities of one pair moved
    public static PairLogProbs shifted(PairLogProbs pairs, int pair, double chosenBy, double rejectedBy) {
        Columns columns = new Columns(pairs);
        columns.logProbs[0][pair] += chosenBy;
        columns.logProbs[1][pair] += rejectedBy;
        return columns.build();
    }

    /// @return a copy with chosen and rejected exchanged in every pair
    public static PairLogProbs swapped(PairLogProbs pairs) {
        Columns c = new Columns(pairs);
        return new PairLogProbs(c.logProbs[1], c.logProbs[0], c.logProbs[3], c.logProbs[2], c.lengths[1], c.lengths[0]);
    }

    /// @return the pairs `order[0]`, `order[1]`, ...
    public static PairLogProbs permuted(PairLogProbs pairs, int[] order) {
        Columns columns = new Columns(pairs);
        for (double[] column : columns.logProbs) {
            double[] before = column.clone();
            Arrays.setAll(column, i -> before[order[i]]);
        }
        for (int[] column : columns.lengths) {
            int[] before = column.clone();
            Arrays.setAll(column, i -> before[order[i]]);
        }
        return columns.build();
    }

    /// @return a copy with other references
    public static PairLogProbs withReferences(PairLogProbs pairs, double[] chosen, double[] rejected) {
        Columns c = new Columns(pairs);
        return new PairLogProbs(c.logProbs[0], c.logProbs[1], chosen, rejected, c.lengths[0], c.lengths[1]);
    }

    /// @return a random order of `0 .. size - 1`
    public static int[] permutation(RandomGenerator random, int size) {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    private static final class Columns {
        private final double[][] logProbs;
        private final int[][] lengths;

        Columns(PairLogProbs pairs) {
            int n = pairs.size();
            logProbs = new double[4][n];
            lengths = new int[2][n];
            for (int i = 0; i < n; i++) {
                logProbs[0][i] = pairs.policyChosen(i);
                logProbs[1][i] = pairs.policyRejected(i);
                logProbs[2][i] = pairs.referenceChosen(i);
                logProbs[3][i] = pairs.referenceRejected(i);
                lengths[0][i] = pairs.chosenLength(i);
                lengths[1][i] = pairs.rejectedLength(i);
            }
        }

        PairLogProbs build() {
            return new PairLogProbs(logProbs[0], logProbs[1], logProbs[2], logProbs[3], lengths[0], lengths[1]);
        }
    }
}
