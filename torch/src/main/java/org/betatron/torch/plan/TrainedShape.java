package org.betatron.torch.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.core.model.AdapterSpec;
import org.betatron.torch.adapter.Adapter;
import org.betatron.torch.adapter.MaskBytes;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NamePatterns;
import org.betatron.torch.weight.WeightSpec;

/// How large a model is, how much of it trains, and what it computes: counted from its description.
///
/// @param spec         of the model
/// @param compute      how it computes
/// @param parameters   numbers of the model itself
/// @param trainable    numbers that an optimizer moves
/// @param lowestLayer  first layer that is differentiated, from 0
/// @param weightBytes  memory of the model's own weights in the formats that they are kept in;
///     those that stay in a file take none
/// @param layerNumbers numbers of one layer's affine maps, mean over the layers
/// @param masks        memory that dropout takes for each token
/// @param isAdapted    whether the model's own weights stay as they are
/// @param embeddingRows   rows of an embedding that is not the head too, where there is one, else 0
/// @param trainsEmbedding whether these are trained
public record TrainedShape(
        ArchitectureSpec spec,
        ComputeSpec compute,
        long parameters,
        long trainable,
        int lowestLayer,
        long weightBytes,
        long layerNumbers,
        MaskBytes masks,
        boolean isAdapted,
        long embeddingRows,
        boolean trainsEmbedding) {

    /// Forward once, and backward to what went in and to weights; of a frozen weight without the
    /// latter.
    private static final int FORWARD = 1;

    private static final int INPUTS = 1;

    /// @param adapter what is trained instead of the weights, if anything
    /// @param frozen  patterns of names of weights that stay as they are
    /// @param compute how it computes on this machine
    /// @throws org.betatron.torch.error.ModelException if an adapter's target, or a pattern, names
    ///     nothing
    public static TrainedShape of(
            ArchitectureSpec spec, ComputeSpec compute, AdapterSpec adapter, List<String> frozen) {
        Blueprint blueprint = spec.architecture().blueprint();
        List<String> names = blueprint.weights().stream().map(WeightSpec::name).toList();
        List<LinearPart> targets =
                adapter instanceof AdapterSpec.Lora lora ? Adapter.targets(lora, blueprint) : List.of();
        Set<String> moved = new HashSet<>(names);
        long trainable;
        if (adapter instanceof AdapterSpec.Lora lora) {
            moved.retainAll(targets.stream().map(LinearPart::weight).toList());
            trainable = targets.stream()
                            .mapToLong(part -> lora.rank() * (part.in() + part.out()) + (lora.dora() ? part.out() : 0))
                            .sum()
                    // What scores is new, and trains whatever the adapter sits on.
                    + (blueprint.kind() == HeadKind.SCORE ? blueprint.headPart().in() : 0);
        } else {
            moved.removeAll(frozen.isEmpty() ? Set.of() : NamePatterns.matching(frozen, names));
            trainable = count(blueprint, moved::contains);
        }
        Set<String> inLayers = Set.copyOf(
                blueprint.adapterTargets().stream().map(LinearPart::weight).toList());
        return new TrainedShape(
                spec,
                compute,
                blueprint.numParameters(),
                trainable,
                lowest(blueprint, moved),
                blueprint.weights().stream()
                        .mapToLong(weight -> bytes(weight, compute, inLayers.contains(weight.name())))
                        .sum(),
                count(blueprint, inLayers::contains) / spec.numLayers(),
                MaskBytes.of(targets, adapter.dropout(), spec.numLayers(), compute.recompute()),
                adapter instanceof AdapterSpec.Lora,
                blueprint.kind() == HeadKind.TIED ? 0 : blueprint.embedding().rows(),
                blueprint.kind() != HeadKind.TIED
                        && moved.contains(blueprint.embedding().weight()));
    }

    private static long count(Blueprint blueprint, Predicate<String> which) {
        return blueprint.weights().stream()
                .filter(weight -> which.test(weight.name()))
                .mapToLong(WeightSpec::count)
                .sum();
    }

    private static int lowest(Blueprint blueprint, Set<String> moved) {
        boolean embedding = Stream.concat(
                        blueprint.embedding().weights().stream(),
                        Stream.ofNullable(blueprint.positions()).flatMap(part -> part.weights().stream()))
                .anyMatch(weight -> moved.contains(weight.name()));
        int layers = blueprint.layers().size();
        return embedding
                ? 0
                : IntStream.range(0, layers)
                        .filter(layer -> blueprint.layerWeights(layer).stream().anyMatch(moved::contains))
                        .findFirst()
                        .orElse(layers);
    }

    private static long bytes(WeightSpec weight, ComputeSpec compute, boolean inLayers) {
        long count = weight.count();
        if (weight.shape().length < 2 || weight.inFloat32()) {
            return count * Float.BYTES;
        }
        long asWeights = count * compute.weights().bytes();
        if (!inLayers) {
            return asWeights;
        }
        return switch (compute.base()) {
            case WEIGHTS -> asWeights;
            case FILE -> 0;
            case INT8 -> count + weight.shape()[0] * Float.BYTES;
            case NF4 -> count / 2 + count / 64 * Float.BYTES;
        };
    }

    /// @return weights and an adapter, gradients and moments at their largest, bytes; of the
    ///     moments of AdamW
    public long stateBytes() {
        return weightBytes
                + adapterBytes()
                + trainable * (Float.BYTES + 2L * compute.moments().bytes());
    }

    /// @return memory of matrices beside the weights, bytes
    public long adapterBytes() {
        return isAdapted ? trainable * Float.BYTES : 0;
    }

    /// @return memory that one token adds to what is kept for the backward pass, bytes
    public long graphBytes() {
        return Math.max(1, spec.graphBytes(1, spec.numLayers() - lowestLayer, compute) + masks.kept());
    }

    /// @return tokens that a forward pass has at most, but for longer rows
    public int tokensAtOnce() {
        return TokensAtOnce.of(
                stateBytes(),
                spec.backwardBytes(spec.numLayers() - lowestLayer, compute) + masks.kept() + masks.again());
    }

    /// @return floating-point operations of one token in all layers, forth and back, without
    ///     attention itself
    public double layerOperations() {
        int back = INPUTS + (isAdapted ? 0 : 1);
        int differentiated = spec.numLayers() - lowestLayer;
        int again = compute.recompute() == Recompute.FULL ? 1 : 0;
        double maps = 2.0 * layerNumbers * (FORWARD * spec.numLayers() + (back + again) * (double) differentiated);
        return isAdapted ? maps + 3 * 2.0 * trainable : maps;
    }

    /// @return floating-point operations of one token whose log-prob is asked for, forth and back
    public double headOperations() {
        if (spec.head() == HeadKind.SCORE) {
            return 0;
        }
        return 2.0 * spec.hiddenSize() * spec.vocabularySize() * (isAdapted ? 2 : 3);
    }

    /// @param context tokens that a token sees, mean
    /// @return floating-point operations of attention of one token, forth and back
    public double attentionOperations(double context) {
        int differentiated = spec.numLayers() - lowestLayer;
        return 4.0 * spec.numHeads() * spec.headDim() * context * (spec.numLayers() + 2.5 * differentiated);
    }

    /// @return number format of the products
    public DataType precision() {
        return compute.precision();
    }
}
