package org.betatron.core.objective;

import org.betatron.core.Numbers;

/// The margin part of APO-down: a loss between 0 and 1.
///
/// ```text
/// loss = 1 - sigmoid(beta m)        d loss / d m = -beta sigmoid(beta m) sigmoid(-beta m)
/// ```
///
/// Source: D'Oosterlinck et al. 2024, arXiv 2408.06266.
record BoundedLink() implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        return Numbers.sigmoid(-beta * margin);
    }

    @Override
    public double derivative(double beta, double margin) {
        return -beta * Numbers.sigmoid(beta * margin) * Numbers.sigmoid(-beta * margin);
    }
}
