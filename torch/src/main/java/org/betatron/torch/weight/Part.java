package org.betatron.torch.weight;

import java.util.List;

/// A part of an architecture that has weights: said once, and asked for everything that follows from it.
public sealed interface Part permits EmbeddingPart, LinearPart, NormPart {

    /// @return its weights in file order
    List<WeightSpec> weights();
}
