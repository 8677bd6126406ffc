package org.betatron.core.sampling;

import java.util.BitSet;
import java.util.random.RandomGenerator;

/// Chooses tokens as a [SamplingSpec] says. Immutable and thread-safe.
///
/// @param spec how
public record TokenSampler(SamplingSpec spec) {

    /// Tokens that are passed at once on the way to the one that is drawn.
    private static final int BLOCK = 256;

    /// A token that was chosen.
    ///
    /// @param token   its id
    /// @param logProb log of the probability with which it was, nats; 0 where the choice was greedy
    public record Drawn(int token, double logProb) {}

    /// Chooses the next token.
    ///
    /// @param logits of all tokens, `[vocabularySize]`; used up
    /// @param seen   ids that occurred before, for the repetition penalty
    /// @param random one number is drawn from it unless the choice is greedy
    /// @return the token, and how probable it was
    /// @throws IllegalArgumentException if the largest logit is not finite
    public Drawn draw(float[] logits, BitSet seen, RandomGenerator random) {
        filter(logits, seen);
        return spec.isGreedy() ? new Drawn(mostProbable(logits), 0) : draw(logits, random.nextDouble());
    }

    /// As [#draw(float[], BitSet, RandomGenerator)].
    ///
    /// @return the token's id
    public int next(float[] logits, BitSet seen, RandomGenerator random) {
        return draw(logits, seen, random).token();
    }

    /// Applies everything but the draw.
    ///
    /// @param logits of all tokens; a token that cannot be drawn becomes -infinity
    /// @param seen   ids that occurred before
    public void filter(float[] logits, BitSet seen) {
        if (spec.repetitionPenalty() != 1) {
            LogitFilters.repetitionPenalty(logits, seen, spec.repetitionPenalty());
        }
        if (spec.isGreedy()) {
            return;
        }
        LogitFilters.temperature(logits, spec.temperature());
        LogitFilters.topK(logits, spec.topK());
        LogitFilters.topP(logits, spec.topP());
        LogitFilters.minP(logits, spec.minP());
    }

    private static int mostProbable(float[] logits) {
        float max = LogitFilters.max(logits);
        int token = 0;
        while (logits[token] != max) {
            token++;
        }
        return token;
    }

    /// Inverts the cumulative distribution in the order of ids.
    ///
    /// @param uniform in [0, 1)
    private static Drawn draw(float[] logits, double uniform) {
        Exponentials.ofDifferences(logits, LogitFilters.max(logits));
        double[] blocks = new double[Math.ceilDiv(logits.length, BLOCK)];
        double sum = 0;
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = Exponentials.sum(logits, block * BLOCK, Math.min(logits.length, (block + 1) * BLOCK));
            sum += blocks[block];
        }
        double target = uniform * sum;
        double passed = 0;
        int block = 0;
        while (block < blocks.length - 1 && passed + blocks[block] <= target) {
            passed += blocks[block++];
        }
        int last = -1;
        for (int token = block * BLOCK; token < logits.length; token++) {
            if (logits[token] > 0) {
                passed += logits[token];
                last = token;
                if (passed > target) {
                    return drawn(token, logits, sum);
                }
            }
        }
        return drawn(last < 0 ? lastPossible(logits) : last, logits, sum);
    }

    /// Where rounding has passed every token that could be drawn, the last of them is.
    private static int lastPossible(float[] probabilities) {
        int token = probabilities.length - 1;
        while (probabilities[token] == 0) {
            token--;
        }
        return token;
    }

    private static Drawn drawn(int token, float[] probabilities, double sum) {
        return new Drawn(token, Math.log(probabilities[token] / sum));
    }
}
