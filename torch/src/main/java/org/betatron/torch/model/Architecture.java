package org.betatron.torch.model;

import org.bytedeco.pytorch.Tensor;

/// A transformer bound to its weights, up to but not including the product with the vocabulary.
///
/// `T` rows, `E` hidden size. All results belong to the current scope.
interface Architecture extends AutoCloseable {

    /// @param tokenIds  int64 `[T]`
    /// @param positions position of each row in its sequence, `[T]`
    /// @param attention which rows see which
    /// @return last hidden states before the final norm, `[T, E]`
    Tensor hidden(Tensor tokenIds, int[] positions, Attention attention);

    /// @param hidden `[N, E]`
    /// @return normalised states that the vocabulary head takes, `[N, E]`
    Tensor finalNorm(Tensor hidden);

    /// @return the vocabulary matrix `[V, E]`, lent
    Tensor headWeight();

    @Override
    void close();
}
