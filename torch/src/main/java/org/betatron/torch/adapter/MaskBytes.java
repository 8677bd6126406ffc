package org.betatron.torch.adapter;

import java.util.List;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.weight.LinearPart;

/// Memory that dropout takes for each token, bytes: which numbers a map drops, a byte each, and where autograd is left
/// alone ([Recompute#NONE]) what is left of them.
///
/// @param kept  for the backward pass
/// @param again while one layer is run again
public record MaskBytes(long kept, long again) {

    public static final MaskBytes NONE = new MaskBytes(0, 0);

    /// @param maps      whose input is dropped
    /// @param dropout   probability, in [0, 1)
    /// @param numLayers of the model
    public static MaskBytes of(List<LinearPart> maps, double dropout, int numLayers, Recompute recompute) {
        long numbers =
                dropout == 0 ? 0 : maps.stream().mapToLong(LinearPart::in).sum();
        return switch (recompute) {
            case NONE -> new MaskBytes(numbers * (1 + Float.BYTES), 0);
            case SELECTIVE -> new MaskBytes(numbers, 0);
            case FULL -> new MaskBytes(0, numbers / numLayers);
        };
    }
}
