package org.betatron.training.reference;

/// Hears how far the reference has been computed. May throw to interrupt: no file is left behind
/// then.
@FunctionalInterface
public interface ReferenceProgress {

    /// @param rowsDone  rows that are scored
    /// @param rowsTotal rows that will be
    void rowsScored(int rowsDone, int rowsTotal);
}
