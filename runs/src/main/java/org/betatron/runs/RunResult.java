package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.runs.model.ModelSize;
import org.betatron.training.run.Metrics;

/// What came of a run: what was trained, where it lies, how it ended, and its numbers.
///
/// Numbers are those of this call; a run that was resumed has those of earlier calls in its directory.
///
/// @param directory      of the run
/// @param end            how it ended
/// @param steps          steps done in all, by earlier calls too
/// @param totalSteps     steps of the whole run
/// @param size           of the model
/// @param trainingRows   rows that were learned from
/// @param evaluationRows rows that were measured on
/// @param model          directory of the trained model; empty unless the run is complete
/// @param report         page to look at; empty if it could not be written
/// @param logged         every line of metrics, in order
/// @param gaps           gap of each held-out row at the newest evaluation; none where rows have no gap
/// @param warnings       what was said on the way
public record RunResult(
        Path directory,
        End end,
        long steps,
        long totalSteps,
        ModelSize size,
        int trainingRows,
        int evaluationRows,
        Optional<Path> model,
        Optional<Path> report,
        List<Logged> logged,
        List<HeldOutGap> gaps,
        List<String> warnings) {

    /// How a run ended. A failure is an exception.
    public enum End {
        /// Every step was done, and the model was written.
        COMPLETED,
        /// It was asked to stop, and can be resumed.
        STOPPED
    }

    /// A line of metrics.
    ///
    /// @param step    steps done
    /// @param metrics see docs/metrics.md
    public record Logged(long step, Metrics metrics) {}

    public RunResult {
        logged = List.copyOf(logged);
        gaps = List.copyOf(gaps);
        warnings = List.copyOf(warnings);
    }

    /// @param metric path, for example `eval/accuracy`
    /// @return its newest value, empty if it was never logged
    public OptionalDouble newest(String metric) {
        double[] values = series(metric);
        return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[values.length - 1]);
    }

    /// @param metric path, for example `train/beta`
    /// @return its value in every line that has it, in order
    public double[] series(String metric) {
        return logged.stream()
                .map(line -> line.metrics().get(metric))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
    }
}
