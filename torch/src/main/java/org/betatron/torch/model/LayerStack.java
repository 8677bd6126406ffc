package org.betatron.torch.model;

import java.util.function.Function;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.model.RotaryTable.Rotation;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// All layers of an architecture over one batch, from token ids to the rows that a head takes: those that
/// predict a response token, or those that a response is scored by.
///
/// `T` rows, `N` rows that are asked for, `E` hidden size. All results belong to the current scope.
///
/// @param architecture   the layers
/// @param batch          what they run over
/// @param rows           which rows of a batch are asked for, `[N]`
/// @param type           number format of queries, keys and values
/// @param shortLastLayer whether the last layer computes only what these rows need
record LayerStack(
        Architecture architecture,
        PackedBatch batch,
        Function<PackedBatch, int[]> rows,
        ScalarType type,
        boolean shortLastLayer) {

    /// What layers need besides hidden states, in the scope that asked for it.
    ///
    /// @param tokenIds   int64 `[T]`
    /// @param predictors rows that are asked for, int64 `[N]`
    record Inputs(Tensor tokenIds, Tensor predictors, Rotation rotation, Attention attention) {}

    Inputs inputs() {
        Tensor weights = architecture.embedding();
        return new Inputs(
                Tensors.indices(batch.tokenIds(), weights),
                Tensors.indices(rows.apply(batch), weights),
                architecture.rotation(batch.positions()),
                Attention.over(batch, type, architecture.headDim(), weights));
    }

    int size() {
        return architecture.numLayers();
    }

    /// @return what enters the first layer, `[T, E]`, without graph
    Tensor embed(Inputs inputs) {
        return torch.embedding(architecture.embedding().detach(), inputs.tokenIds());
    }

    /// Adds the gradient of the embedding. Autograd would make a matrix of the whole vocabulary for every
    /// batch, most of it zeros, and add that.
    ///
    /// @param gradient dL/d[#embed], `[T, E]`
    void addEmbeddingGradient(Inputs inputs, Tensor gradient) {
        Gradients.addToRows(architecture.embedding(), inputs.tokenIds(), gradient);
    }

    /// @param hidden what enters the layer, `[T, E]`
    /// @return what enters the next one, `[T, E]`; of the last one, normalised rows that predict, `[N, E]`
    Tensor layer(int index, Tensor hidden, Inputs inputs) {
        if (index < size() - 1) {
            return architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), null);
        }
        Tensor rows = inputs.predictors();
        return architecture.finalNorm(
                shortLastLayer
                        ? architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), rows)
                        : Architecture.select(
                                architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), null), rows));
    }

    /// Runs all layers forward, to be differentiated.
    ///
    /// @param recomputes whether only what enters each layer is kept, and the backward pass runs it again
    /// @return the pass, owned by the caller
    LayerPass start(boolean recomputes) {
        return recomputes ? RecomputedPass.start(this) : GraphPass.start(this);
    }

    /// @return normalised states of the rows that predict, `[N, E]`, with graph if one is being recorded
    Tensor predictors() {
        Inputs inputs = inputs();
        return predictors(embed(inputs), inputs);
    }

    /// As [#predictors()], from given embeddings on.
    Tensor predictors(Tensor embedded, Inputs inputs) {
        Tensor hidden = embedded;
        for (int i = 0; i < size(); i++) {
            int index = i;
            Tensor entering = hidden;
            // A scope per layer: what autograd does not need is gone before the next one is run.
            hidden = Memory.scoped(() -> layer(index, entering, inputs));
        }
        return hidden;
    }
}
