package org.betatron.training;

/// How long a run trains: counted in passes over the data, or in steps.
public sealed interface TrainLength {

    /// @param numRows   rows of the data set, ≥ 1
    /// @param batchSize rows per step, ≥ 1
    /// @return rows that the run consumes in all
    long totalRows(int numRows, int batchSize);

    /// @param numPrompts prompts that rows are made of, ≥ 1
    /// @param atOnce     prompts that are asked at once
    /// @param steps      steps that learn from what was made of these
    /// @return steps of a run that makes its rows
    default long stepsOfMade(int numPrompts, int atOnce, int steps) {
        return switch (this) {
            case Epochs(var count) -> Math.ceilDiv((long) count * numPrompts, atOnce) * steps;
            case Steps(var count) -> count;
        };
    }

    /// Whole passes over the data. A batch may reach over the end of a pass; the last batch of the
    /// run has what is left.
    ///
    /// @param count passes, ≥ 1
    record Epochs(int count) implements TrainLength {
        public Epochs {
            Counts.require("epochs", count >= 1, "≥ 1", count);
        }

        @Override
        public long totalRows(int numRows, int batchSize) {
            return (long) count * numRows;
        }
    }

    /// Optimizer steps, over as many passes as they need.
    ///
    /// @param count steps, ≥ 1
    record Steps(long count) implements TrainLength {
        public Steps {
            Counts.require("steps", count >= 1, "≥ 1", count);
        }

        @Override
        public long totalRows(int numRows, int batchSize) {
            return Math.multiplyExact(count, batchSize);
        }
    }
}
