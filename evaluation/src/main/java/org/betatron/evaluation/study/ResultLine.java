package org.betatron.evaluation.study;

import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.jspecify.annotations.Nullable;

/// A line of `results.jsonl`: one arm at one seed and temperature.
///
/// @param line        of the arm
/// @param x           its place on the line
/// @param model       size
/// @param seed        of world, model and training
/// @param temperature of the answers
/// @param settings    recipe keys that make the arm
/// @param winRate     over the chosen answers, as a share
/// @param reward      mean true reward
/// @param tokens      mean length
/// @param kl          from the supervised model, nats per answer; null where it was not measured
/// @param beta        mean over the steps of training; null for the supervised model
/// @param seconds     that training and measuring took
/// @param searches    for flipped labels
record ResultLine(
        String line,
        String x,
        String model,
        long seed,
        double temperature,
        List<String> settings,
        double winRate,
        double reward,
        double tokens,
        @Nullable Double kl,
        @Nullable Double beta,
        double seconds,
        List<FlipSearch> searches) {

    static void write(StudyResults results, Path file) {
        RecordLines.write(
                file,
                results.study().arms().stream()
                        .flatMap(arm -> results.of(arm).stream()
                                .flatMap(cell -> cell.answers().stream().map(at -> of(arm, cell, at))))
                        .toList());
    }

    private static ResultLine of(Arm arm, Cell cell, AnswersAt at) {
        return new ResultLine(
                arm.line(),
                arm.x(),
                arm.model(),
                cell.seed(),
                at.temperature(),
                arm.settings(),
                at.answers().stream().mapToDouble(ScoredAnswer::win).average().orElse(Double.NaN),
                at.answers().stream()
                        .mapToDouble(ScoredAnswer::reward)
                        .average()
                        .orElse(Double.NaN),
                at.tokens(),
                at.kl(),
                cell.beta(),
                cell.seconds(),
                cell.searches());
    }
}
