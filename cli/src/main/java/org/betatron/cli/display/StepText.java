package org.betatron.cli.display;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.PERPLEXITY;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.ROWS_PER_SECOND;
import static org.betatron.core.run.MetricNames.SCORE;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.betatron.training.run.Metrics;

/// The numbers of a step in a few words.
final class StepText {

    private StepText() {}

    /// @param prefix `train` or `eval`
    static String of(Metrics metrics, String prefix) {
        List<String> parts = new ArrayList<>();
        add(parts, metrics, prefix + LOSS, "loss %.4f");
        add(parts, metrics, prefix + ROLLOUT + SCORE, "score %+.3f");
        add(parts, metrics, prefix + SCORE, "score %+.3f");
        add(parts, metrics, prefix + ROLLOUT + KL, "kl %.2f");
        add(parts, metrics, prefix + KL, "kl %.2f");
        add(parts, metrics, prefix + PERPLEXITY, "perplexity %.2f");
        add(parts, metrics, prefix + MARGIN, "margin %+.3f");
        add(parts, metrics, prefix + ACCURACY, "accuracy %.3f");
        add(parts, metrics, prefix + BETA, "β %.4f");
        add(parts, metrics, ROWS_PER_SECOND, "%.1f rows/s");
        return String.join("  ", parts);
    }

    private static void add(List<String> parts, Metrics metrics, String path, String format) {
        metrics.get(path).ifPresent(value -> parts.add(String.format(Locale.ROOT, format, value)));
    }

    /// @param seconds until the end of the run, if known
    /// @return two spaces and the time left, or nothing
    static String left(OptionalDouble seconds) {
        return seconds.isPresent() ? "  " + duration(seconds.getAsDouble()) + " left" : "";
    }

    /// @param seconds duration
    /// @return `1:23` or `1:02:03`
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }
}
