package org.betatron.torch.decoding;

import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.linear.AffineMap;
import org.betatron.torch.linear.AffineMaps;
import org.betatron.torch.linear.PackedMaps;
import org.betatron.torch.linear.PlainMaps;
import org.betatron.torch.tensor.Precision;
import org.betatron.torch.weight.Parameters;
import org.jspecify.annotations.Nullable;

/// A model as it decodes: the weights laid out for products with few rows where that is possible. Takes as
/// much memory as the weights once more, and is made for their present values.
public final class DecodingModel implements AutoCloseable {

    private final Parameters weights;
    private final long version;
    private final @Nullable PackedMaps packed;
    private final Architecture architecture;
    private final AffineMap head;

    private DecodingModel(Parameters weights, @Nullable PackedMaps packed, Architecture architecture, AffineMap head) {
        this.weights = weights;
        this.packed = packed;
        this.architecture = architecture;
        this.head = head;
        version = weights.version();
    }

    public static DecodingModel of(ArchitectureSpec spec, Parameters weights, Precision precision) {
        PackedMaps packed = PackedMaps.suits(weights) ? new PackedMaps(precision) : null;
        try {
            AffineMaps maps = packed == null ? new PlainMaps(precision) : packed;
            Architecture architecture = spec.create(weights, maps);
            return new DecodingModel(weights, packed, architecture, maps.bind(architecture.headWeight(), null));
        } catch (RuntimeException e) {
            if (packed != null) {
                packed.close();
            }
            throw e;
        }
    }

    /// @return whether the weights are still what they were when this was made
    public boolean isCurrent() {
        return version == weights.version();
    }

    public Architecture architecture() {
        return architecture;
    }

    /// @return the product with the vocabulary, states `[N, E]` to logits `[N, V]`
    public AffineMap head() {
        return head;
    }

    @Override
    public void close() {
        architecture.close();
        if (packed != null) {
            packed.close();
        }
    }
}
