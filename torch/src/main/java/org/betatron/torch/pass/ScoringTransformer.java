package org.betatron.torch.pass;

import java.util.Map;
import java.util.Objects;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.head.LastTokenRows;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
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

    private final Body body;
    private final Weight weight; // [1, E]
    private final LastTokenRows rows;
    private final ComputeSpec compute;

    /// @param paddingId id of the padding token, at which no response is scored; negative where
    ///     there is none
    public ScoringTransformer(Architecture architecture, Parameters weights, int paddingId, ComputeSpec compute) {
        this.compute = compute;
        body = new Body(architecture, weights);
        weight = body.headWeight();
        rows = new LastTokenRows(paddingId);
    }

    /// Scores a batch; to be called without recording a graph.
    ///
    /// @param dropout what layers leave out
    /// @return number of each response token
    public float[] score(PackedBatch batch, Dropout dropout) {
        return atLastTokens(batch, scores(layers(batch, dropout).predictors()));
    }

    /// Runs a batch forward, to be differentiated.
    ///
    /// @param tokens as many are kept graphs of; a batch that has more is partly computed again
    /// @param dropout what layers leave out
    /// @return the pass, to be closed by the caller
    public ModelPass forward(PackedBatch batch, int tokens, Dropout dropout) {
        LayerStack stack = layers(batch, dropout);
        LayerPass layers = stack.start(tokens);
        try {
            return Memory.compute(() -> Memory.withoutGradient(
                    () -> new Pass(layers, batch, atLastTokens(batch, scores(layers.predictors())))));
        } catch (RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    private float[] scores(Tensor states) {
        return Tensors.toFloats(weight.constant().product(states, null));
    }

    private LayerStack layers(PackedBatch batch, Dropout dropout) {
        return LayerStack.of(body, batch, rows, compute, dropout);
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
                Tensor column = Tensors.floats(ofScores, body.beside()).unsqueeze(1); // [N, 1]
                Tensor states = Tensors.toFloat(layers.predictors()); // [N, E]
                weight.addGradient(torch.matmul(column.t(), states));
                return weight.constant().back(column); // [N, E]
            })));
        }

        @Override
        public void close() {
            layers.close();
        }
    }

    /// @return the lowest layer that is differentiated, from 0
    public int lowestTrained() {
        return body.lowestTrained();
    }

    @Override
    public void close() {
        body.close();
    }
}
