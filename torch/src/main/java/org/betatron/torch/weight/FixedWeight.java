package org.betatron.torch.weight;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/// A weight that never trains: what is added to its gradient is lost.
interface FixedWeight extends Weight {

    @Override
    default Map<String, Tensor> leaves() {
        return Map.of();
    }

    @Override
    default void addGradient(Tensor gradient) {}

    @Override
    default void addProduct(Tensor derivative, Tensor input, double factor) {}

    @Override
    default void addToRows(Tensor rows, Tensor values) {}
}
