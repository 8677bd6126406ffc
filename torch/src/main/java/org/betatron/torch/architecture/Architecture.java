package org.betatron.torch.architecture;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.linear.Tape;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// A transformer bound to its weights, up to but not including the product with its head.
///
/// `T` rows, `E` hidden size. All results belong to the current scope.
public interface Architecture extends AutoCloseable {

    int numLayers();

    /// @return dimensions of a head
    long headDim();

    /// @return the embedding of tokens `[V, E]`, lent
    Tensor embedding();

    /// @param tokenIds int64 `[T]`
    /// @return what enters the first layer, float32 `[T, E]`, without graph
    default Tensor embed(Tensor tokenIds) {
        return Tensors.toFloat(torch.embedding(embedding().detach(), tokenIds));
    }

    /// @param positions position of each row in its sequence, `[T]`
    /// @return how queries and keys are turned, for all layers
    Rotation rotation(int[] positions);

    /// @param index     number of the layer, from 0
    /// @param hidden    what enters it, `[T, E]`
    /// @param rotation  of these rows
    /// @param attention which rows see which
    /// @param rows      the rows that are asked for, int64 `[N]`, or null for all; others are computed
    ///     only as far as these see them
    /// @param tape      runs the affine maps
    /// @return what leaves the layer, `[N, E]` or `[T, E]`
    Tensor layer(int index, Tensor hidden, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape);

    /// @param index number of the layer, from 0
    /// @return the weights that it depends on, lent; of the last one, those of [#finalNorm] too
    List<Tensor> weights(int index);

    /// @param hidden `[N, E]`
    /// @return normalised states that the head takes, `[N, E]`
    Tensor finalNorm(Tensor hidden);

    /// @return the matrix of the head, `[V, E]` for logits and `[1, E]` for a score; lent
    Tensor headWeight();

    /// @param tokenIds  int64 `[T]`
    /// @param positions position of each row in its sequence, `[T]`
    /// @param attention which rows see which
    /// @return last hidden states before the final norm, `[T, E]`
    default Tensor hidden(Tensor tokenIds, int[] positions, Attention attention) {
        Rotation rotation = rotation(positions);
        Tensor hidden = embed(tokenIds);
        for (int i = 0; i < numLayers(); i++) {
            hidden = layer(i, hidden, rotation, attention, null, Tape.NONE);
        }
        return hidden;
    }

    /// @param ofLayer   beginning of the names of a layer's weights
    /// @param finalNorm beginning of the names of the final norm's
    /// @return the weights of each layer; the final norm's among those of the last
    static List<List<Tensor>> layerWeights(
            Parameters weights, int numLayers, IntFunction<String> ofLayer, String finalNorm) {
        return IntStream.range(0, numLayers)
                .mapToObj(index -> Stream.concat(
                                weights.startingWith(ofLayer.apply(index)).stream(),
                                index < numLayers - 1 ? Stream.of() : weights.startingWith(finalNorm).stream())
                        .toList())
                .toList();
    }

    /// @return the chosen rows, or the tensor itself where `rows` is null
    static Tensor select(Tensor tensor, @Nullable Tensor rows) {
        return rows == null ? tensor : tensor.index_select(0, rows);
    }

    @Override
    void close();
}
