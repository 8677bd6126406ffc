package org.betatron.torch.model;

import org.betatron.core.model.PackedBatch;
import org.betatron.torch.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A transformer with its vocabulary head: packed batches in, rows that predict and their log-probabilities out.
///
/// Borrowed weights must outlive it. Results belong to the current scope.
public final class Transformer implements AutoCloseable {

    private final ArchitectureSpec spec;
    private final Architecture architecture;
    private final VocabularyHead head;
    private final Precision precision;

    public Transformer(ArchitectureSpec spec, Parameters weights, Precision precision) {
        this.spec = spec;
        this.precision = precision;
        architecture = spec.create(weights, precision);
        head = new VocabularyHead(architecture.headWeight(), precision);
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

    /// Starts to decode; to be closed before this.
    public DecodingState startDecoding() {
        return new DecodingState(spec, architecture, precision);
    }

    @Override
    public void close() {
        architecture.close();
    }
}
