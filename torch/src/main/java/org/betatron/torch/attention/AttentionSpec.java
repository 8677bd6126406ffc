package org.betatron.torch.attention;

import org.betatron.torch.error.ModelException;

/// The attention of one layer.
///
/// ```text
/// score = scale * q . k,  cap * tanh(score / cap) where there is a cap
/// ```
///
/// @param numHeads         query heads
/// @param numKeyValueHeads key and value heads; each serves `numHeads / numKeyValueHeads` query heads
/// @param headDim          dimensions of a head
/// @param rotary           how positions turn queries and keys
/// @param window           most tokens that a query sees, its own among them, ≥ 1; [#WHOLE] for all before it
/// @param scale            factor of scores, > 0
/// @param logitCap         what scores stay below, > 0 (Bello et al. 2016, arXiv 1611.09940); infinite for no limit
public record AttentionSpec(
        int numHeads, int numKeyValueHeads, int headDim, RotarySpec rotary, int window, double scale, double logitCap) {

    /// Every token sees all before it.
    public static final int WHOLE = Integer.MAX_VALUE;

    public AttentionSpec {
        if (numHeads % numKeyValueHeads != 0) {
            throw new ModelException("query heads must be a multiple of key-value heads but were " + numHeads + " for "
                    + numKeyValueHeads);
        }
        if (window < 1 || !(scale > 0) || !(logitCap > 0)) {
            throw new ModelException("window, scale and logitCap of an attention must be positive but were " + window
                    + ", " + scale + " and " + logitCap);
        }
    }

    /// @return attention over all tokens before, of scores divided by the root of a head's dimensions (Vaswani et al.
    ///     2017, arXiv 1706.03762)
    public static AttentionSpec whole(int numHeads, int numKeyValueHeads, int headDim, RotarySpec rotary) {
        return new AttentionSpec(
                numHeads, numKeyValueHeads, headDim, rotary, WHOLE, 1 / Math.sqrt(headDim), Double.POSITIVE_INFINITY);
    }

    /// @return the same with another window
    public AttentionSpec withWindow(int other) {
        return new AttentionSpec(numHeads, numKeyValueHeads, headDim, rotary, other, scale, logitCap);
    }

    /// @return the same, turned in another way
    public AttentionSpec withRotary(RotarySpec other) {
        return new AttentionSpec(numHeads, numKeyValueHeads, headDim, other, window, scale, logitCap);
    }

    /// @return the same with another factor and limit of scores
    public AttentionSpec withScores(double otherScale, double otherCap) {
        return new AttentionSpec(numHeads, numKeyValueHeads, headDim, rotary, window, otherScale, otherCap);
    }

    boolean isCapped() {
        return logitCap < Double.POSITIVE_INFINITY;
    }

    /// @param numKeys up to and with a query's own
    /// @return whether the window leaves some of them out
    public boolean isNarrowerThan(long numKeys) {
        return window < numKeys;
    }
}
