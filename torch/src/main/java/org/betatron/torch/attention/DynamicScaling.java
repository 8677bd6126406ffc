package org.betatron.torch.attention;

import tools.jackson.databind.node.ObjectNode;

/// Stretching whose base grows with the sequence (dynamic NTK), as in `transformers`. A prompt that several
/// responses of different lengths share would have to be turned in several ways at once.
///
/// ```text
/// base' = base * (factor * length / positions - (factor - 1))^(dims / (dims - 2))   beyond `positions`
/// ```
///
/// @param factor    by how much, > 0
/// @param positions up to which nothing is stretched, tokens
record DynamicScaling(double factor, int positions) implements RotaryScaling {

    @Override
    public double[] frequencies(int dims, double base, int length) {
        double growth = factor * Math.max(length, positions) / positions - (factor - 1);
        return RotaryScaling.plain(dims, base * Math.pow(growth, dims / (dims - 2.0)));
    }

    @Override
    public String kind() {
        return "dynamic";
    }

    @Override
    public void write(ObjectNode rope) {
        rope.put("factor", factor);
    }
}
