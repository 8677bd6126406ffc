package org.betatron.torch.attention;

import tools.jackson.databind.node.ObjectNode;

/// How a rotation is stretched to a longer context than a model was first trained on.
public sealed interface RotaryScaling permits Llama3Scaling, LinearScaling, DynamicScaling, YarnScaling, LongScaling {

    /// @param dims   rotated dimensions of a head, even
    /// @param base   `theta`
    /// @param length of the sequence, tokens, ≥ 1
    /// @return angle per position of each rotated pair, `[dims / 2]`, radians
    double[] frequencies(int dims, double base, int length);

    /// @return what cosines and sines are multiplied by, so that scores get its square
    default double attentionFactor() {
        return 1;
    }

    /// @return the longest sequence up to which the frequencies do not depend on its length, tokens
    default int positions() {
        return Integer.MAX_VALUE;
    }

    /// @return its name in `rope_type`
    String kind();

    /// @param rope gets the settings
    void write(ObjectNode rope);

    /// @return the frequencies without any stretching, `base^(-2 i / dims)`, `[dims / 2]`
    static double[] plain(int dims, double base) {
        double[] frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(base, -2.0 * i / dims);
        }
        return frequencies;
    }
}
