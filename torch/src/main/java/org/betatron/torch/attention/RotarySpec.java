package org.betatron.torch.attention;

import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;

/// How positions turn queries and keys (Su et al. 2021, arXiv 2104.09864).
///
/// @param dims    rotated dimensions of a head, even; the rest pass through
/// @param base    `theta`
/// @param scaling stretching to a longer context, if any
public record RotarySpec(int dims, double base, @Nullable Llama3Scaling scaling) {

    /// The frequency-dependent stretching of Llama 3.1.
    ///
    /// @param factor              how much the low frequencies are slowed down
    /// @param lowFrequencyFactor  wavelengths above `originalPositions / lowFrequencyFactor` are low
    /// @param highFrequencyFactor wavelengths below `originalPositions / highFrequencyFactor` stay as they are
    /// @param originalPositions   context length before stretching, tokens
    record Llama3Scaling(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions) {

        double apply(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            double lowWavelength = originalPositions / lowFrequencyFactor;
            double highWavelength = originalPositions / highFrequencyFactor;
            if (wavelength < highWavelength) {
                return frequency;
            }
            if (wavelength > lowWavelength) {
                return frequency / factor;
            }
            double smooth =
                    (originalPositions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /// @return angle per position of each rotated pair, `[dims / 2]`, radians
    double[] frequencies() {
        double[] frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(base, -2.0 * i / dims);
            frequencies[i] = scaling == null ? frequency : scaling.apply(frequency);
        }
        return frequencies;
    }

    /// Reads rope settings in both spellings of `transformers`: `rope_parameters` (5.x), or single keys (4.x).
    ///
    /// @param config      the configuration
    /// @param headDim     dimensions of a head
    /// @param fractionKey 4.x key of the rotated share of a head, or null where the whole head turns
    /// @param baseKey     4.x key of theta
    public static RotarySpec parse(ConfigReader config, int headDim, @Nullable String fractionKey, String baseKey) {
        ConfigReader nested = config.object("rope_parameters");
        double fraction =
                nested.number("partial_rotary_factor", fractionKey == null ? 1 : config.number(fractionKey, 1));
        double base = nested.number("rope_theta", config.number(baseKey, 10000));
        ConfigReader scaling = nested.has("rope_type") ? nested : config.object("rope_scaling");
        String type = scaling.text("rope_type", scaling.text("type", "default"));
        int dims = (int) (headDim * fraction);
        if (dims < 2 || dims % 2 != 0 || dims > headDim) {
            throw new ModelException(config.where() + ": the rotated part of a head must be even, from 2 to " + headDim
                    + " dimensions, but was " + dims);
        }
        return switch (type) {
            case "default" -> new RotarySpec(dims, base, null);
            case "llama3" ->
                new RotarySpec(
                        dims,
                        base,
                        new Llama3Scaling(
                                scaling.number("factor", 8),
                                scaling.number("low_freq_factor", 1),
                                scaling.number("high_freq_factor", 4),
                                scaling.integer("original_max_position_embeddings")));
            default -> throw scaling.unsupported(scaling.has("rope_type") ? "rope_type" : "type", "default or llama3");
        };
    }
}
