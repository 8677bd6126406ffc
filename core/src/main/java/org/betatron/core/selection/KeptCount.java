package org.betatron.core.selection;

import java.util.Arrays;

/// How many pairs of a batch a fraction keeps, and which ones once each has a key.
final class KeptCount {

    private KeptCount() {}

    /// @param batchSize pairs in the batch, ≥ 1
    /// @param keep      fraction kept, in (0, 1]
    /// @return how many of them are kept, at least one
    static int of(int batchSize, double keep) {
        // The tolerance keeps 10 * 0.8 at 8 where binary fractions fall just below.
        return Math.max(1, (int) Math.floor(batchSize * keep + 1e-9));
    }

    /// @return weight 1 for every finite value, 0 for the others
    static double[] ofFinite(double[] values) {
        double[] weights = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            weights[i] = Double.isFinite(values[i]) ? 1 : 0;
        }
        return weights;
    }

    /// @return weight 1 for the `numKept` largest keys, of equal ones those that come first
    static double[] keepLargest(double[] keys, int numKept) {
        double[] weights = new double[keys.length];
        if (numKept == 0) {
            return weights;
        }
        double[] ascending = keys.clone();
        Arrays.sort(ascending);
        double smallestKept = ascending[keys.length - numKept];
        int numMissing = numKept;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] > smallestKept) {
                weights[i] = 1;
                numMissing--;
            }
        }
        for (int i = 0; numMissing > 0; i++) {
            if (keys[i] == smallestKept) {
                weights[i] = 1;
                numMissing--;
            }
        }
        return weights;
    }
}
