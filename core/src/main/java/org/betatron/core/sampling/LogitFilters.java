package org.betatron.core.sampling;

import java.util.Arrays;
import java.util.BitSet;

/// What happens to logits before a token is drawn. Every function changes the array in place; a token
/// that is taken out of the draw becomes -infinity.
final class LogitFilters {

    private static final float OUT = Float.NEGATIVE_INFINITY;

    private LogitFilters() {}

    /// `logit / penalty` if positive, else `logit * penalty`, for tokens that occurred.
    ///
    /// Source: Keskar et al. 2019, arXiv 1909.05858, section 4.1, with the sign rule of `transformers`:
    /// dividing a negative logit would make its token more probable.
    static void repetitionPenalty(float[] logits, BitSet seen, double penalty) {
        for (int token = seen.nextSetBit(0); token >= 0; token = seen.nextSetBit(token + 1)) {
            logits[token] = (float) (logits[token] < 0 ? logits[token] * penalty : logits[token] / penalty);
        }
    }

    static void temperature(float[] logits, double temperature) {
        if (temperature == 1) {
            return;
        }
        float divisor = (float) temperature;
        for (int token = 0; token < logits.length; token++) {
            logits[token] /= divisor;
        }
    }

    /// Keeps the `k` largest logits and those equal to the smallest of them.
    static void topK(float[] logits, int k) {
        if (k == 0 || k >= logits.length) {
            return;
        }
        float smallest = largest(logits, k)[0];
        for (int token = 0; token < logits.length; token++) {
            if (logits[token] < smallest) {
                logits[token] = OUT;
            }
        }
    }

    /// @return the `k` largest values as a heap whose first is the smallest
    private static float[] largest(float[] values, int k) {
        float[] heap = Arrays.copyOf(values, k);
        for (int at = k / 2 - 1; at >= 0; at--) {
            sink(heap, at);
        }
        for (int i = k; i < values.length; i++) {
            if (values[i] > heap[0]) {
                heap[0] = values[i];
                sink(heap, 0);
            }
        }
        return heap;
    }

    private static void sink(float[] heap, int start) {
        int at = start;
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[at] <= heap[child]) {
                return;
            }
            float swapped = heap[at];
            heap[at] = heap[child];
            heap[child] = swapped;
            at = child;
        }
    }

    /// Takes out the least probable tokens as long as they have at most `1 - p` together; the most
    /// probable one stays. Among equal logits the larger ids go first.
    ///
    /// Source: Holtzman et al. 2020, arXiv 1904.09751, section 3.1.
    static void topP(float[] logits, double p) {
        if (p == 1) {
            return;
        }
        float max = max(logits);
        double[] weights = new double[logits.length];
        double sum = 0;
        for (int token = 0; token < logits.length; token++) {
            // After top-k nearly all are out, and an exponential costs more than this.
            if (logits[token] != OUT) {
                weights[token] = Math.exp(logits[token] - max);
                sum += weights[token];
            }
        }
        double removable = (1 - p) * sum;
        // Tokens of at most an equal share of what may go are gone whatever their order: only the rest is sorted.
        double share = removable / logits.length;
        double removed = 0;
        long[] rest = new long[logits.length];
        int count = 0;
        for (int token = 0; token < logits.length; token++) {
            if (weights[token] <= share && logits[token] != max) {
                removed += weights[token];
                logits[token] = OUT;
            } else {
                rest[count++] = ((long) ascending(logits[token]) << 32) | (Integer.MAX_VALUE - token);
            }
        }
        Arrays.sort(rest, 0, count);
        for (int i = 0; i < count - 1; i++) {
            int token = Integer.MAX_VALUE - (int) rest[i];
            removed += weights[token];
            if (removed > removable) {
                return;
            }
            logits[token] = OUT;
        }
    }

    /// @return an integer that orders as the number does
    private static int ascending(float value) {
        int bits = Float.floatToIntBits(value);
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }

    /// Takes out tokens with less than `minP` times the probability of the most probable one.
    ///
    /// Source: Nguyen et al. 2024, arXiv 2407.01082, section 3.
    static void minP(float[] logits, double minP) {
        if (minP == 0) {
            return;
        }
        double smallest = max(logits) + Math.log(minP);
        for (int token = 0; token < logits.length; token++) {
            if (logits[token] < smallest) {
                logits[token] = OUT;
            }
        }
    }

    /// @throws IllegalArgumentException if no logit is a number above -infinity, or one is NaN or infinity
    static float max(float[] logits) {
        float max = OUT;
        for (float logit : logits) {
            // Math.max carries NaN along.
            max = Math.max(max, logit);
        }
        if (!Float.isFinite(max)) {
            throw new IllegalArgumentException("the largest logit must be finite but was " + max
                    + ": the model's weights or its numbers overflowed");
        }
        return max;
    }
}
