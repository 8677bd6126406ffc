package org.betatron.evaluation.study;

import java.util.List;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.jspecify.annotations.Nullable;

/// What was measured of one arm at one seed.
///
/// @param seed     of world, model and training
/// @param seconds  that training and measuring took
/// @param beta     mean over the steps of training; null for the supervised model
/// @param answers  by temperature
/// @param gaps     of held-out pairs after training, in the unit of gaps; none for the supervised model
/// @param searches for flipped labels among the training pairs; none where none were flipped on purpose
public record Cell(
        long seed,
        double seconds,
        @Nullable Double beta,
        List<AnswersAt> answers,
        List<Double> gaps,
        List<FlipSearch> searches) {

    public Cell {
        answers = List.copyOf(answers);
        gaps = List.copyOf(gaps);
        searches = List.copyOf(searches);
    }

    /// Every answer at one temperature.
    ///
    /// @param temperature of the draws
    /// @param tokens      mean length
    /// @param kl          from the supervised model, nats per answer; null where it was not measured
    /// @param answers     judged by their true reward against the chosen answer of the data, in the order of
    ///     the data
    public record AnswersAt(
            double temperature, double tokens, @Nullable Double kl, List<ScoredAnswer> answers) {}

    /// An answer and what it is worth.
    ///
    /// @param question number of the question; rows may ask the same
    /// @param win      1 for a win, 0.5 for a tie, 0 for a loss
    /// @param reward   true reward
    public record ScoredAnswer(int question, double win, double reward) {}

    /// @throws IllegalArgumentException if nothing was measured at this temperature
    AnswersAt at(double temperature) {
        return answers.stream()
                .filter(each -> each.temperature() == temperature)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing was measured at temperature " + temperature));
    }
}
