package org.betatron.torch.attention;

import java.util.Arrays;
import tools.jackson.databind.node.ObjectNode;

/// Position interpolation (Chen et al. 2023, arXiv 2306.15595): all frequencies are slowed down alike.
///
/// @param factor by how much, > 0
record LinearScaling(double factor) implements RotaryScaling {

    @Override
    public double[] frequencies(int dims, double base, int length) {
        return Arrays.stream(RotaryScaling.plain(dims, base))
                .map(frequency -> frequency / factor)
                .toArray();
    }

    @Override
    public String kind() {
        return "linear";
    }

    @Override
    public void write(ObjectNode rope) {
        rope.put("factor", factor);
    }
}
