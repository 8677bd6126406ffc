package org.betatron.torch.attention;

import java.util.List;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

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
    public double[] frequencies() {
        double[] frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(base, -2.0 * i / dims);
            frequencies[i] = scaling == null ? frequency : scaling.apply(frequency);
        }
        return frequencies;
    }

    /// Reads rope settings as transformers 5 does: one object holds them, `rope_scaling` (4.x)
    /// where it has anything in it, else `rope_parameters` (5.x); what it lacks comes from the
    /// family's single keys (4.x), else from the family's defaults.
    ///
    /// @param config  the configuration
    /// @param headDim dimensions of a head
    /// @param keys    of the family
    /// @throws ModelException if it cannot be followed, or says two things at once
    public static RotarySpec parse(ConfigReader config, int headDim, RotaryKeys keys) {
        ConfigReader old = config.object("rope_scaling");
        ConfigReader current = config.object("rope_parameters");
        ConfigReader rope = old.isEmpty() ? current : old;
        double base = rope.value("rope_theta").isMissingNode() ? keys.base(config) : rope.number("rope_theta");
        double fraction = rope.value(RotaryKeys.FRACTION).isMissingNode()
                ? keys.fraction(config)
                : rope.number(RotaryKeys.FRACTION);
        keys.requireAgreement(config, rope, base, fraction);
        if (base <= 0) {
            throw new ModelException(
                    config.where() + ": the base of the rotation (rope_theta) must be above 0 but was " + base);
        }
        double dims = headDim * fraction;
        if (dims < 2 || (int) dims % 2 != 0 || dims > headDim) {
            throw new ModelException(config.where() + ": the rotated part of a head must be even, from 2 to " + headDim
                    + " dimensions, but was " + (int) dims);
        }
        String key = rope.has("rope_type") ? "rope_type" : "type";
        RotarySpec spec = switch (rope.text(key, "default")) {
            case "default" -> new RotarySpec((int) dims, base, null);
            case "llama3" -> new RotarySpec((int) dims, base, scaling(config, rope));
            default -> throw rope.unsupported(key, "default or llama3");
        };
        rope.value("type"); // beside rope_type, which comes first
        if (!old.isEmpty()) {
            current.readAgain(old);
            current.readAgain("rope_theta", base);
            current.readAgain(RotaryKeys.FRACTION, fraction);
        }
        return spec;
    }

    private static Llama3Scaling scaling(ConfigReader config, ConfigReader rope) {
        String original = "original_max_position_embeddings";
        int positions = config.integer(original, config.integer("max_position_embeddings"));
        if (rope.has(original)) {
            if (config.has(original)) {
                rope.requireIfThere(original, positions);
            }
            positions = rope.integer(original);
        }
        Llama3Scaling scaling = new Llama3Scaling(
                rope.number("factor"), rope.number("low_freq_factor"), rope.number("high_freq_factor"), positions);
        if (scaling.factor <= 0 || scaling.lowFrequencyFactor <= 0) {
            throw new ModelException(rope.where() + ": factor and low_freq_factor must be above 0");
        }
        if (scaling.highFrequencyFactor <= scaling.lowFrequencyFactor) {
            throw rope.unsupported("high_freq_factor", "above low_freq_factor");
        }
        return scaling;
    }

    /// Writes the settings in the spellings of transformers 4 and 5, so that either reads this rotation.
    ///
    /// @param config  gets the settings
    /// @param headDim dimensions of a head
    /// @param keys    of the family
    public void write(ObjectNode config, int headDim, RotaryKeys keys) {
        config.remove("original_max_position_embeddings");
        ObjectNode current = config.putObject("rope_parameters");
        double fraction = (double) dims / headDim;
        keys.write(config, current, base, (int) (fraction * headDim) == dims ? fraction : Math.nextUp(fraction));
        if (scaling == null) {
            current.put("rope_type", "default");
            config.putNull("rope_scaling");
            return;
        }
        for (ObjectNode object : List.of(current, config.putObject("rope_scaling"))) {
            object.put("rope_type", "llama3")
                    .put("factor", scaling.factor)
                    .put("low_freq_factor", scaling.lowFrequencyFactor)
                    .put("high_freq_factor", scaling.highFrequencyFactor)
                    .put("original_max_position_embeddings", scaling.originalPositions);
        }
    }
}
