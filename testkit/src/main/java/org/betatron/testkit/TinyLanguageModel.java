package org.betatron.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.TrainableLanguageModel;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.model.VocabularyRequest;

/// A language model small enough to check by hand, with an exact gradient: the mean of the prompt
/// and the previous token predict the next one.
///
/// Weights are double precision; log-probabilities are rounded to single precision as the contract
/// asks. Results do not depend on how groups are packed, bit for bit. Not thread-safe.
public final class TinyLanguageModel implements TrainableLanguageModel, TinyWeights {

    /// File that [#save] writes.
    public static final String FILE_NAME = "tiny-model.bin";

    private final TinyNetwork network;
    private final int maxPositions;
    private final double[] weights;
    private final double[] gradient;
    private boolean closed;

    private TinyLanguageModel(TinyNetwork network, int maxPositions, double[] weights) {
        this.network = network;
        this.maxPositions = maxPositions;
        this.weights = weights;
        this.gradient = new double[weights.length];
    }

    /// @param vocabularySize number of token ids, ≥ 2
    /// @param width          length of the hidden state, ≥ 1
    /// @param maxPositions   longest prompt plus response, tokens
    /// @param seed           seed of the weights, which are normal with a standard deviation of 0.3
    /// @return a new model
    public static TinyLanguageModel random(int vocabularySize, int width, int maxPositions, long seed) {
        TinyNetwork network = new TinyNetwork(vocabularySize, width);
        RandomGenerator random = RandomStreams.stream(seed, "initialisation", 0);
        double[] weights = new double[network.numWeights()];
        Arrays.setAll(weights, _ -> 0.3 * random.nextGaussian());
        return new TinyLanguageModel(network, maxPositions, weights);
    }

    /// @param directory directory that [#save] wrote into
    /// @return the saved model, equal bit for bit
    /// @throws IOException if the file cannot be read
    public static TinyLanguageModel load(Path directory) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(directory.resolve(FILE_NAME))))) {
            TinyNetwork network = new TinyNetwork(in.readInt(), in.readInt());
            int maxPositions = in.readInt();
            double[] weights = new double[network.numWeights()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = in.readDouble();
            }
            return new TinyLanguageModel(network, maxPositions, weights);
        }
    }

    @Override
    public void save(Path directory) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE_NAME))))) {
            out.writeInt(network.vocabularySize());
            out.writeInt(network.width());
            out.writeInt(maxPositions);
            for (double weight : weights) {
                out.writeDouble(weight);
            }
        }
    }

    @Override
    public TokenNumbers score(PackedBatch batch, VocabularyRequest request) {
        check(batch);
        Optional<TinyLanguageModel> reference = request.reference(TinyLanguageModel.class, this);
        Map<TokenQuantity, float[]> all = new EnumMap<>(TokenQuantity.class);
        for (TokenQuantity quantity : request.quantities()) {
            all.put(
                    quantity,
                    toFloats(numbers(quantity, batch, weights, reference.orElse(this), request.extrapolation())));
        }
        all.put(TokenQuantity.LOG_PROB, toFloats(logProbs(batch, weights)));
        return new TokenNumbers(batch, all);
    }

    static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Override
    public ForwardPass forward(PackedBatch batch, VocabularyRequest request) {
        double[] referenceLogits = request.reference(TinyLanguageModel.class, this)
                .map(model -> model.network.allLogits(batch, model.weights))
                .orElse(new double[0]);
        return new TinyForwardPass(
                score(batch, request),
                derivatives -> network.addGradient(batch, weights, derivatives, referenceLogits, gradient));
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
    public void moveTowards(TrainableModel other, double share) {
        if (!(other instanceof TinyLanguageModel tiny) || tiny.weights.length != weights.length) {
            throw new IllegalArgumentException("other must be a model of the same kind and shape");
        }
        Arrays.setAll(weights, i -> weights[i] + share * (tiny.weights[i] - weights[i]));
    }

    /// @return log-probabilities at any weights, `[batch.numResponseTokens()]`, without rounding:
    ///     what a gradient check differentiates numerically
    public double[] logProbs(PackedBatch batch, double[] atWeights) {
        return network.logProbs(batch, atWeights);
    }

    /// @return entropy at any weights, at each response token, without rounding
    public double[] entropies(PackedBatch batch, double[] atWeights) {
        return numbers(TokenQuantity.ENTROPY, batch, atWeights, this, 0);
    }

    /// @return divergence of this model from a reference at any weights, at each response token, without rounding
    public double[] divergences(PackedBatch batch, double[] atWeights, TinyLanguageModel reference) {
        return numbers(TokenQuantity.REFERENCE_KL, batch, atWeights, reference, 0);
    }

    private double[] numbers(
            TokenQuantity quantity,
            PackedBatch batch,
            double[] atWeights,
            TinyLanguageModel reference,
            double extrapolation) {
        double[] logits = network.allLogits(batch, atWeights);
        double[] referenceLogits = reference.network.allLogits(batch, reference.weights);
        TinyVocabulary vocabulary = new TinyVocabulary(vocabularySize(), extrapolation);
        int[] targets = batch.targets();
        double[] numbers = new double[targets.length];
        Arrays.setAll(numbers, i -> vocabulary.compute(quantity, logits, referenceLogits, i, targets[i]));
        return numbers;
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
    public int vocabularySize() {
        return network.vocabularySize();
    }

    @Override
    public int maxPositions() {
        return maxPositions;
    }

    @Override
    public Decoder startDecoding() {
        return new TinyDecoder(network, maxPositions, weights);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void check(PackedBatch batch) {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        for (int id : batch.tokenIds()) {
            if (id < 0 || id >= vocabularySize()) {
                throw new IllegalArgumentException("token id must be in [0, " + vocabularySize() + ") but was " + id);
            }
        }
        int longest = Arrays.stream(batch.positions()).max().orElse(0) + 1;
        if (longest > maxPositions) {
            throw new IllegalArgumentException("prompt plus response must be at most " + maxPositions
                    + " tokens long but a sequence had " + longest);
        }
    }
}
