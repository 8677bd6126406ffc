package org.betatron.data.transform;

import static org.betatron.core.Numbers.require;

import java.util.List;
import java.util.Optional;

/// Which rows have a low gap, and which a high one. Rows in between belong to neither side.
public sealed interface SidesSpec {

    /// @return where gaps come from, if they are looked at
    default Optional<GapCriterion> gapIfAny() {
        return Optional.empty();
    }

    /// @return files that must be among those of the data set
    default List<String> namedFiles() {
        return List.of();
    }

    /// Divides by rank, so that the counts are exact. Among equal gaps, the order is drawn once and
    /// for all from the ids.
    ///
    /// ```text
    /// low rows = round(low * n)       high rows = n - round((1 - high) * n)
    /// ```
    ///
    /// @param low  share of the rows with the smallest gaps, in [0, 1]
    /// @param high share of the rows with the largest gaps, in [0, 1 - low]
    /// @param gap  which gap
    record Quantile(double low, double high, GapCriterion gap) implements SidesSpec {
        /// Halves; ours.
        public static final Quantile DEFAULT = new Quantile(0.5, 0.5, GapCriterion.DEFAULT);

        public Quantile {
            require("low", low >= 0 && low <= 1, "in [0, 1]", low);
            require("high", high >= 0 && high <= 1, "in [0, 1]", high);
            require("low + high", low + high <= 1 + 1e-9, "≤ 1", low + high);
        }

        int numLow(int numRows) {
            return (int) Math.round(low * numRows);
        }

        int numHigh(int numRows) {
            return Math.min(numRows - numLow(numRows), numRows - (int) Math.round((1 - high) * numRows));
        }

        @Override
        public Optional<GapCriterion> gapIfAny() {
            return Optional.of(gap);
        }
    }

    /// Divides by value. Has no defaults: what is low depends on the scale of the gaps.
    ///
    /// @param low  gaps of at most this are low
    /// @param high gaps above this are high, ≥ `low`
    /// @param gap  which gap
    record Threshold(double low, double high, GapCriterion gap) implements SidesSpec {
        public Threshold {
            require("low", Double.isFinite(low), "a finite number", low);
            require("high", Double.isFinite(high) && high >= low, "a finite number ≥ low (" + low + ")", high);
        }

        @Override
        public Optional<GapCriterion> gapIfAny() {
            return Optional.of(gap);
        }
    }

    /// Rows of some files are high, those of all others low, whatever their gaps: for pairs that
    /// were made to have high gaps, as in the mixtures of beta-DPO.
    ///
    /// @param high files as `data.files` names them, at least one
    record Files(List<String> high) implements SidesSpec {
        public Files {
            high = List.copyOf(high);
            if (high.isEmpty()) {
                throw new IllegalArgumentException("high must name at least one file");
            }
        }

        @Override
        public List<String> namedFiles() {
            return high;
        }
    }
}
