package org.betatron.core.objective;

/// An objective that is a function of the pair's margin alone.
///
/// ```text
/// m_i = score(chosen_i) - score(rejected_i)
/// loss_i = link(beta_i, m_i)
/// d loss_i / d l_w = link'(beta_i, m_i) * d score / d l_w
/// d loss_i / d l_l = -link'(beta_i, m_i) * d score / d l_l
/// ```
///
/// @param score what is compared
/// @param link  what a margin costs
public record MarginObjective(ResponseScore score, MarginLink link) implements Objective {

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas) {
        int n = pairs.size();
        if (betas.length != n) {
            throw new IllegalArgumentException(
                    "betas must have one entry per pair (" + n + ") but had " + betas.length);
        }
        double[] losses = new double[n];
        double[] chosenDerivatives = new double[n];
        double[] rejectedDerivatives = new double[n];
        for (int i = 0; i < n; i++) {
            double margin = margin(pairs, i);
            double derivative = link.derivative(betas[i], margin);
            losses[i] = link.loss(betas[i], margin);
            chosenDerivatives[i] = derivative * score.derivative(pairs.chosenLength(i));
            rejectedDerivatives[i] = -derivative * score.derivative(pairs.rejectedLength(i));
        }
        return new ObjectiveValue(losses, chosenDerivatives, rejectedDerivatives);
    }
}
