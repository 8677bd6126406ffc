package org.betatron.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.source.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The metrics of a run as its `metrics.jsonl` holds them.
///
/// @param name  name of the run: that of its directory
/// @param lines one object per logged step
public record RunMetrics(String name, List<JsonNode> lines) {

    /// A metric over the steps that have it.
    ///
    /// @param steps  numbers of the steps
    /// @param values the metric there
    public record Series(List<Double> steps, List<Double> values) {

        public boolean isEmpty() {
            return steps.isEmpty();
        }

        public int size() {
            return steps.size();
        }

        /// @throws java.util.NoSuchElementException if there is none
        public double first() {
            return values.getFirst();
        }

        /// @throws java.util.NoSuchElementException if there is none
        public double last() {
            return values.getLast();
        }

        /// @param window values that a mean is taken of, ≥ 1
        /// @return each value replaced by the mean of it and those before it
        public Series smoothed(int window) {
            List<Double> means = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                int from = Math.max(0, i - window + 1);
                means.add(values.subList(from, i + 1).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0));
            }
            return new Series(steps, means);
        }
    }

    /// @param directory a run directory
    /// @throws IllegalArgumentException if it holds no metrics, a line that is none before the last, or other bytes
    ///     than the run wrote
    public static RunMetrics read(Path directory) {
        Path file = directory.resolve(RunFiles.METRICS);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    directory + " must be a run directory, but has no " + RunFiles.METRICS + "");
        }
        Checksums.damage(directory, RunFiles.METRICS::equals).ifPresent(damage -> {
            throw new IllegalArgumentException(damage);
        });
        List<JsonNode> lines = parse(file, text(file));
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no whole line of metrics yet");
        }
        return new RunMetrics(
                String.valueOf(directory.toAbsolutePath().normalize().getFileName()), lines);
    }

    private static List<String> text(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static List<JsonNode> parse(Path file, List<String> text) {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text) {
            try {
                JsonNode read = JsonMapper.shared().readTree(line);
                if (!read.path("step").isIntegralNumber()) {
                    throw new IllegalArgumentException(
                            file + ":" + (lines.size() + 1) + ": is not a line of metrics: it has no step");
                }
                lines.add(read);
            } catch (JacksonException e) {
                // A run that was killed may have left half a line at the end.
                if (lines.size() < text.size() - 1) {
                    throw new IllegalArgumentException(
                            file + ":" + (lines.size() + 1) + ": is not a whole line of metrics: " + JsonProblem.in(e),
                            e);
                }
            }
        }
        return lines;
    }

    /// @return every metric that some line has, in order of appearance
    public Set<String> paths() {
        Set<String> paths = new LinkedHashSet<>();
        for (JsonNode line : lines) {
            line.propertyNames().forEach(paths::add);
        }
        paths.remove("step");
        return paths;
    }

    public Series series(String path) {
        List<Double> steps = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (JsonNode line : lines) {
            JsonNode value = line.path(path);
            if (value.isNumber()) {
                steps.add(line.path("step").asDouble());
                values.add(value.asDouble());
            }
        }
        return new Series(steps, values);
    }
}
