package org.betatron.testkit;

import java.util.Arrays;
import org.betatron.core.model.Decoder;

/// Decodes with [TinyLanguageModel]: everything appended in the first call is the prompt.
final class TinyDecoder implements Decoder {

    private final TinyNetwork network;
    private final int maxPositions;
    private final double[] weights;
    private int[] prompt = new int[0];
    private int numTokens;

    TinyDecoder(TinyNetwork network, int maxPositions, double[] weights) {
        this.network = network;
        this.maxPositions = maxPositions;
        this.weights = weights;
    }

    @Override
    public float[] append(int... tokenIds) {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("tokenIds must have at least one entry");
        }
        for (int id : tokenIds) {
            if (id < 0 || id >= network.vocabularySize()) {
                throw new IllegalArgumentException(
                        "token id must be in [0, " + network.vocabularySize() + ") but was " + id);
            }
        }
        numTokens += tokenIds.length;
        if (numTokens > maxPositions) {
            throw new IllegalArgumentException(
                    "sequence must be at most " + maxPositions + " tokens long but had " + numTokens);
        }
        if (prompt.length == 0) {
            prompt = tokenIds.clone();
        }
        double[] logits = network.nextLogits(prompt, tokenIds[tokenIds.length - 1], weights);
        float[] result = new float[logits.length];
        for (int v = 0; v < result.length; v++) {
            result[v] = (float) logits[v];
        }
        return result;
    }

    @Override
    public void close() {
        // Nothing native is held; the last prompt is dropped so that a use after close stands out.
        Arrays.fill(prompt, -1);
    }
}
