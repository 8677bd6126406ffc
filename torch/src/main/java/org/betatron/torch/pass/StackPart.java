package org.betatron.torch.pass;

import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.linear.Tape;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Precision;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// All layers of an architecture over groups of a batch, from token ids to the rows that a head takes.
///
/// `T` rows, `N` rows that are asked for, `E` hidden size. All results belong to the current scope.
///
/// @param architecture   the layers
/// @param batch          the groups
/// @param rows           which rows are asked for, `[N]`
/// @param precision      number format of the products
/// @param shortLastLayer whether the last layer computes only what these rows need
/// @param recompute      what a backward pass computes again
record StackPart(
        Architecture architecture,
        PackedBatch batch,
        AskedRows rows,
        Precision precision,
        boolean shortLastLayer,
        Recompute recompute) {

    /// What layers need besides hidden states, in the scope that asked for it.
    ///
    /// @param tokenIds   int64 `[T]`
    /// @param predictors rows that are asked for, int64 `[N]`
    record Inputs(Tensor tokenIds, Tensor predictors, Rotation rotation, Attention attention) {}

    Inputs inputs() {
        Tensor weights = architecture.embedding();
        return new Inputs(
                tokenIds(),
                Tensors.indices(rows.of(batch), weights),
                architecture.rotation(batch.positions()),
                Attention.over(batch, precision.scalarType(), architecture.headDim(), weights));
    }

    /// @return int64 `[T]`
    Tensor tokenIds() {
        return Tensors.indices(batch.tokenIds(), architecture.embedding());
    }

    int size() {
        return architecture.numLayers();
    }

    /// @return what enters the first layer, `[T, E]`, without graph
    Tensor embed(Inputs inputs) {
        return architecture.embed(inputs.tokenIds());
    }

    /// @param hidden what enters the layer, `[T, E]`
    /// @param tape   runs its affine maps
    /// @return what enters the next one, `[T, E]`; of the last one, normalised rows that predict, `[N, E]`
    Tensor layer(int index, Tensor hidden, Inputs inputs, Tape tape) {
        if (index < size() - 1) {
            return architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), null, tape);
        }
        Tensor rows = inputs.predictors();
        return architecture.finalNorm(
                shortLastLayer
                        ? architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), rows, tape)
                        : Architecture.select(
                                architecture.layer(index, hidden, inputs.rotation(), inputs.attention(), null, tape),
                                rows));
    }

    /// @return the weights that a layer of this stack depends on; of the last one, the norm's after it too
    List<Tensor> weights(int index) {
        return architecture.weights(index);
    }

    /// @return normalised states of the rows that are asked for, `[N, E]`
    Tensor predictors() {
        Inputs inputs = inputs();
        Tensor hidden = embed(inputs);
        for (int i = 0; i < size(); i++) {
            int index = i;
            Tensor entering = hidden;
            // A scope per layer: what the next one does not need is gone before it is run.
            hidden = Memory.scoped(() -> layer(index, entering, inputs, Tape.NONE));
        }
        return hidden;
    }
}
