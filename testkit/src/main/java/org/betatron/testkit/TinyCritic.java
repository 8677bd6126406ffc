package org.betatron.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.TrainableModel;

/// A model of values small enough to check by hand: each response token gets a number of its own,
/// [TokenQuantity#SCORE].
///
/// ```text
/// value_t = bias + w[token before t] + mean over prompt tokens p of u[p]
/// weights = | w [vocabulary] | u [vocabulary] | bias [1] |
/// ```
///
/// Begins with zeros. Not thread-safe.
public final class TinyCritic implements TrainableModel, TinyWeights {

    private static final String FILE_NAME = "tiny-critic.bin";

    private final int vocabularySize;
    private final int maxPositions;
    private final double[] weights;
    private final double[] gradient;

    public TinyCritic(int vocabularySize, int maxPositions) {
        this.vocabularySize = vocabularySize;
        this.maxPositions = maxPositions;
        weights = new double[2 * vocabularySize + 1];
        gradient = new double[weights.length];
    }

    /// @param directory directory that [#save] wrote into
    public static TinyCritic load(Path directory) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(directory.resolve(FILE_NAME))))) {
            TinyCritic critic = new TinyCritic(in.readInt(), in.readInt());
            for (int i = 0; i < critic.weights.length; i++) {
                critic.weights[i] = in.readDouble();
            }
            return critic;
        }
    }

    @Override
    public void save(Path directory) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE_NAME))))) {
            out.writeInt(vocabularySize);
            out.writeInt(maxPositions);
            for (double weight : weights) {
                out.writeDouble(weight);
            }
        }
    }

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return new TokenNumbers(batch, Map.of(TokenQuantity.SCORE, TinyLanguageModel.toFloats(values(batch, weights))));
    }

    /// @return values at any weights, `[batch.numResponseTokens()]`, without rounding
    public double[] values(PackedBatch batch, double[] atWeights) {
        double[] values = new double[batch.numResponseTokens()];
        TinyNetwork.forEachToken(batch, (index, group, previous, target) -> {
            double prompt = 0;
            for (int p = 0; p < batch.promptLength(group); p++) {
                prompt += atWeights[vocabularySize + batch.tokenIds()[batch.promptStart(group) + p]];
            }
            values[index] = atWeights[2 * vocabularySize] + atWeights[previous] + prompt / batch.promptLength(group);
        });
        return values;
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        return new TinyForwardPass(
                score(batch),
                derivatives -> addGradient(batch, Objects.requireNonNull(derivatives.get(TokenQuantity.SCORE))));
    }

    private void addGradient(PackedBatch batch, float[] derivatives) {
        TinyNetwork.forEachToken(batch, (index, group, previous, target) -> {
            gradient[2 * vocabularySize] += derivatives[index];
            gradient[previous] += derivatives[index];
            for (int p = 0; p < batch.promptLength(group); p++) {
                int token = batch.tokenIds()[batch.promptStart(group) + p];
                gradient[vocabularySize + token] += (double) derivatives[index] / batch.promptLength(group);
            }
        });
    }

    @Override
    public double[] weights() {
        return weights;
    }

    @Override
    public double[] gradient() {
        return gradient;
    }

    @Override
    public void moveTowards(TrainableModel other, double share) {
        if (!(other instanceof TinyCritic critic) || critic.weights.length != weights.length) {
            throw new IllegalArgumentException("other must be a model of the same kind and shape");
        }
        Arrays.setAll(weights, i -> weights[i] + share * (critic.weights[i] - weights[i]));
    }

    @Override
    public int tokensAtOnce() {
        return 2048;
    }

    @Override
    public long graphBytes(long numTokens) {
        return numTokens * Double.BYTES;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int maxPositions() {
        return maxPositions;
    }

    @Override
    public void close() {}
}
