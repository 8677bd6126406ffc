package org.betatron.evaluation.frontier;

import java.util.List;
import java.util.Objects;

/// One run of a study of frontiers.
///
/// @param place   world and size of the model: only runs of one place are compared
/// @param method  what is compared
/// @param setting what is tuned for each method: beta, or what divergence costs, and learning rate
/// @param seed    of world, model and training
/// @param beta    mean over the steps; of a method without one, what divergence costs
/// @param seconds that training and measuring took
/// @param points  in the order of training, the start first
public record FrontierCell(
        String place,
        String method,
        String setting,
        long seed,
        double beta,
        double seconds,
        List<FrontierPoint> points) {

    public FrontierCell {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(setting, "setting");
        points = List.copyOf(points);
        if (points.isEmpty() || points.getFirst().share() != 0) {
            throw new IllegalArgumentException("points must begin with the start");
        }
    }
}
