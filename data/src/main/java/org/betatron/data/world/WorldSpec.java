package org.betatron.data.world;

import static org.betatron.core.Numbers.require;

/// How much of the controlled world is written to files, and how noisy its preferences are.
///
/// @param texts       answers to imitate, ≥ 1
/// @param pairs       pairs to learn from, ≥ 1
/// @param evaluation  pairs to measure on, ≥ 1; their questions occur nowhere else
/// @param lowGap      share of pairs of low gap among those that are no outliers, in [0, 1]
/// @param outliers    share of pairs with a heap of words for an answer, in [0, 1]
/// @param flips       share of pairs whose labels are exchanged after they were drawn, in [0, 1]
/// @param outlierFlips share of outliers whose labels are exchanged, beside those that `flips`
///     exchanges, in [0, 1]: 1 prefers every heap of words
/// @param temperature of the preferences: `P(a over b) = sigmoid((reward(a) - reward(b)) /
///     temperature)`, ≥ 0; 0 always prefers the better answer
/// @param seed        seed of everything drawn
public record WorldSpec(
        int texts,
        int pairs,
        int evaluation,
        double lowGap,
        double outliers,
        double flips,
        double outlierFlips,
        double temperature,
        long seed) {

    /// Largest difference of rewards of a pair of low gap.
    public static final double LOW_GAP = 0.75;

    /// Smallest difference of rewards of a pair of high gap.
    public static final double HIGH_GAP = 2;

    /// Half of the pairs hard to tell apart, no injected noise; ours.
    public static final WorldSpec DEFAULT = new WorldSpec(8000, 4000, 400, 0.5, 0, 0, 0, 0.5, 0);

    public WorldSpec {
        require("texts", texts >= 1, "at least 1", texts);
        require("pairs", pairs >= 1, "at least 1", pairs);
        require("evaluation", evaluation >= 1, "at least 1", evaluation);
        require("lowGap", lowGap >= 0 && lowGap <= 1, "in [0, 1]", lowGap);
        require("outliers", outliers >= 0 && outliers <= 1, "in [0, 1]", outliers);
        require("flips", flips >= 0 && flips <= 1, "in [0, 1]", flips);
        require("outlierFlips", outlierFlips >= 0 && outlierFlips <= 1, "in [0, 1]", outlierFlips);
        require("temperature", temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "≥ 0", temperature);
    }
}
