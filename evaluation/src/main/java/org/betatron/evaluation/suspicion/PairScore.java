package org.betatron.evaluation.suspicion;

import org.jspecify.annotations.Nullable;

/// What a model says about one pair: a line of the file that `betatron score` writes.
///
/// @param id                see [org.betatron.data.row.TokenizedRow#id]
/// @param file              the file as it was named to the reader
/// @param line              line on which the row begins
/// @param policyChosen      log-prob of the chosen answer, nats
/// @param policyRejected    log-prob of the rejected answer, nats
/// @param referenceChosen   the same under the reference; null where the objective has none
/// @param referenceRejected the same under the reference
/// @param gap               beta_0 times the margin, chosen minus rejected
/// @param loss              of the objective at beta_0
/// @param density           Gaussian density of the gap relative to that at the mean of all pairs, in [0, 1];
///     null until all are scored, and so below
/// @param keptProbability   how probably the Gaussian filter would keep the pair, in [0, 1]
/// @param rank              1 for the most negative gap of all pairs
public record PairScore(
        String id,
        String file,
        int line,
        double policyChosen,
        double policyRejected,
        @Nullable Double referenceChosen,
        @Nullable Double referenceRejected,
        double gap,
        double loss,
        @Nullable Double density,
        @Nullable Double keptProbability,
        @Nullable Integer rank) {}
