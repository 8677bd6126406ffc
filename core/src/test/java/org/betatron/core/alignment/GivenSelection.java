package org.betatron.core.alignment;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.betatron.core.selection.Selection;
import org.betatron.core.selection.SelectionCriterion;
import org.betatron.core.statistics.Moments;

/// A choice that was made elsewhere.
///
/// @param weights the weights of each call
record GivenSelection(Supplier<double[]> weights) implements Selection {

    @Override
    public SelectionCriterion criterion() {
        return SelectionCriterion.GAP;
    }

    @Override
    public boolean keepsAll() {
        return false;
    }

    @Override
    public double[] select(double[] values, Moments statistics, RandomGenerator random) {
        return weights.get();
    }
}
