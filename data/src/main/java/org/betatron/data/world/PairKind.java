package org.betatron.data.world;

/// How far apart the two answers of a pair are.
enum PairKind {
    /// Rewards differ by at most [WorldSpec#LOW_GAP]: hard to tell apart, mislabelled often.
    LOW,
    /// Rewards differ by at least [WorldSpec#HIGH_GAP].
    HIGH,
    /// One of the answers is a heap of words: nothing to learn from but how to write at all.
    OUTLIER
}
