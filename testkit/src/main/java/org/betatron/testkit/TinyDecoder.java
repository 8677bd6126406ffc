package org.betatron.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.model.Decoder;
import org.jspecify.annotations.Nullable;

/// Decodes with [TinyLanguageModel]: everything that a sequence is given in its first call is its prompt.
final class TinyDecoder implements Decoder {

    private final TinyNetwork network;
    private final int maxPositions;
    private final double[] weights;
    private final List<@Nullable Sequence> sequences = new ArrayList<>();

    private static final class Sequence {
        private int[] prompt = new int[0];
        private int length;
    }

    TinyDecoder(TinyNetwork network, int maxPositions, double[] weights) {
        this.network = network;
        this.maxPositions = maxPositions;
        this.weights = weights;
    }

    @Override
    public int begin() {
        sequences.add(new Sequence());
        return sequences.size() - 1;
    }

    @Override
    public int fork(int sequence) {
        Sequence from = live(sequence);
        Sequence copy = new Sequence();
        copy.prompt = from.prompt;
        copy.length = from.length;
        sequences.add(copy);
        return sequences.size() - 1;
    }

    @Override
    public float[][] append(int[] numbers, int[][] tokenIds) {
        if (Arrays.stream(numbers).distinct().count() != numbers.length) {
            throw new IllegalArgumentException("a sequence may be appended to once per call");
        }
        for (int i = 0; i < numbers.length; i++) {
            check(live(numbers[i]), tokenIds[i]);
        }
        float[][] logits = new float[numbers.length][];
        for (int i = 0; i < numbers.length; i++) {
            logits[i] = append(live(numbers[i]), tokenIds[i]);
        }
        return logits;
    }

    private void check(Sequence sequence, int[] tokenIds) {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("tokenIds must have at least one entry");
        }
        for (int id : tokenIds) {
            if (id < 0 || id >= network.vocabularySize()) {
                throw new IllegalArgumentException(
                        "token id must be in [0, " + network.vocabularySize() + ") but was " + id);
            }
        }
        int length = sequence.length + tokenIds.length;
        if (length > maxPositions) {
            throw new IllegalArgumentException(
                    "sequence must be at most " + maxPositions + " tokens long but had " + length);
        }
    }

    private float[] append(Sequence sequence, int[] tokenIds) {
        sequence.length += tokenIds.length;
        if (sequence.prompt.length == 0) {
            sequence.prompt = tokenIds.clone();
        }
        double[] logits = network.nextLogits(sequence.prompt, tokenIds[tokenIds.length - 1], weights);
        float[] result = new float[logits.length];
        for (int v = 0; v < result.length; v++) {
            result[v] = (float) logits[v];
        }
        return result;
    }

    @Override
    public int length(int sequence) {
        return live(sequence).length;
    }

    @Override
    public void end(int sequence) {
        live(sequence);
        sequences.set(sequence, null);
    }

    private Sequence live(int number) {
        Sequence sequence = number >= 0 && number < sequences.size() ? sequences.get(number) : null;
        if (sequence == null) {
            throw new IllegalArgumentException("there is no sequence " + number + ", or it has ended");
        }
        return sequence;
    }

    @Override
    public void close() {
        sequences.replaceAll(_ -> null);
    }
}
