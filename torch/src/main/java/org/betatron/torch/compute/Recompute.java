package org.betatron.torch.compute;

/// What a backward pass computes again instead of keeping it from the forward pass.
public enum Recompute {
    /// Nothing: the graph is autograd's own, the plain computation that the others are compared with.
    NONE,
    /// What a cheap operation makes, which is norms and activations before matrix products; gradients of
    /// matrices are added in place (selective recomputation, Korthikanti et al. 2022, arXiv 2205.05198).
    SELECTIVE,
    /// Whole layers: only what enters them is kept (Chen et al. 2016, arXiv 1604.06174). A third more products,
    /// a small share of the memory.
    FULL
}
