package org.betatron.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// Batches of pairs to try things on, and altered copies of them.
public final class PairSamples {

    private PairSamples() {}

    /// @return ordinary pairs: 1 to 300 tokens, 0.3 to 3.5 nats a token, policies that left the
    ///     reference by little up to a lot; every quantity that an objective may ask for
    public static PairLogProbs random(RandomGenerator random, int size) {
        double spread = Math.exp(random.nextDouble(Math.log(0.02), Math.log(20)));
        double[] scoreGaps = new double[size];
        Arrays.setAll(scoreGaps, _ -> random.nextGaussian());
        return new PairLogProbs(randomSide(random, size, spread), randomSide(random, size, spread))
                .withMismatched(randomSide(random, size, spread))
                .withScoreGaps(scoreGaps);
    }

    /// @return labelled answers: of each row one side only
    public static PairLogProbs randomAnswers(RandomGenerator random, int size) {
        Columns columns = new Columns(random(random, size));
        for (int i = 0; i < size; i++) {
            int absent = random.nextBoolean() ? 1 : 0;
            columns.lengths[absent][i] = 0;
            for (double[] column : columns.quantities.get(absent).values()) {
                column[i] = 0;
            }
        }
        return columns.build();
    }

    private static ResponseLogProbs randomSide(RandomGenerator random, int size, double spread) {
        int[] lengths = new int[size];
        Map<ResponseQuantity, double[]> values = new EnumMap<>(ResponseQuantity.class);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            values.put(quantity, new double[size]);
        }
        for (int i = 0; i < size; i++) {
            int length = random.nextInt(4) == 0 ? 1 : random.nextInt(2, 300);
            double reference = -length * random.nextDouble(0.3, 3.5);
            double policy = Math.min(reference + random.nextGaussian() * spread, -0.001);
            double tail = random.nextDouble();
            lengths[i] = length;
            set(values, ResponseQuantity.POLICY, i, policy);
            set(values, ResponseQuantity.REFERENCE, i, reference);
            set(values, ResponseQuantity.POLICY_TAIL, i, tail * policy);
            set(values, ResponseQuantity.REFERENCE_TAIL, i, tail * reference);
            set(values, ResponseQuantity.REFERENCE_KL, i, length * random.nextDouble(0.1));
            set(values, ResponseQuantity.LOG_COLLISION, i, -length * random.nextDouble(0.2, 2));
            set(values, ResponseQuantity.EXTRAPOLATED, i, policy + 0.01 * random.nextGaussian());
            set(values, ResponseQuantity.INTERPOLATED, i, policy + 0.01 * random.nextGaussian());
        }
        return side(lengths, values);
    }

    private static void set(Map<ResponseQuantity, double[]> values, ResponseQuantity quantity, int row, double value) {
        Objects.requireNonNull(values.get(quantity))[row] = value;
    }

    private static ResponseLogProbs side(int[] lengths, Map<ResponseQuantity, double[]> values) {
        ResponseLogProbs.Builder builder =
                ResponseLogProbs.builder(lengths, Objects.requireNonNull(values.get(ResponseQuantity.POLICY)));
        values.forEach(builder::with);
        return builder.build();
    }

    /// @return pairs of one-token responses with the given margins; all other quantities are zero
    public static PairLogProbs ofMargins(double... margins) {
        int[] ones = new int[margins.length];
        Arrays.fill(ones, 1);
        Map<ResponseQuantity, double[]> zeros = new EnumMap<>(ResponseQuantity.class);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            zeros.put(quantity, new double[margins.length]);
        }
        ResponseLogProbs rejected = side(ones, zeros);
        zeros.put(ResponseQuantity.POLICY, margins);
        return new PairLogProbs(side(ones, zeros), rejected)
                .withMismatched(rejected)
                .withScoreGaps(new double[margins.length]);
    }

    /// @return one pair of which nothing but log-probabilities and lengths is known
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
        PairLogProbs chosenMoved = shifted(pairs, pair, 0, ResponseQuantity.POLICY, chosenBy);
        return shifted(chosenMoved, pair, 1, ResponseQuantity.POLICY, rejectedBy);
    }

    /// @param side 0 for chosen, 1 for rejected
    /// @return a copy with one quantity of one response moved
    public static PairLogProbs shifted(PairLogProbs pairs, int pair, int side, ResponseQuantity quantity, double by) {
        Columns columns = new Columns(pairs);
        Objects.requireNonNull(columns.quantities.get(side).get(quantity))[pair] += by;
        return columns.build();
    }

    /// @return a copy with chosen and rejected exchanged in every pair
    public static PairLogProbs swapped(PairLogProbs pairs) {
        PairLogProbs swapped = new PairLogProbs(pairs.rejected(), pairs.chosen());
        return pairs.mismatched().map(swapped::withMismatched).orElse(swapped);
    }

    /// @return the pairs `order[0]`, `order[1]`, ...
    public static PairLogProbs permuted(PairLogProbs pairs, int[] order) {
        Columns columns = new Columns(pairs);
        columns.forEachColumn(column -> {
            double[] before = column.clone();
            Arrays.setAll(column, i -> before[order[i]]);
        });
        double[] gaps = columns.scoreGaps.clone();
        Arrays.setAll(columns.scoreGaps, i -> gaps[order[i]]);
        for (int[] column : columns.lengths) {
            int[] before = column.clone();
            Arrays.setAll(column, i -> before[order[i]]);
        }
        return columns.build();
    }

    /// @return a copy in which only these quantities, and the policy, are known
    public static PairLogProbs restricted(PairLogProbs pairs, RequiredInputs inputs) {
        Columns columns = new Columns(pairs);
        for (Map<ResponseQuantity, double[]> side : columns.quantities) {
            side.keySet().removeIf(quantity -> quantity != ResponseQuantity.POLICY && !inputs.needs(quantity));
        }
        if (!inputs.mismatched()) {
            columns.quantities.removeLast();
        }
        return columns.build();
    }

    /// @return a copy whose responses have other numbers of tokens, each another one
    public static PairLogProbs withOtherLengths(PairLogProbs pairs) {
        Columns columns = new Columns(pairs);
        for (int s = 0; s < columns.lengths.length; s++) {
            for (int i = 0; i < columns.lengths[s].length; i++) {
                columns.lengths[s][i] *= 2 + s + i % 3;
            }
        }
        return columns.build();
    }

    /// @return a copy with other references
    public static PairLogProbs withReferences(PairLogProbs pairs, double[] chosen, double[] rejected) {
        Columns columns = new Columns(pairs);
        columns.quantities.get(0).put(ResponseQuantity.REFERENCE, chosen);
        columns.quantities.get(1).put(ResponseQuantity.REFERENCE, rejected);
        return columns.build();
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

    /// A batch that can be written to: chosen, rejected and, where there are any, mismatched responses.
    private static final class Columns {
        private final int[][] lengths;
        private final List<Map<ResponseQuantity, double[]>> quantities = new ArrayList<>();
        private final double[] scoreGaps;

        Columns(PairLogProbs pairs) {
            scoreGaps = new double[pairs.size()];
            Arrays.setAll(scoreGaps, pairs::scoreGap);
            List<ResponseLogProbs> sides = new ArrayList<>(List.of(pairs.chosen(), pairs.rejected()));
            pairs.mismatched().ifPresent(sides::add);
            lengths = new int[sides.size()][pairs.size()];
            for (int s = 0; s < sides.size(); s++) {
                ResponseLogProbs side = sides.get(s);
                Arrays.setAll(lengths[s], side::length);
                Map<ResponseQuantity, double[]> values = new EnumMap<>(ResponseQuantity.class);
                for (ResponseQuantity quantity : ResponseQuantity.values()) {
                    if (side.has(quantity)) {
                        double[] column = new double[side.size()];
                        Arrays.setAll(column, i -> side.get(quantity, i));
                        values.put(quantity, column);
                    }
                }
                quantities.add(values);
            }
        }

        void forEachColumn(Consumer<double[]> action) {
            quantities.forEach(side -> side.values().forEach(action));
        }

        PairLogProbs build() {
            PairLogProbs pairs = new PairLogProbs(
                            side(lengths[0], quantities.get(0)), side(lengths[1], quantities.get(1)))
                    .withScoreGaps(scoreGaps);
            return quantities.size() == 2 ? pairs : pairs.withMismatched(side(lengths[2], quantities.get(2)));
        }
    }
}
