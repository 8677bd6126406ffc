package org.betatron.training;

/// Which row a run visits when.
///
/// A pure function: it depends on neither batch size nor on what was asked before, so that a run
/// can be cut into batches in any way and continued anywhere. Thread-safe.
@FunctionalInterface
public interface BatchOrder {

    /// @param position number of rows consumed before this one since the start of the run, over all
    ///     epochs, ≥ 0
    /// @return number of the row in the data set
    int row(long position);
}
