package org.betatron.torch.attention;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// LongRoPE (Ding et al. 2024, arXiv 2402.13753), as in Phi-3: each pair is slowed down by its own factor, with other
/// factors for sequences beyond the original context. A prompt that a short and a long response share would have to be
/// turned in two ways at once.
///
/// @param shortFactors    of sequences within the original context, `[dims / 2]`
/// @param longFactors     of longer ones, `[dims / 2]`
/// @param positions       context length before stretching, tokens
/// @param attentionFactor what cosines and sines are multiplied by, > 0
record LongScaling(List<Double> shortFactors, List<Double> longFactors, int positions, double attentionFactor)
        implements RotaryScaling {

    /// @return the attention factor where none is said: `sqrt(1 + log(factor) / log(positions))`
    static double attentionFactor(double factor, int positions) {
        return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(positions));
    }

    @Override
    public double[] frequencies(int dims, double base, int length) {
        List<Double> factors = length > positions ? longFactors : shortFactors;
        double[] frequencies = RotaryScaling.plain(dims, base);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factors.get(i);
        }
        return frequencies;
    }

    @Override
    public String kind() {
        return "longrope";
    }

    /// Writes what versions 4 of transformers read of Phi-3: three settings inside, the original context outside.
    void writeOutside(ObjectNode config) {
        config.put("original_max_position_embeddings", positions);
        ObjectNode rope = config.putObject("rope_scaling").put("type", kind());
        write(rope);
        rope.remove("original_max_position_embeddings");
        double stretched = config.path("max_position_embeddings").asDouble() / positions;
        if (attentionFactor == attentionFactor(stretched, positions)) {
            rope.remove("attention_factor");
        }
    }

    @Override
    public void write(ObjectNode rope) {
        ArrayNode ofShort = rope.putArray("short_factor");
        shortFactors.forEach(ofShort::add);
        ArrayNode ofLong = rope.putArray("long_factor");
        longFactors.forEach(ofLong::add);
        rope.put("attention_factor", attentionFactor).put("original_max_position_embeddings", positions);
    }
}
