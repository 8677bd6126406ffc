package org.betatron.runs.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.betatron.runs.study.FrontierWorkshop.Run;

/// One run of a study of frontiers.
///
/// @param place  where
/// @param method what is compared
/// @param beta   beta_0 of the grid, or what divergence costs
/// @param rate   learning rate
/// @param seed   of world, model and training
record FrontierTask(FrontierPlace place, FrontierMethod method, double beta, double rate, long seed) {

    /// Runs that are the same are made by one process, and a method that follows another one by whoever made that.
    int group() {
        return followed()
                .map(FrontierTask::group)
                .orElseGet(() -> Math.floorMod(
                        List.of(place.model(), place.world(), run(beta).keys(), seed)
                                .hashCode(),
                        1 << 20));
    }

    /// @return the run whose mean beta this one has; empty if it has one of its own
    Optional<FrontierTask> followed() {
        return place.methods().stream()
                .filter(other -> other.name().equals(method.follows()))
                .findFirst()
                .map(other -> new FrontierTask(place, other, beta, rate, seed));
    }

    /// @param ownBeta that it is trained with
    Run run(double ownBeta) {
        List<String> settings = new ArrayList<>(place.settings(method));
        settings.addAll(method.at(ownBeta));
        settings.add("train.learningRate=" + rate);
        return new Run(
                place.name(),
                place.model(),
                place.world(),
                place.settings(),
                method.learner(),
                method.name(),
                method.setting(beta, rate),
                ownBeta,
                settings,
                seed);
    }
}
