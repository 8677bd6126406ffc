package org.betatron.torch.gguf;

import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufTensor;
import org.betatron.torch.attention.Llama3Scaling;
import org.betatron.torch.attention.RotaryScaling;
import tools.jackson.databind.JsonNode;

/// What a GGUF file holds of the [Llama3Scaling]: its result, the number that each frequency is divided by.
final class LlamaFrequencies {

    /// All that were published have these.
    private static final double LOW = 1;

    private static final double HIGH = 4;
    private static final int ORIGINAL = 8192;

    private LlamaFrequencies() {}

    /// @throws GgufException if the divisors are of another scaling
    static Llama3Scaling read(GgufFile file, double theta, int headDim) {
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
        Llama3Scaling scaling = new Llama3Scaling(factor, LOW, HIGH, ORIGINAL);
        float[] expected = divisors(scaling, theta, headDim);
        for (int i = 0; i < divisors.length; i++) {
            if (!(Math.abs(divisors[i] - expected[i]) <= 1e-4 * expected[i])) {
                throw new GgufException(file.path() + ": rope_freqs.weight does not hold the scaling of Llama 3 (low 1,"
                        + " high 4, context 8192), which alone is read: number " + i + " is " + divisors[i]
                        + " instead of " + expected[i]);
            }
        }
        return scaling;
    }

    /// @param rope entry of a `config.json` that was read as a model's
    /// @return `[headDim / 2]`
    static float[] divisors(JsonNode rope, double theta, int headDim) {
        return divisors(
                new Llama3Scaling(
                        rope.path("factor").asDouble(),
                        rope.path("low_freq_factor").asDouble(),
                        rope.path("high_freq_factor").asDouble(),
                        rope.path("original_max_position_embeddings").asInt()),
                theta,
                headDim);
    }

    private static float[] divisors(Llama3Scaling scaling, double theta, int headDim) {
        double[] frequencies = RotaryScaling.plain(headDim, theta);
        float[] divisors = new float[frequencies.length];
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = (float) scaling.divisor(frequencies[i]);
        }
        return divisors;
    }
}
