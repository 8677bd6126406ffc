package org.betatron.training.online;

import static org.betatron.core.Numbers.require;

/// Which pairs are made of answers.
public sealed interface PairSpec {

    /// @return share of tokens by which the answers of a pair differ at least, in [0, 1); pairs
    ///     that are more alike are left out, equal ones in any case
    double minDifference();

    /// @return whether scores are needed
    boolean needsScores();

    /// The answer with the highest score to a prompt against another one.
    ///
    /// @param against       which other one
    /// @param minGap        difference of scores below which there is no pair, ≥ 0; equal scores
    ///     make none
    /// @param minDifference see [PairSpec#minDifference]
    record Best(Against against, double minGap, double minDifference) implements PairSpec {
        public static final Best DEFAULT = new Best(Against.WORST, 0, 0);

        public Best {
            require("minGap", minGap >= 0 && minGap < Double.POSITIVE_INFINITY, "in [0, ∞)", minGap);
            requireDifference(minDifference);
        }

        @Override
        public boolean needsScores() {
            return true;
        }
    }

    /// What the best answer is compared with.
    enum Against {

        /// The one with the lowest score.
        WORST,

        /// One of the others with a lower score, drawn.
        RANDOM
    }

    /// The data's answer against one of the policy's own: SPIN (Chen et al. 2024, arXiv
    /// 2401.01335).
    ///
    /// @param minDifference see [PairSpec#minDifference]
    record Data(double minDifference) implements PairSpec {
        public static final Data DEFAULT = new Data(0);

        public Data {
            requireDifference(minDifference);
        }

        @Override
        public boolean needsScores() {
            return false;
        }
    }

    private static void requireDifference(double minDifference) {
        require("minDifference", minDifference >= 0 && minDifference < 1, "in [0, 1)", minDifference);
    }
}
