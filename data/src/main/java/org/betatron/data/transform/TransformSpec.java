package org.betatron.data.transform;

import static org.betatron.core.Numbers.require;

import java.util.Optional;

/// One change to the training rows, with its parameters.
public sealed interface TransformSpec {

    /// @return how it tells low from high gaps, if it does
    default Optional<SidesSpec> sidesIfAny() {
        return Optional.empty();
    }

    /// How many rows are flipped at a rate.
    enum Draw {
        /// The nearest whole number to rate times rows, half up.
        EXACT,
        /// Each row with the probability of the rate, independently: the published code of Dr. DPO.
        INDEPENDENT
    }

    /// Turns labels round: chosen and rejected change places with their scores, an unpaired row
    /// gets the other label.
    ///
    /// Source: noise of Dr. DPO (arXiv 2407.07880), whose published code swaps each training pair
    /// with the probability `noise_rate`; [Draw#EXACT] is ours, so that runs of one rate compare.
    ///
    /// @param rate share of the rows, or probability, in [0, 1]; the default 0.2 is ours, in the
    ///     middle of the rates that the paper studies
    /// @param draw whether the share is exact
    /// @param seed another seed flips other rows; at one seed a higher rate flips the same rows and
    ///     some more
    record Flip(double rate, Draw draw, long seed) implements TransformSpec {
        public static final Flip DEFAULT = new Flip(0.2, Draw.EXACT, 0);

        public Flip {
            require("rate", rate >= 0 && rate <= 1, "in [0, 1]", rate);
        }
    }

    /// Keeps the rows of one side.
    ///
    /// @param keep  which
    /// @param sides what low and high are
    record Split(Side keep, SidesSpec sides) implements TransformSpec {
        /// The low half; ours.
        public static final Split DEFAULT = new Split(Side.LOW, SidesSpec.Quantile.DEFAULT);

        @Override
        public Optional<SidesSpec> sidesIfAny() {
            return Optional.of(sides);
        }
    }

    /// Keeps rows of both sides at a ratio, drawn without replacement.
    ///
    /// ```text
    /// high rows = round(highShare * size)       low rows = size - high rows
    /// ```
    ///
    /// Source: the mixtures of beta-DPO (arXiv 2407.08639), whose "40 %" is a `highShare` of 0.4.
    ///
    /// @param size      rows that are left, ≥ 1; 0 for as many as the sides allow at this ratio
    /// @param highShare share of rows of the high side, in [0, 1]
    /// @param sides     what low and high are
    /// @param seed      another seed draws other rows
    record Mixture(int size, double highShare, SidesSpec sides, long seed) implements TransformSpec {
        /// As many as possible, half and half; ours.
        public static final Mixture DEFAULT = new Mixture(0, 0.5, SidesSpec.Quantile.DEFAULT, 0);

        public Mixture {
            require("size", size >= 0, "≥ 0", size);
            require("highShare", highShare >= 0 && highShare <= 1, "in [0, 1]", highShare);
        }

        /// @return rows of the high side in a mixture of some size
        int numHigh(int size) {
            return (int) Math.round(highShare * size);
        }

        @Override
        public Optional<SidesSpec> sidesIfAny() {
            return Optional.of(sides);
        }
    }
}
