package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.statistics.GapStatistics;

/// Keeps every pair whose gap is finite. Draws nothing.
public record EverySelection() implements Selection {

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public double[] select(double[] gaps, GapStatistics statistics, RandomGenerator random) {
        double[] weights = new double[gaps.length];
        for (int i = 0; i < gaps.length; i++) {
            weights[i] = Double.isFinite(gaps[i]) ? 1 : 0;
        }
        return weights;
    }
}
