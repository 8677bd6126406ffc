package org.betatron.evaluation.realignment;

import org.betatron.evaluation.comparison.Estimate;

/// What answers are like at one share of the model.
///
/// @param lambda  share of the aligned model: 0 for the reference, 1 for the model
/// @param measure what shares are compared by, the larger the better
/// @param kl      divergence from the reference, nats per answer
/// @param winRate against the opponent, as a share
/// @param tokens  mean length of the answers
public record LambdaPoint(double lambda, Estimate measure, Estimate kl, Estimate winRate, Estimate tokens) {}
