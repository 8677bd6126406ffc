package org.betatron.evaluation.study;

import java.util.List;
import java.util.stream.Stream;

/// A comparison as data: what is trained, how it is shown, and what the publication says.
///
/// @param name      what the command calls it
/// @param title     what it asks
/// @param published what is compared there, in a sentence or two, differences included
/// @param xName     what the places of a line are
/// @param view      what is measured and shown
/// @param arms      everything that is trained, in the order of tables
/// @param claims    what is expected after the publication
public record Study(
        String name, String title, String published, String xName, View view, List<Arm> arms, List<Claim> claims) {

    /// Temperature of the answers, where it is not what is varied: draws from the model as it is.
    public static final double TEMPERATURE = 1;

    /// What is shown of a study.
    public enum View {
        /// Win rates at [#TEMPERATURE]; a line's places are its arms.
        WIN_RATE,

        /// Win rates; a line is one arm, and its places are temperatures.
        WIN_RATE_BY_TEMPERATURE,

        /// How the gaps of held-out pairs are distributed, and win rates.
        GAPS,

        /// How well flipped labels are found among the training pairs, and win rates.
        FLIPS
    }

    public Study {
        arms = List.copyOf(arms);
        claims = List.copyOf(claims);
        List<Place> places =
                arms.stream().map(arm -> new Place(arm.line(), arm.x())).toList();
        if (places.stream().distinct().count() != places.size()) {
            throw new IllegalArgumentException("study " + name + " has two arms at the same place");
        }
    }

    /// What one point of the study is.
    ///
    /// @param place       where it is shown
    /// @param arm         what was trained
    /// @param temperature of its answers
    public record Point(Place place, Arm arm, double temperature) {}

    /// @param temperatures that are measured
    /// @return where its points are
    public List<Place> places(List<Double> temperatures) {
        return points(temperatures).stream().map(Point::place).toList();
    }

    /// @param temperatures that were measured
    /// @return every point, in the order of tables
    List<Point> points(List<Double> temperatures) {
        return arms.stream()
                .flatMap(arm -> view == View.WIN_RATE_BY_TEMPERATURE
                        ? temperatures.stream()
                                .map(temperature ->
                                        new Point(new Place(arm.line(), temperature.toString()), arm, temperature))
                        : Stream.of(new Point(new Place(arm.line(), arm.x()), arm, TEMPERATURE)))
                .toList();
    }
}
