package org.betatron.core.objective;

import org.betatron.core.Numbers;

/// The odds-ratio loss of ORPO: beta is the weight of the loss, not the scale of its margin.
///
/// ```text
/// loss = beta softplus(-m)        d loss / d m = -beta sigmoid(-m)
/// ```
///
/// Source: Hong et al. 2024, arXiv 2403.07691, whose lambda is our beta.
record ScaledSigmoidLink() implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        return beta * Numbers.softplus(-margin);
    }

    @Override
    public double derivative(double beta, double margin) {
        return -beta * Numbers.sigmoid(-margin);
    }
}
