package org.betatron.torch.model;

import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A transformer with its vocabulary head: packed batches in, rows that predict and their log-probabilities out.
///
/// Borrowed weights must outlive it. Results belong to the current scope.
public final class Transformer implements AutoCloseable {

    private final ArchitectureSpec spec;
    private final Architecture architecture;
    private final VocabularyHead head;
    private final VocabularyStatistics statistics;
    private final Precision precision;

    public Transformer(ArchitectureSpec spec, Parameters weights, Precision precision) {
        this.spec = spec;
        this.precision = precision;
        architecture = spec.create(weights, precision);
        head = new VocabularyHead(architecture.headWeight(), precision);
        statistics = new VocabularyStatistics(architecture.headWeight(), precision);
    }

    /// Runs all layers over a batch.
    ///
    /// @return normalised states of the rows that predict a response token, `[N, E]`, with graph if one
    ///     is being recorded
    public Tensor predictors(PackedBatch batch) {
        Attention attention = new PackedAttention(batch, precision.scalarType());
        Tensor hidden = architecture.hidden(Tensors.indices(batch.tokenIds()), batch.positions(), attention); // [T, E]
        // Only these rows reach the norm and the head: everything else served as context.
        return architecture.finalNorm(hidden.index_select(0, Tensors.indices(batch.predictorRows())));
    }

    /// @param predictors states of [#predictors], without graph
    /// @return log-probability of each response token, `[N]`, nats
    public float[] logProbs(Tensor predictors, PackedBatch batch) {
        return head.logProbs(predictors, batch.targets());
    }

    /// Adds the head's gradient.
    ///
    /// @param predictors  states of [#predictors], without graph
    /// @param derivatives dL/dlogProb of each response token, `[N]`
    /// @return dL/dpredictors, `[N, E]`
    public Tensor backward(Tensor predictors, PackedBatch batch, float[] derivatives) {
        return head.backward(predictors, batch.targets(), derivatives);
    }

    /// @param predictors          states of [#predictors], without graph
    /// @param reference           the reference; null where no wanted quantity needs one
    /// @param referencePredictors its states for the same batch
    /// @return the wanted numbers of each response token, `[N]`
    public Map<TokenQuantity, float[]> statistics(
            VocabularyRequest request,
            PackedBatch batch,
            Tensor predictors,
            @Nullable Transformer reference,
            @Nullable Tensor referencePredictors) {
        return statistics.compute(
                request,
                predictors,
                referencePredictors,
                reference == null ? null : reference.statistics,
                batch.targets());
    }

    /// Adds the head's gradient of divergences from the reference.
    ///
    /// @param divergences dL/dKL of each response token, `[N]`
    /// @return dL/dpredictors, `[N, E]`
    public Tensor backwardDivergences(
            Tensor predictors, Transformer reference, Tensor referencePredictors, float[] divergences) {
        return statistics.backward(predictors, referencePredictors, reference.statistics, divergences);
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
