package org.betatron.torch.gguf;

import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufTensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The frequency scaling of Llama 3, of which a GGUF file holds the result: what each frequency is
/// divided by.
///
/// With wavelength `w = 2π / f` and original context `c`, the divisor is 1 where `w < c / high`,
/// `factor` where `w > c / low`, and `1 / ((1 - s) / factor + s)` with `s = (c / w - low) / (high -
/// low)` between.
///
/// @param factor   of the lowest frequencies
/// @param low      of the band between
/// @param high     of the band between
/// @param original context, tokens
record LlamaFrequencies(double factor, double low, double high, long original) {

    /// All that were published have these.
    private static final double LOW = 1;

    private static final double HIGH = 4;
    private static final long ORIGINAL = 8192;

    /// @throws GgufException if the divisors are of another scaling
    static LlamaFrequencies read(GgufFile file, double theta, int headDim) {
        GgufTensor tensor = file.tensors().get("rope_freqs.weight");
        if (tensor == null || tensor.shape().size() != 1 || tensor.count() != headDim / 2) {
            throw new GgufException(file.path() + ": rope_freqs.weight must have a number for each of the "
                    + headDim / 2 + " frequencies of a head");
        }
        float[] divisors = new float[headDim / 2];
        file.widen(tensor, 0, 1, divisors);
        double factor = 1;
        for (float divisor : divisors) {
            factor = Math.max(factor, GgufShape.shortest(divisor));
        }
        LlamaFrequencies scaling = new LlamaFrequencies(factor, LOW, HIGH, ORIGINAL);
        for (int i = 0; i < divisors.length; i++) {
            double expected = scaling.divisor(Math.pow(theta, -2.0 * i / headDim));
            if (!(Math.abs(divisors[i] - expected) <= 1e-4 * expected)) {
                throw new GgufException(file.path() + ": rope_freqs.weight does not hold the scaling of Llama 3 (low 1,"
                        + " high 4, context 8192), which alone is read: number " + i + " is " + divisors[i]
                        + " instead of " + (float) expected);
            }
        }
        return scaling;
    }

    /// @param rope entry of `config.json`
    static LlamaFrequencies of(JsonNode rope) {
        return new LlamaFrequencies(
                rope.path("factor").asDouble(),
                rope.path("low_freq_factor").asDouble(),
                rope.path("high_freq_factor").asDouble(),
                rope.path("original_max_position_embeddings").asLong());
    }

    double divisor(double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < original / high) {
            return 1;
        }
        if (wavelength > original / low) {
            return factor;
        }
        double smooth = (original / wavelength - low) / (high - low);
        return 1 / ((1 - smooth) / factor + smooth);
    }

    void write(ObjectNode rope) {
        rope.put("rope_type", "llama3")
                .put("factor", factor)
                .put("low_freq_factor", low)
                .put("high_freq_factor", high)
                .put("original_max_position_embeddings", original);
    }
}
