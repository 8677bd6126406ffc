package org.betatron.torch.pass;

import java.util.Map;
import java.util.Objects;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.head.ScoredRows;
import org.betatron.torch.linear.PlainMaps;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Precision;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A transformer with a scalar head: packed batches in, one score of each response out.
///
/// ```text
/// score = w . h        h normalised state of the response's last row, float32 whatever products run in
/// d score / d h = w    d score / d w = h
/// ```
///
/// A response's score is the number of its last token; its other tokens have none. Borrowed weights
/// must outlive it. `N` responses, `E` hidden size.
public final class ScoringTransformer implements AutoCloseable {

    private final Architecture architecture;
    private final Tensor weight; // [1, E]
    private final ScoredRows rows;
    private final ComputeSpec compute;
    private final Precision precision;

    /// @param paddingId id of the padding token, at which no response is scored; negative where
    ///     there is none
    public ScoringTransformer(ArchitectureSpec spec, Parameters weights, int paddingId, ComputeSpec compute) {
        this.compute = compute;
        precision = new Precision(compute.precision());
        architecture = spec.create(weights, new PlainMaps(precision));
        weight = architecture.headWeight();
        rows = new ScoredRows(paddingId);
    }

    /// Scores a batch; to be called without recording a graph.
    ///
    /// @return number of each response token
    public float[] score(PackedBatch batch) {
        return atLastTokens(batch, scores(layers(batch).predictors()));
    }

    /// Runs a batch forward, to be differentiated.
    ///
    /// @return the pass, to be closed by the caller
    public ModelPass forward(PackedBatch batch) {
        LayerStack stack = layers(batch);
        LayerPass layers = stack.start();
        try {
            return Memory.compute(() -> Memory.withoutGradient(
                    () -> new Pass(layers, batch, atLastTokens(batch, scores(layers.predictors())))));
        } catch (RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    private float[] scores(Tensor states) {
        return Tensors.toFloats(torch.matmul(Tensors.toFloat(states), weight.t()));
    }

    private LayerStack layers(PackedBatch batch) {
        return LayerStack.of(architecture, batch, rows, precision, compute);
    }

    private static float[] atLastTokens(PackedBatch batch, float[] scores) {
        float[] numbers = new float[batch.numResponseTokens()];
        for (int response = 0; response < scores.length; response++) {
            numbers[lastToken(batch, response)] = scores[response];
        }
        return numbers;
    }

    private static int lastToken(PackedBatch batch, int response) {
        return batch.logProbOffset(response) + batch.responseLength(response) - 1;
    }

    /// One batch, run forward.
    private final class Pass implements ModelPass {

        private final LayerPass layers;
        private final PackedBatch batch;
        private final float[] numbers;

        private Pass(LayerPass layers, PackedBatch batch, float[] numbers) {
            this.layers = layers;
            this.batch = batch;
            this.numbers = numbers;
        }

        @Override
        public Map<TokenQuantity, float[]> numbers() {
            return Map.of(TokenQuantity.SCORE, numbers);
        }

        @Override
        public void backward(Map<TokenQuantity, float[]> derivatives) {
            float[] ofTokens = Objects.requireNonNull(derivatives.get(TokenQuantity.SCORE));
            float[] ofScores = new float[batch.numResponses()];
            for (int response = 0; response < ofScores.length; response++) {
                ofScores[response] = ofTokens[lastToken(batch, response)];
            }
            Memory.run(() -> layers.backward(Memory.withoutGradient(() -> {
                Tensor column = Tensors.floats(ofScores, weight).unsqueeze(1); // [N, 1]
                Tensor states = Tensors.toFloat(layers.predictors()); // [N, E]
                Gradients.dense(weight).add_(torch.matmul(column.t(), states));
                return torch.matmul(column, weight); // [N, E]
            })));
        }

        @Override
        public void close() {
            layers.close();
        }
    }

    @Override
    public void close() {
        architecture.close();
    }
}
