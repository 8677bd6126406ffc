package org.betatron.torch.pass;

import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.architecture.LayerRun;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.linear.LinearRun;
import org.betatron.torch.linear.RowDropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// All layers of a model over groups of a batch, from token ids to the rows that a head takes.
///
/// `T` rows, `N` rows that are asked for, `E` hidden size. All results belong to the current scope.
///
/// @param body    the layers
/// @param batch   the groups
/// @param asked   which rows are asked for, `[N]`
/// @param compute how they are computed
/// @param dropout what they leave out
record StackPart(Body body, PackedBatch batch, AskedRows asked, ComputeSpec compute, Dropout dropout) {

    /// What layers need besides hidden states, in the scope that asked for it.
    ///
    /// @param tokenIds   int64 `[T]`
    /// @param predictors rows that are asked for, int64 `[N]`
    record Inputs(
            Tensor tokenIds,
            Tensor predictors,
            Map<RotarySpec, Rotation> rotations,
            Attention attention,
            RowDropout dropout) {}

    Inputs inputs() {
        Tensor beside = body.beside();
        int[] predictors = asked.of(batch);
        return new Inputs(
                tokenIds(),
                Tensors.indices(predictors, beside),
                body.rotations(batch.positions()),
                Attention.over(batch, compute.precision().scalarType(), body.attention(), beside),
                RowDropout.of(dropout, batch, predictors));
    }

    /// @return int64 `[T]`
    Tensor tokenIds() {
        return Tensors.indices(batch.tokenIds(), body.beside());
    }

    int size() {
        return body.numLayers();
    }

    Recompute recompute() {
        return compute.recompute();
    }

    /// @param hidden what enters the layer, `[T, E]`
    /// @param maps   runs its affine maps
    /// @return what enters the next one, `[T, E]`; of the last one, normalised rows that predict, `[N, E]`
    Tensor layer(int index, Tensor hidden, Inputs inputs, LinearRun maps) {
        if (index < size() - 1) {
            return body.layer(index, hidden, run(inputs, maps, null));
        }
        LayerRun ofPredictors = run(inputs, maps, inputs.predictors());
        return body.finalNorm(
                compute.shortLastLayer()
                        ? body.layer(index, hidden, ofPredictors)
                        : ofPredictors.select(body.layer(index, hidden, run(inputs, maps, null))),
                ofPredictors);
    }

    private LayerRun run(Inputs inputs, LinearRun maps, @Nullable Tensor rows) {
        return new LayerRun(body.weights(), maps, body.attention(), inputs.attention(), inputs.rotations(), rows);
    }

    /// As [#layer], without a graph; what the next one does not need is gone before that is run.
    Tensor layerAlone(int index, Tensor hidden, Inputs inputs) {
        return Memory.scoped(() -> Memory.withoutGradient(
                () -> layer(index, hidden, inputs, LinearRun.plain(body.weights(), inputs.dropout()))));
    }

    /// @return normalised states of the rows that are asked for, `[N, E]`, without graph
    Tensor predictors() {
        Inputs inputs = inputs();
        Tensor hidden = body.embed(inputs.tokenIds(), batch.positions());
        for (int i = 0; i < size(); i++) {
            hidden = layerAlone(i, hidden, inputs);
        }
        return hidden;
    }
}
