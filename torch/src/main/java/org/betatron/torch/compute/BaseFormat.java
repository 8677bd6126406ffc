package org.betatron.torch.compute;

/// What matrices are kept in that never train: those of a base under an adapter. They are widened
/// to the format of products a few rows at a time, wherever they are multiplied with.
public enum BaseFormat {

    /// As all weights.
    WEIGHTS,

    /// The layers' matrices in whole numbers from -127 to 127 with a factor for each row: a quarter
    /// of float32.
    INT8,

    /// The layers' matrices in 4 bits, one of sixteen quantiles of a normal distribution times a
    /// factor for each 64 numbers of a row (QLoRA, Dettmers et al. 2023, arXiv 2305.14314): an
    /// eighth of float32, and a fourteenth more. Rows that are no whole blocks stay as they are.
    NF4,

    /// All matrices as they lie in a GGUF file, which stays mapped.
    FILE
}
