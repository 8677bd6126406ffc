package org.betatron.torch.architecture;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.attention.RotaryTables;
import org.betatron.torch.head.LogitCap;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.EmbeddingPart;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// An architecture with its weights, up to but not including the product with its head.
///
/// Borrows the weights, owns the tables of rotations. `T` rows, `E` hidden size. All results belong
/// to the current
/// scope.
public final class Body implements AutoCloseable {

    private final Architecture architecture;
    private final Parameters weights;
    private final EmbeddingPart embedding;
    private final @Nullable EmbeddingPart positions;
    private final RotaryTables rotary;

    /// @param weights lent
    public Body(Architecture architecture, Parameters weights) {
        this.architecture = architecture;
        this.weights = weights;
        embedding = architecture.blueprint().embedding();
        positions = architecture.blueprint().positions();
        rotary = new RotaryTables(
                architecture.attention().stream().map(AttentionSpec::rotary).toList(), beside());
    }

    /// @return a tensor of the device that the weights lie on, lent
    public Tensor beside() {
        return weights.get(embedding.weight()).tensors().getFirst();
    }

    public Parameters weights() {
        return weights;
    }

    public int numLayers() {
        return architecture.attention().size();
    }

    /// @return attention of each layer
    public List<AttentionSpec> attention() {
        return architecture.attention();
    }

    /// @param tokenIds int64 `[T]`
    /// @param places   position of each row in its sequence, `[T]`
    /// @return what enters the first layer, float32 `[T, E]`, without graph
    public Tensor embed(Tensor tokenIds, int[] places) {
        Tensor tokens = scaled(weights.get(embedding.weight()).rows(tokenIds));
        return positions == null
                ? tokens
                : tokens.add_(weights.get(positions.weight()).rows(Tensors.indices(places, tokenIds)));
    }

    /// Adds the gradient of the embedding, and of that of positions where there is one.
    ///
    /// @param derivative by what enters the first layer, float32 `[T, E]`
    public void addToEmbedding(Tensor tokenIds, int[] places, Tensor derivative) {
        weights.get(embedding.weight()).addToRows(tokenIds, scaled(derivative));
        if (positions != null) {
            weights.get(positions.weight()).addToRows(Tensors.indices(places, tokenIds), derivative);
        }
    }

    private Tensor scaled(Tensor rows) {
        return embedding.scale() == 1 ? rows : rows.mul(Tensors.scalar(embedding.scale()));
    }

    /// @return whether the embedding trains, or that of positions
    public boolean trainsEmbedding() {
        return weights.get(embedding.weight()).trains()
                || (positions != null && weights.get(positions.weight()).trains());
    }

    /// @return the lowest layer that has to be differentiated: all below it, and the embedding,
    ///     stay as they are. The
    ///     number of layers if there is none
    public int lowestTrained() {
        return trainsEmbedding()
                ? 0
                : IntStream.range(0, numLayers())
                        .filter(index -> !trainable(index).isEmpty())
                        .findFirst()
                        .orElse(numLayers());
    }

    /// @param index number of the layer, from 0
    /// @return what is trained of the weights that it depends on, lent; of the last one, of
    ///     [#finalNorm] too
    public List<Tensor> trainable(int index) {
        return List.copyOf(
                weights.trainable(architecture.blueprint().layerWeights(index)).values());
    }

    /// @return what is trained of the head alone, lent: nothing where it is the embedding
    public List<Tensor> trainableHead() {
        String head = architecture.blueprint().headPart().weight();
        return head.equals(embedding.weight())
                ? List.of()
                : List.copyOf(weights.trainable(List.of(head)).values());
    }

    /// @param index number of the layer, from 0
    /// @return how many weights it depends on
    public int numWeights(int index) {
        return architecture.blueprint().layerWeights(index).size();
    }

    /// @param positions position of each row in its sequence, `[T]`
    /// @return how queries and keys are turned
    public Map<RotarySpec, Rotation> rotations(int[] positions) {
        return rotary.at(positions);
    }

    /// @param index  number of the layer, from 0
    /// @param hidden what enters it, `[T, E]`
    /// @param run    over these rows
    /// @return what leaves the layer, of the rows that are asked for
    public Tensor layer(int index, Tensor hidden, LayerRun run) {
        return architecture.layer(index, hidden, run);
    }

    /// @param hidden `[N, E]`
    /// @return normalised states that the head takes, `[N, E]`
    public Tensor finalNorm(Tensor hidden, LayerRun run) {
        return run.normed(architecture.blueprint().finalNorm(), hidden);
    }

    /// @return the matrix of the head, `[V, E]` for logits and `[1, E]` for a score; lent
    public Weight headWeight() {
        return weights.get(architecture.blueprint().headPart().weight());
    }

    /// @return what logits stay below
    public LogitCap logitCap() {
        return new LogitCap(architecture.logitCap());
    }

    @Override
    public void close() {
        rotary.close();
    }
}
