package org.betatron.torch.attention;

import tools.jackson.databind.node.ObjectNode;

/// YaRN (Peng et al. 2023, arXiv 2309.00071): pairs that turn often stay as they are, those that turn rarely are
/// slowed down, with a ramp between.
///
/// @param factor            how much the slow pairs are slowed down, > 0
/// @param fastTurns         pairs with more turns over the original context stay as they are (`beta_fast`)
/// @param slowTurns         pairs with fewer are slowed down whole (`beta_slow`)
/// @param originalPositions context length before stretching, tokens
/// @param truncates         whether the ramp begins and ends at whole pairs
/// @param attentionFactor   what cosines and sines are multiplied by, > 0
record YarnScaling(
        double factor,
        double fastTurns,
        double slowTurns,
        int originalPositions,
        boolean truncates,
        double attentionFactor)
        implements RotaryScaling {

    static final double FAST_TURNS = 32;
    static final double SLOW_TURNS = 1;

    /// @return the attention factor where none is said: `0.1 m log(factor) + 1`
    static double attentionFactor(double factor, double share) {
        return factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1;
    }

    @Override
    public double[] frequencies(int dims, double base, int length) {
        double low = pairWith(fastTurns, dims, base);
        double high = pairWith(slowTurns, dims, base);
        double first = Math.max(truncates ? Math.floor(low) : low, 0);
        double last = Math.min(truncates ? Math.ceil(high) : high, dims - 1);
        double width = last == first ? 0.001 : last - first;
        double[] frequencies = RotaryScaling.plain(dims, base);
        for (int i = 0; i < frequencies.length; i++) {
            double slowed = Math.clamp((i - first) / width, 0, 1);
            frequencies[i] = frequencies[i] / factor * slowed + frequencies[i] * (1 - slowed);
        }
        return frequencies;
    }

    /// @return number of the pair that turns so often over the original context, not whole
    private double pairWith(double turns, int dims, double base) {
        return dims * Math.log(originalPositions / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }

    @Override
    public String kind() {
        return "yarn";
    }

    @Override
    public void write(ObjectNode rope) {
        rope.put("factor", factor)
                .put("beta_fast", fastTurns)
                .put("beta_slow", slowTurns)
                .put("truncate", truncates)
                .put("attention_factor", attentionFactor)
                .put("original_max_position_embeddings", originalPositions);
    }
}
