package org.betatron.torch.decoding;

import java.util.List;
import java.util.stream.Stream;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.device.Processor;
import org.betatron.torch.linear.LinearRun;
import org.betatron.torch.linear.PackedMaps;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Parameters;
import org.jspecify.annotations.Nullable;

/// A model as it decodes: the weights laid out for products with few rows where that is possible.
/// Takes as
/// much memory as the weights once more, and is made for their present values.
public final class DecodingModel implements AutoCloseable {

    private final Parameters weights;
    private final long version;
    private final @Nullable PackedMaps packed;
    private final LinearPart head;
    private final Body body;
    private int numStates;

    /// @param weights lent
    /// @param packs   whether to lay the weights out for products with few rows, where that is
    ///     possible
    public DecodingModel(Architecture architecture, Parameters weights, boolean packs) {
        this.weights = weights;
        head = architecture.blueprint().headPart();
        List<LinearPart> maps = Stream.concat(architecture.blueprint().adapterTargets().stream(), Stream.of(head))
                .toList();
        packed = packs && PackedMaps.suits(maps, weights, Processor.here()) ? new PackedMaps(maps, weights) : null;
        body = new Body(architecture, weights);
        version = weights.version();
    }

    /// @return whether the weights are still what they were when this was made
    public boolean isCurrent() {
        return version == weights.version();
    }

    /// @return whether sequences are being decoded with it
    public boolean isInUse() {
        return numStates > 0;
    }

    void begun() {
        numStates++;
    }

    void ended() {
        numStates--;
    }

    Body body() {
        return body;
    }

    /// @return how affine maps are run, that of the head among them
    LinearRun maps() {
        return packed == null ? LinearRun.plain(weights) : packed;
    }

    /// @return the product with the vocabulary, states `[N, E]` to logits `[N, V]`
    LinearPart head() {
        return head;
    }

    @Override
    public void close() {
        body.close();
        if (packed != null) {
            packed.close();
        }
    }
}
