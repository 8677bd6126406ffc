package org.betatron.torch.attention;

import java.util.Arrays;
import tools.jackson.databind.node.ObjectNode;

/// The frequency-dependent stretching of Llama 3.1.
///
/// @param factor              how much the low frequencies are slowed down
/// @param lowFrequencyFactor  wavelengths above `originalPositions / lowFrequencyFactor` are low
/// @param highFrequencyFactor wavelengths below `originalPositions / highFrequencyFactor` stay as they are
/// @param originalPositions   context length before stretching, tokens
public record Llama3Scaling(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
        implements RotaryScaling {

    @Override
    public double[] frequencies(int dims, double base, int length) {
        return Arrays.stream(RotaryScaling.plain(dims, base)).map(this::apply).toArray();
    }

    private double apply(double frequency) {
        double kept = kept(frequency);
        return (1 - kept) * frequency / factor + kept * frequency;
    }

    /// @param frequency radians per position
    /// @return what it is divided by, as llama.cpp computes it
    public double divisor(double frequency) {
        double kept = kept(frequency);
        return 1 / ((1 - kept) / factor + kept);
    }

    /// @return 1 for frequencies that stay as they are, 0 for those that are slowed down, and what is between
    private double kept(double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        double share =
                (originalPositions / wavelength - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
        return Math.clamp(share, 0, 1);
    }

    @Override
    public String kind() {
        return "llama3";
    }

    @Override
    public void write(ObjectNode rope) {
        rope.put("factor", factor)
                .put("low_freq_factor", lowFrequencyFactor)
                .put("high_freq_factor", highFrequencyFactor)
                .put("original_max_position_embeddings", originalPositions);
    }
}
