package org.betatron.evaluation.suspicion;

import java.util.List;
import java.util.Set;

/// How well the most negative gaps find labels that are known to be flipped.
///
/// @param looked  pairs looked at, those with the most negative gaps
/// @param found   flipped ones among them
/// @param flipped flipped ones in all
/// @param total   all pairs
public record FlipSearch(int looked, int found, int flipped, int total) {

    /// @param ranked  ids, most suspicious first
    /// @param flipped ids of flipped pairs among them
    /// @param looked  how many are looked at
    public static FlipSearch of(List<String> ranked, Set<String> flipped, int looked) {
        int count = Math.min(looked, ranked.size());
        int found = (int)
                ranked.subList(0, count).stream().filter(flipped::contains).count();
        int all = (int) ranked.stream().filter(flipped::contains).count();
        return new FlipSearch(count, found, all, ranked.size());
    }

    /// @return share of those looked at that are flipped; NaN for none
    public double precision() {
        return (double) found / looked;
    }

    /// @return share of the flipped ones that were found; NaN for none
    public double recall() {
        return (double) found / flipped;
    }

    /// @return precision of looking at random
    public double chance() {
        return (double) flipped / total;
    }
}
