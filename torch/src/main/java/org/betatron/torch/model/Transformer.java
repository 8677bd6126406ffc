package org.betatron.torch.model;

import org.betatron.core.model.PackedBatch;
import org.betatron.torch.ComputeSpec;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.bytedeco.pytorch.Tensor;

/// A transformer with its vocabulary head: packed batches in, log-probabilities of response tokens out.
///
/// Borrowed weights must outlive it. Results belong to the current scope.
public final class Transformer implements AutoCloseable {

    private final ArchitectureSpec spec;
    private final Architecture architecture;
    private final VocabularyHead head;
    private final ComputeSpec compute;
    private final Precision precision;

    public Transformer(ArchitectureSpec spec, Parameters weights, ComputeSpec compute) {
        this.spec = spec;
        this.compute = compute;
        precision = new Precision(compute.precision());
        architecture = spec.create(weights, precision);
        head = new VocabularyHead(architecture.headWeight(), precision, (long) compute.keptLogitsMiB() << 18);
    }

    /// Computes without recording a graph.
    ///
    /// @return log-probability of each response token, `[N]`, nats
    public float[] logProbs(PackedBatch batch) {
        return head.logProbs(layers(batch).predictors(), batch.targets());
    }

    /// Runs a batch forward, to be differentiated.
    ///
    /// @return the pass, to be closed by the caller
    public Pass forward(PackedBatch batch) {
        LayerStack layers = layers(batch);
        LayerPass pass = compute.recomputeLayers() ? RecomputedPass.start(layers) : GraphPass.start(layers);
        try {
            return new Pass(pass, Memory.compute(() -> head.forward(pass.predictors(), batch.targets())));
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    private LayerStack layers(PackedBatch batch) {
        return new LayerStack(architecture, batch, precision.scalarType(), compute.shortLastLayer());
    }

    /// One batch run forward, with what is needed to differentiate it once.
    public static final class Pass implements AutoCloseable {

        private final LayerPass layers;
        private final VocabularyHead.Pass head;

        private Pass(LayerPass layers, VocabularyHead.Pass head) {
            this.layers = layers;
            this.head = head;
        }

        /// @return log-probability of each response token, `[N]`, nats
        public float[] logProbs() {
            return head.logProbs();
        }

        /// Adds the gradient of all weights.
        ///
        /// @param derivatives dL/dlogProb of each response token, `[N]`
        public void backward(float[] derivatives) {
            Memory.run(() -> layers.backward(head.backward(layers.predictors(), derivatives)));
        }

        @Override
        public void close() {
            head.close();
            layers.close();
        }
    }

    /// Keys and values of a sequence being decoded.
    public final class DecodingState implements AutoCloseable {

        private final CachedAttention attention = new CachedAttention(spec.numLayers());
        private int length;

        /// @return tokens appended so far
        public int length() {
            return length;
        }

        /// Appends tokens; to be called without recording a graph.
        ///
        /// @return logits of the token that follows, `[V]`
        public float[] append(int[] tokenIds) {
            int[] positions = new int[tokenIds.length];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = length + i;
            }
            Tensor hidden = architecture.hidden(Tensors.indices(tokenIds), positions, attention); // [t, E]
            length += tokenIds.length;
            Tensor last = architecture.finalNorm(hidden.narrow(0, tokenIds.length - 1, 1)); // [1, E]
            return Tensors.toFloats(precision.linear(last, architecture.headWeight(), null));
        }

        @Override
        public void close() {
            attention.close();
        }
    }

    @Override
    public void close() {
        architecture.close();
    }
}
