package org.betatron.evaluation.reward;

import java.util.List;

/// Rewards of groups of answers: the weighted sum, and what each source said. Immutable.
public final class GroupRewards {

    private final List<WeightedRewards.Part> parts;
    private final double[][] totals; // [groups][answers]
    private final List<double[][]> scores; // of each source, [groups][answers]

    GroupRewards(List<WeightedRewards.Part> parts, double[][] totals, List<double[][]> scores) {
        this.parts = parts;
        this.totals = totals;
        this.scores = scores;
    }

    /// @return names of the sources, in order
    public List<String> names() {
        return parts.stream().map(WeightedRewards.Part::name).toList();
    }

    /// @return number of groups
    public int numGroups() {
        return totals.length;
    }

    /// @return number of answers of a group
    public int numAnswers(int group) {
        return totals[group].length;
    }

    /// @return the weighted sum, finite; NaN for an answer that a source cannot score: nothing is
    ///     learned from it, and its advantage is 0
    public double total(int group, int answer) {
        return totals[group][answer];
    }

    /// @return the weighted sums of a group, NaN for answers that a source cannot score; a copy
    public double[] totals(int group) {
        return totals[group].clone();
    }

    /// @return whether every source scored the answer
    public boolean isScored(int group, int answer) {
        return !Double.isNaN(totals[group][answer]);
    }

    /// @param source number of the source
    /// @return its score of an answer without its weight; NaN where it cannot score it
    public double score(int source, int group, int answer) {
        return scores.get(source)[group][answer];
    }

    /// @return answers that have no reward
    public int numUnscored() {
        return numNaN(totals);
    }

    /// @param source number of the source
    /// @return answers that it could not score
    public int numUnscored(int source) {
        return numNaN(scores.get(source));
    }

    private static int numNaN(double[][] values) {
        int count = 0;
        for (double[] row : values) {
            for (double value : row) {
                count += Double.isNaN(value) ? 1 : 0;
            }
        }
        return count;
    }
}
