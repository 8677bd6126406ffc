package org.betatron.torch.architecture;

import java.util.Set;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.node.ObjectNode;

/// What a `config.json` describes: the shape of a model, and how to build it.
public sealed interface ArchitectureSpec permits NeoxSpec, DecoderSpec, Gpt2Spec {

    int vocabularySize();

    int maxPositions();

    /// @return the longest sequence that `config.json` says, tokens: more than [#maxPositions]
    ///     where longer ones are turned in another way than short ones
    default int statedPositions() {
        return maxPositions();
    }

    int numLayers();

    /// @return query heads
    int numHeads();

    /// @return dimensions of a head
    int headDim();

    /// @return numbers per token that autograd keeps of one layer, about: what enters and leaves
    ///     its products and norms, and a copy of keys and values per response
    long graphNumbersPerLayer();

    /// @return how many of these [org.betatron.torch.compute.Recompute#SELECTIVE] makes again
    long remadeNumbersPerLayer();

    /// @return width of the residual stream
    int hiddenSize();

    /// @return what is computed from the last states
    HeadKind head();

    /// @param numTokens         of the batch
    /// @param numRecordedLayers layers that are differentiated
    /// @return memory that a forward pass keeps for its backward pass, bytes, about
    default long graphBytes(long numTokens, int numRecordedLayers, ComputeSpec compute) {
        long perLayer = switch (compute.recompute()) {
            case NONE -> graphNumbersPerLayer();
            case SELECTIVE -> graphNumbersPerLayer() - remadeNumbersPerLayer();
            case FULL -> hiddenSize();
        };
        return numTokens * numRecordedLayers * perLayer * Float.BYTES;
    }

    /// @return what one token adds to the memory of a backward pass, bytes, about: what is kept,
    ///     and where whole layers are computed again, the graph of one of them and its gradients; ≥
    ///     1
    default long backwardBytes(int numRecordedLayers, ComputeSpec compute) {
        long again = compute.recompute() == Recompute.FULL ? 2 * graphNumbersPerLayer() * Float.BYTES : 0;
        return Math.max(1, graphBytes(1, numRecordedLayers, compute) + again);
    }

    /// @return standard deviation of freshly initialised matrices
    double initializerRange();

    /// @return the family's parts and layers in this shape
    Architecture architecture();

    /// Writes what versions of transformers spell in different ways, so that 4 and 5 read the same
    /// model.
    ///
    /// @param config that this was read from; gets the settings
    void write(ObjectNode config);

    /// @param config parsed `config.json`
    /// @param where  its path, for messages
    /// @throws ModelException if the model type is unknown or a setting is missing, malformed or
    ///     unsupported
    static ArchitectureSpec parse(ObjectNode config, String where) {
        return parse(new ConfigReader(config, where));
    }

    /// @param config parsed `config.json`
    /// @param where  its path, for messages
    /// @return settings that are not honoured, and of which it is not known that they change
    ///     nothing, by path
    /// @throws ModelException as [#parse]
    static Set<String> unknownSettings(ObjectNode config, String where) {
        ConfigReader reader = new ConfigReader(config, where);
        parse(reader);
        return ConfigKeys.unknown(reader);
    }

    private static ArchitectureSpec parse(ConfigReader reader) {
        ArchitectureSpec spec = Families.parse(reader);
        ConfigKeys.requireKnown(reader);
        return spec;
    }

    /// @return whether a model of the other description computes the same from the same weights
    default boolean computesAs(ArchitectureSpec other) {
        return equals(other);
    }
}
