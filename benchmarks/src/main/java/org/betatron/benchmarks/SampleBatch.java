package org.betatron.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// Batches to decide about: responses of 10 to 300 tokens whose log-ratios spread by 5 nats, with every
/// quantity that an objective may ask for.
final class SampleBatch {

    private SampleBatch() {}

    static PairLogProbs pairs(int size) {
        RandomGenerator random = new SplittableRandom(1);
        return new PairLogProbs(side(random, size, 0), side(random, size, 0)).withMismatched(side(random, size, 0));
    }

    /// @return labelled answers, desirable and undesirable in turn
    static PairLogProbs answers(int size) {
        RandomGenerator random = new SplittableRandom(1);
        return new PairLogProbs(side(random, size, 1), side(random, size, 2)).withMismatched(side(random, size, 0));
    }

    /// @param absent 0 where every row has a response, else the parity of the rows that have none
    private static ResponseLogProbs side(RandomGenerator random, int size, int absent) {
        int[] lengths = new int[size];
        double[] policy = new double[size];
        double[] reference = new double[size];
        for (int i = 0; i < size; i++) {
            if (absent == 0 || i % 2 != absent % 2) {
                lengths[i] = random.nextInt(10, 300);
                reference[i] = -1.5 * lengths[i];
                policy[i] = reference[i] + 5 * random.nextGaussian();
            }
        }
        ResponseLogProbs.Builder builder = ResponseLogProbs.builder(lengths, policy);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            double[] column = new double[size];
            Arrays.setAll(column, i -> switch (quantity) {
                case POLICY -> policy[i];
                case REFERENCE -> reference[i];
                case POLICY_TAIL -> 0.2 * policy[i];
                case REFERENCE_TAIL -> 0.2 * reference[i];
                case REFERENCE_KL -> 0.05 * lengths[i];
                case LOG_COLLISION -> -1.2 * lengths[i];
                case EXTRAPOLATED -> policy[i] + 0.1;
                case INTERPOLATED -> policy[i] - 0.1;
            });
            builder.with(quantity, column);
        }
        return builder.build();
    }
}
