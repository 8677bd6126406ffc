package org.betatron.torch.pass;

import java.util.Map;
import java.util.Objects;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A transformer with a scalar head: packed batches in, a score of each response out, or a value of
/// each token.
///
/// ```text
/// score = w . h        h normalised state of a row, float32 whatever products run in
/// d score / d h = w    d score / d w = h
/// ```
///
/// A reward model looks at each response's last row; the score is the number of its last token, and
/// its other tokens
/// have none. A critic looks at the row before each response token. Borrowed weights must outlive
/// it. `N` rows that are
/// looked at, `E` hidden size.
public final class ScoringTransformer implements AutoCloseable {

    private final Body body;
    private final Weight weight; // [1, E]
    private final AskedRows rows;
    private final ComputeSpec compute;

    /// @param rows that are looked at: [LastTokenRows] of a reward model, [AskedRows#PREDICTORS] of
    ///     a critic
    public ScoringTransformer(Architecture architecture, Parameters weights, AskedRows rows, ComputeSpec compute) {
        this.compute = compute;
        body = new Body(architecture, weights);
        weight = body.headWeight();
        this.rows = rows;
    }

    /// Scores a batch; to be called without recording a graph.
    ///
    /// @param dropout what layers leave out
    /// @return number of each response token
    public float[] score(PackedBatch batch, Dropout dropout) {
        return ofTokens(batch, scores(layers(batch, dropout).predictors()));
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
                    () -> new Pass(layers, batch, ofTokens(batch, scores(layers.predictors())))));
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

    private float[] ofTokens(PackedBatch batch, float[] scores) {
        int[] tokens = rows.tokens(batch);
        float[] numbers = new float[batch.numResponseTokens()];
        for (int row = 0; row < scores.length; row++) {
            numbers[tokens[row]] = scores[row];
        }
        return numbers;
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
            int[] tokens = rows.tokens(batch);
            float[] ofScores = new float[tokens.length];
            for (int row = 0; row < ofScores.length; row++) {
                ofScores[row] = ofTokens[tokens[row]];
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
