package org.betatron.evaluation.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.load.DatasetReport;
import org.betatron.data.source.JsonProblem;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.evaluation.suspicion.Suspect;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What a run directory holds, as far as it does: a run that crashed or still goes on lacks some of
/// it.
///
/// @param name       name of the run: that of its directory
/// @param recipeText the resolved recipe as it was written
/// @param recipe     the same to look things up in
/// @param metrics    logged so far, possibly none
/// @param data       what became of the training files, null if unknown
/// @param samples    answers before and after
/// @param rollouts   some of the answers that the policy learned from, in the order of steps
/// @param gapsBefore of the rows to measure on, at the first evaluation; empty unless that was
///     before the first step
/// @param gapsAfter  of the same rows, at the newest evaluation
/// @param suspects   rows to measure on that the model contradicts most, at the newest evaluation
/// @param evaluation of its model, where one lies in `evaluation`; null if none does
/// @param finished   whether the final model was written
/// @param unreadable what is there but cannot be read, in words
public record RunRecord(
        String name,
        String recipeText,
        JsonNode recipe,
        RunMetrics metrics,
        @Nullable DatasetReport data,
        List<Sample> samples,
        List<RolloutSample> rollouts,
        List<HeldOutGap> gapsBefore,
        List<HeldOutGap> gapsAfter,
        List<Suspect> suspects,
        @Nullable EvaluationRecord evaluation,
        boolean finished,
        List<String> unreadable) {

    /// @param directory a run directory
    /// @throws IllegalArgumentException if it holds no run; anything else that is missing or broken
    ///     is left out, and what is broken is said
    public static RunRecord read(Path directory) {
        Path recipeFile = directory.resolve(RunFiles.RECIPE);
        if (!Files.isRegularFile(recipeFile)) {
            throw new IllegalArgumentException(directory + " must be a run directory, but has no recipe.yaml");
        }
        String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
        List<String> unreadable = new ArrayList<>();
        String recipeText = tolerant(recipeFile, unreadable, "", () -> {
            requireWhole(recipeFile);
            return text(recipeFile);
        });
        JsonNode recipe = tolerant(
                recipeFile, unreadable, MissingNode.getInstance(), () -> new YAMLMapper().readTree(recipeText));
        Path metricsFile = directory.resolve(RunFiles.METRICS);
        RunMetrics noMetrics = new RunMetrics(name, List.of());
        RunMetrics metrics = tolerant(metricsFile, unreadable, noMetrics, () -> {
            requireWhole(metricsFile);
            return isEmpty(metricsFile) ? noMetrics : RunMetrics.read(directory);
        });
        return new RunRecord(
                name,
                recipeText,
                recipe,
                metrics,
                data(directory.resolve(RunFiles.DATA), unreadable),
                lines(directory.resolve(RunFiles.SAMPLES), Sample.class, unreadable),
                rollouts(directory.resolve(RunFiles.ROLLOUTS), unreadable),
                lines(directory.resolve(RunFiles.GAPS_BEFORE), HeldOutGap.class, unreadable),
                lines(directory.resolve(RunFiles.GAPS_AFTER), HeldOutGap.class, unreadable),
                lines(directory.resolve(RunFiles.SUSPECTS), Suspect.class, unreadable),
                evaluation(directory.resolve(EvaluationRecord.OF_RUN), unreadable),
                Files.isDirectory(directory.resolve(RunFiles.MODEL)),
                List.copyOf(unreadable));
    }

    private static @Nullable DatasetReport data(Path file, List<String> unreadable) {
        // Parts of it may be null, and runs from before lack what was not counted then.
        List<DatasetReport> read = tolerant(file, unreadable, List.of(), () -> {
            requireWhole(file);
            return Files.isRegularFile(file)
                    ? List.of(JsonMapper.shared().readValue(text(file), DatasetReport.class))
                    : List.of();
        });
        return read.isEmpty() ? null : read.getFirst();
    }

    private static @Nullable EvaluationRecord evaluation(Path directory, List<String> unreadable) {
        Path file = directory.resolve(EvaluationRecord.FILE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        List<EvaluationRecord> read =
                tolerant(file, unreadable, List.of(), () -> List.of(EvaluationRecord.read(directory)));
        return read.isEmpty() ? null : read.getFirst();
    }

    private static <T extends Record> List<T> lines(Path file, Class<T> type, List<String> unreadable) {
        return tolerant(file, unreadable, List.of(), () -> {
            requireWhole(file);
            return RecordLines.read(file, type);
        });
    }

    private static List<RolloutSample> rollouts(Path file, List<String> unreadable) {
        return tolerant(file, unreadable, List.of(), () -> {
            requireWhole(file);
            return RecordLines.readGrowing(file, RolloutSample.class);
        });
    }

    private static void requireWhole(Path file) {
        Path directory = file.resolveSibling("");
        Checksums.damage(directory, file.getFileName().toString()::equals).ifPresent(damage -> {
            throw new IllegalArgumentException(damage);
        });
    }

    private static <T> T tolerant(Path file, List<String> unreadable, T otherwise, Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            unreadable.add(String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            unreadable.add(file + ": " + JsonProblem.in(e));
        }
        return otherwise;
    }

    private static boolean isEmpty(Path file) {
        try {
            return !Files.isRegularFile(file) || Files.size(file) == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// @return last step that was logged, 0 before the first
    public long lastStep() {
        return metrics.lines().stream()
                .mapToLong(line -> line.path("step").asLong(0))
                .max()
                .orElse(0);
    }

    /// @return whether the model learned from answers of its own
    public boolean isOfOwnAnswers() {
        return !setting("/rollout").isEmpty();
    }

    /// @param pointer JSON pointer into the recipe
    /// @return the setting as text; empty where the recipe has none
    public String setting(String pointer) {
        JsonNode value = recipe.at(pointer);
        return value.isMissingNode() ? "" : value.isValueNode() ? value.asString() : value.toString();
    }

    /// @return the setting as a number; NaN where the recipe has none
    public double number(String pointer) {
        JsonNode value = recipe.at(pointer);
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }
}
