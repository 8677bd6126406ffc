package org.betatron.torch.attention;

import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How positions turn queries and keys (Su et al. 2021, arXiv 2104.09864).
///
/// @param dims    rotated dimensions of a head, even; the rest pass through. None where positions
///     turn nothing
/// @param base    `theta`
/// @param scaling stretching to a longer context, if any
public record RotarySpec(int dims, double base, @Nullable RotaryScaling scaling) {

    /// Positions turn nothing.
    public static final RotarySpec NONE = new RotarySpec(0, 1, null);

    /// @return angle per position of each rotated pair in sequences of at most [#positions] tokens,
    ///     `[dims / 2]`, radians
    public double[] frequencies() {
        return frequencies(1);
    }

    /// @param length of the sequence, tokens
    /// @return angle per position of each rotated pair, `[dims / 2]`, radians
    public double[] frequencies(int length) {
        return scaling == null ? RotaryScaling.plain(dims, base) : scaling.frequencies(dims, base, length);
    }

    /// @return what cosines and sines are multiplied by
    public double attentionFactor() {
        return scaling == null ? 1 : scaling.attentionFactor();
    }

    /// @return the longest sequence up to which positions mean the same in all sequences, tokens.
    ///     Beyond it, rows that several sequences share would have to be turned in several ways
    public int positions() {
        return scaling == null ? Integer.MAX_VALUE : scaling.positions();
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
        RotarySpec spec = parse(config, rope, base, headDim * fraction, headDim, keys);
        if (!old.isEmpty()) {
            current.readAgain(old);
            current.readAgain("rope_theta", base);
            current.readAgain(RotaryKeys.FRACTION, fraction);
            current.readAgain("attention_factor", spec.attentionFactor());
            current.readAgain(RotaryScalings.ORIGINAL, spec.positions());
            if (rope.has("type")) {
                current.value("rope_type"); // which it calls otherwise
            }
        }
        return spec;
    }

    /// Reads the settings of layers that have their own.
    ///
    /// @param config  the configuration
    /// @param rope    the object of it that holds them
    /// @param base    `theta` where the object says none
    /// @param headDim dimensions of a head, all of which turn
    public static RotarySpec parseOwn(ConfigReader config, ConfigReader rope, double base, int headDim) {
        rope.requireIfThere(RotaryKeys.FRACTION, 1);
        config.requireIfThere(RotaryKeys.FRACTION, 1);
        return parse(config, rope, rope.optionalNumber("rope_theta").orElse(base), headDim, headDim, RotaryKeys.LLAMA);
    }

    private static RotarySpec parse(
            ConfigReader config, ConfigReader rope, double base, double dims, int headDim, RotaryKeys keys) {
        if (base <= 0) {
            throw new ModelException(
                    config.where() + ": the base of the rotation (rope_theta) must be above 0 but was " + base);
        }
        if (dims < 2 || (int) dims % 2 != 0 || dims > headDim) {
            throw new ModelException(config.where() + ": the rotated part of a head must be even, from 2 to " + headDim
                    + " dimensions, but was " + (int) dims);
        }
        RotaryScaling scaling = new RotaryScalings(config, rope, (int) dims, keys).parse();
        rope.value("type"); // beside rope_type, which comes first
        return new RotarySpec((int) dims, base, scaling);
    }

    /// Writes the settings in the spellings of transformers 4 and 5, so that either reads this
    /// rotation.
    ///
    /// @param config  gets the settings
    /// @param headDim dimensions of a head
    /// @param keys    of the family
    public void write(ObjectNode config, int headDim, RotaryKeys keys) {
        if (!keys.saysOriginalOutside()) {
            config.remove(RotaryScalings.ORIGINAL);
        }
        ObjectNode current = config.putObject("rope_parameters");
        double fraction = (double) dims / headDim;
        keys.write(config, current, base, (int) (fraction * headDim) == dims ? fraction : Math.nextUp(fraction));
        describe(current);
        if (scaling == null) {
            config.putNull("rope_scaling");
        } else if (scaling instanceof LongScaling stretched && keys.saysOriginalOutside()) {
            stretched.writeOutside(config);
        } else {
            scaling.write(config.putObject("rope_scaling").put("rope_type", scaling.kind()));
        }
    }

    /// Writes the kind of rotation and its settings, theta apart.
    ///
    /// @return what got them
    public ObjectNode describe(ObjectNode rope) {
        rope.put("rope_type", scaling == null ? "default" : scaling.kind());
        if (scaling != null) {
            scaling.write(rope);
        }
        return rope;
    }
}
