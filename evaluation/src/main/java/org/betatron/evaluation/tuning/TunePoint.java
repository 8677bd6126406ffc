package org.betatron.evaluation.tuning;

import org.betatron.evaluation.comparison.Estimate;

/// A run at one moment.
///
/// @param step             steps done, 0 for where all runs start
/// @param measure          what settings are chosen by, the larger the better
/// @param kl               from the start, nats per answer; noise may make it negative near the
///     start
/// @param trainingSeconds  since the point before
/// @param measuringSeconds that this point took
public record TunePoint(long step, Estimate measure, Estimate kl, double trainingSeconds, double measuringSeconds) {

    /// @return root of the divergence from the start, √nats
    public double distance() {
        return Math.sqrt(Math.max(0, kl.value()));
    }

    boolean isFinite() {
        return Double.isFinite(measure.value()) && Double.isFinite(kl.value());
    }
}
