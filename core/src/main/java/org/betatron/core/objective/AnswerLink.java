package org.betatron.core.objective;

import static org.betatron.core.Numbers.sigmoid;
import static org.betatron.core.Numbers.softplus;

/// A scalar loss of a single answer: one half of an objective that judges both answers of a pair separately.
public interface AnswerLink {

    /// Costs nothing.
    AnswerLink NONE = new Logistic(0, 0);

    /// @param beta  strength of the preference, > 0
    /// @param score score of the answer minus its baseline, without beta
    /// @return loss, nats
    double loss(double beta, double score);

    /// @return derivative of [#loss] by the score, beta held constant
    double derivative(double beta, double score);

    /// `loss = a softplus(-beta s) + b softplus(beta s)`: BCO and NCA.
    ///
    /// @param up   `a`, weight of the pull upwards, ≥ 0
    /// @param down `b`, weight of the pull downwards, ≥ 0
    record Logistic(double up, double down) implements AnswerLink {

        @Override
        public double loss(double beta, double score) {
            return pull(up, -beta * score) + pull(down, beta * score);
        }

        @Override
        public double derivative(double beta, double score) {
            double x = beta * score;
            return beta * ((down == 0 ? 0 : down * sigmoid(x)) - (up == 0 ? 0 : up * sigmoid(-x)));
        }

        /// Most answers are pulled one way only, and the other costs as much to compute.
        private static double pull(double weight, double x) {
            return weight == 0 ? 0 : weight * softplus(x);
        }
    }

    /// `loss = w sigmoid(d beta s)`: KTO and APO. Both ends are flat.
    ///
    /// @param direction `d`: -1 raises the answer, +1 lowers it
    /// @param weight    `w`, ≥ 0
    record Bounded(int direction, double weight) implements AnswerLink {

        @Override
        public double loss(double beta, double score) {
            return weight * sigmoid(direction * beta * score);
        }

        @Override
        public double derivative(double beta, double score) {
            return weight * direction * beta * sigmoid(beta * score) * sigmoid(-beta * score);
        }
    }

    /// `loss = (s - d / (2 beta))^2`: SPPO.
    ///
    /// @param direction `d`: +1 for a target above zero, -1 for one below
    record Squared(int direction) implements AnswerLink {

        @Override
        public double loss(double beta, double score) {
            double distance = score - direction / (2 * beta);
            return distance * distance;
        }

        @Override
        public double derivative(double beta, double score) {
            return 2 * (score - direction / (2 * beta));
        }
    }
}
