package org.betatron.core.objective;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// A weighted sum of objectives.
///
/// ```text
/// loss_i = sum_t w_t loss_t,i        with  beta_t,i = ratio_t beta_i
/// ```
///
/// Scores, margins and so the gap are those of the first term. A dynamic beta scales the beta of every term
/// alike.
///
/// @param terms at least one; at most one may track running moments
record SumObjective(List<Term> terms) implements Objective {

    SumObjective {
        terms = List.copyOf(terms);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("terms must name at least one objective");
        }
    }

    /// @param weight    factor of the loss, finite
    /// @param betaRatio the term's beta over that of the first term, > 0
    /// @param objective what the term costs
    record Term(double weight, double betaRatio, Objective objective) {}

    @Override
    public RequiredInputs inputs() {
        return terms.stream().map(term -> term.objective().inputs()).reduce(RequiredInputs.NONE, RequiredInputs::and);
    }

    @Override
    public RowKind rows() {
        return terms.stream()
                .map(term -> term.objective().rows())
                .reduce(RowKind.ANY, (a, b) -> a == RowKind.ANY ? b : a);
    }

    @Override
    public boolean isRowByRow() {
        return terms.stream().allMatch(term -> term.objective().isRowByRow());
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return terms.getFirst().objective().score(responses, row);
    }

    @Override
    public boolean needsScores() {
        return terms.stream().anyMatch(term -> term.objective().needsScores());
    }

    @Override
    public boolean keepsStatistics() {
        return terms.stream().anyMatch(term -> term.objective().keepsStatistics());
    }

    @Override
    public double[] tracked(PairLogProbs pairs) {
        for (Term term : terms) {
            double[] tracked = term.objective().tracked(pairs);
            if (tracked.length > 0) {
                return tracked;
            }
        }
        return new double[0];
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        double[] losses = new double[pairs.size()];
        List<ObjectiveValue> values = new ArrayList<>();
        for (Term term : terms) {
            double[] termBetas = scaled(betas, term.betaRatio());
            ObjectiveValue value = term.objective().evaluate(pairs, termBetas, weights, tracked);
            for (int i = 0; i < losses.length; i++) {
                losses[i] += term.weight() * value.loss(i);
            }
            values.add(value);
        }
        return new Value(losses, values);
    }

    private static double[] scaled(double[] values, double factor) {
        if (factor == 1) {
            return values;
        }
        double[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private final class Value extends ObjectiveValue {

        private final List<ObjectiveValue> values;

        Value(double[] losses, List<ObjectiveValue> values) {
            super(losses);
            this.values = values;
        }

        @Override
        public void pullBack(double[] factors, PairDerivatives derivatives) {
            for (int t = 0; t < values.size(); t++) {
                values.get(t).pullBack(scaled(factors, terms.get(t).weight()), derivatives);
            }
        }
    }
}
