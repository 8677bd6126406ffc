package org.betatron.evaluation.frontier;

import java.util.List;

/// One run of a study of frontiers.
///
/// @param place   world and size of the model: only runs of one place are compared
/// @param method  what is compared
/// @param setting what is tuned for each method: beta and learning rate
/// @param seed    of world, model and training
/// @param beta    mean over the steps
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
        points = List.copyOf(points);
        if (points.isEmpty() || points.getFirst().share() != 0) {
            throw new IllegalArgumentException("points must begin with the start");
        }
    }
}
