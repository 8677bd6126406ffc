package org.betatron.torch.model;

import org.bytedeco.pytorch.Tensor;

/// A forward pass through all layers that can be differentiated once: what it keeps for that is the
/// largest part of the memory of training.
interface LayerPass extends AutoCloseable {

    /// @return normalised states of the rows that predict a response token, `[N, E]`, without graph; lent
    Tensor predictors();

    /// Adds the gradient of every weight below the head.
    ///
    /// @param gradient dL/dpredictors, `[N, E]`
    void backward(Tensor gradient);

    @Override
    void close();
}
