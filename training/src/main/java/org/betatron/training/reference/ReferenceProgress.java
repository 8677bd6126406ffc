package org.betatron.training.reference;

/// Hears how far the reference has been computed.
@FunctionalInterface
public interface ReferenceProgress {

    /// @param rowsDone  rows that are scored
    /// @param rowsTotal rows that will be
    void rowsScored(int rowsDone, int rowsTotal);
}
