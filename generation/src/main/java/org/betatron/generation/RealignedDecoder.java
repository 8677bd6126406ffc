package org.betatron.generation;

import org.betatron.core.model.Decoder;

/// Decodes with two models side by side and mixes their logits.
final class RealignedDecoder implements Decoder {

    private final Decoder aligned;
    private final Decoder reference;
    private final double lambda;
    private final int maxPositions;

    /// @param aligned      owned, without sequences
    /// @param reference    owned, without sequences
    /// @param lambda       share of the aligned model, ≥ 0
    /// @param maxPositions of both models
    RealignedDecoder(Decoder aligned, Decoder reference, double lambda, int maxPositions) {
        this.aligned = aligned;
        this.reference = reference;
        this.lambda = lambda;
        this.maxPositions = maxPositions;
    }

    @Override
    public int begin() {
        return same(aligned.begin(), reference.begin());
    }

    @Override
    public int fork(int sequence) {
        return same(aligned.fork(sequence), reference.fork(sequence));
    }

    /// Both number sequences in the order in which they begin.
    private static int same(int first, int second) {
        assert first == second : first + " and " + second;
        return first;
    }

    @Override
    public float[][] append(int[] sequences, int[][] tokenIds) {
        for (int i = 0; i < sequences.length; i++) {
            int length = length(sequences[i]) + tokenIds[i].length;
            // One model might take what the other refuses, and they would no longer be at the same place.
            if (length > maxPositions) {
                throw new IllegalArgumentException(
                        "sequence must be at most " + maxPositions + " tokens long but had " + length);
            }
        }
        float[][] logits = aligned.append(sequences, tokenIds);
        float[][] others = reference.append(sequences, tokenIds);
        for (int i = 0; i < logits.length; i++) {
            mix(logits[i], others[i]);
        }
        return logits;
    }

    private void mix(float[] logits, float[] others) {
        for (int v = 0; v < logits.length; v++) {
            logits[v] = (float) ((1 - lambda) * others[v] + lambda * logits[v]);
        }
    }

    @Override
    public int length(int sequence) {
        return aligned.length(sequence);
    }

    @Override
    public void end(int sequence) {
        aligned.end(sequence);
        reference.end(sequence);
    }

    @Override
    public void close() {
        try (aligned) {
            reference.close();
        }
    }
}
