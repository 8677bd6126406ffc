package org.betatron.core.objective;

import org.betatron.core.Numbers;

/// The loss of robust DPO: unbiased under labels that are flipped at a known rate.
///
/// ```text
/// z = beta * m
/// loss = [ (1-e) softplus(-z) - e softplus(z) ] / (1 - 2e)                = softplus(-z) - e z / (1 - 2e)
/// d loss / d m = -beta [ (1-e) sigmoid(-z) + e sigmoid(z) ] / (1 - 2e)    = -beta [ sigmoid(-z) + e / (1 - 2e) ]
/// ```
///
/// Source: Chowdhury et al. 2024, arXiv 2403.00409. Unbounded below for large margins, so a falling loss
/// says little.
///
/// @param flipRate `e`, probability that a label is flipped, in [0, 0.5)
record RobustLink(double flipRate) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        double z = beta * margin;
        return Numbers.softplus(-z) - flipRate * z / (1 - 2 * flipRate);
    }

    @Override
    public double derivative(double beta, double margin) {
        double z = beta * margin;
        return -beta * (Numbers.sigmoid(-z) + flipRate / (1 - 2 * flipRate));
    }
}
