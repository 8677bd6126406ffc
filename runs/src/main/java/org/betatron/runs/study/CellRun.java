package org.betatron.runs.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.report.RunRecord;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Cell;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.AlignRun;
import org.betatron.runs.EvaluationRequest;
import org.betatron.runs.EvaluationRun;
import org.betatron.runs.RunRequest;
import org.betatron.runs.ScoreRun;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader.Resolved;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.device.NativeLibraries;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Trains and measures one arm at one seed, through the same runs as `align`, `evaluate` and `score`.
///
/// What is left of it is `cell.json`, and the run directory without its model.
final class CellRun {

    private static final int MAX_NEW_TOKENS = 48;
    private static final int LISTED_SUSPECTS = 100;

    private final Workshop workshop;
    private final Arm arm;
    private final long seed;
    private final Path directory;

    CellRun(Workshop workshop, Arm arm, long seed) {
        this.workshop = workshop;
        this.arm = arm;
        this.seed = seed;
        directory = workshop.cell(arm, seed);
    }

    /// @return what an earlier study left, if it was finished
    Optional<Cell> finished() {
        return RecordLines.read(file(), Cell.class).stream().findFirst();
    }

    private Path file() {
        return directory.resolve("cell.json");
    }

    /// @throws StudyStopped if the user stopped it
    Cell run() {
        Path start = workshop.start(arm.model(), seed);
        Workshop.deleteTree(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        long begun = System.nanoTime();
        Path run = directory.resolve("run");
        Path model = start;
        List<FlipSearch> searches = List.of();
        if (arm.isTrained()) {
            Resolved<AlignRecipe> recipe = workshop.recipe(arm, seed, start);
            AlignRun.run(new RunRequest<>(recipe, run, false, new QuietDisplay(workshop.progress()), workshop.stop()));
            model = run.resolve("model");
            if (!Files.exists(model)) {
                throw new StudyStopped();
            }
            searches = searches(recipe.recipe(), model, start);
        }
        List<AnswersAt> answers = answers(model, arm.isTrained() ? start : null);
        List<Double> gaps = RecordLines.read(run.resolve(RunRecord.GAPS_AFTER_FILE), HeldOutGap.class).stream()
                .map(HeldOutGap::gap)
                .toList();
        Cell cell = new Cell(seed, (System.nanoTime() - begun) * 1e-9, beta(run), answers, gaps, searches);
        RecordLines.write(file(), List.of(cell));
        Workshop.deleteTree(run.resolve("model"));
        Workshop.deleteTree(evaluation());
        return cell;
    }

    private static @Nullable Double beta(Path run) {
        if (!Files.exists(run)) {
            return null;
        }
        return RunMetrics.read(run).series("train/beta").values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    private List<FlipSearch> searches(AlignRecipe recipe, Path model, Path start) {
        if (!arm.world().equals(StudyScale.FLIPPED_WORLD)) {
            return List.of();
        }
        return new ScoreRun(model, start, recipe.data().paths(), recipe, LISTED_SUSPECTS, null)
                .run(_ -> {})
                .searches();
    }

    private Path evaluation() {
        return directory.resolve("evaluation");
    }

    private List<AnswersAt> answers(Path model, @Nullable Path reference) {
        // Evaluation uses the threads that the last run has set, and there may have been none.
        int threads = workshop.scale().threads();
        NativeLibraries.setThreads(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        GenerationSpec base = GenerationSpec.DEFAULT.withSeed(seed);
        List<ComparisonReport> reports = EvaluationRun.run(
                        new EvaluationRequest(
                                model,
                                null,
                                reference,
                                List.of(workshop.world(arm.world(), seed).resolve("evaluation.jsonl")),
                                workshop.scale().questions(),
                                ScoreJudge.ofWorld(),
                                StudyScale.TEMPERATURES,
                                new GenerationSpec(
                                        base.sampling(),
                                        base.samples(),
                                        MAX_NEW_TOKENS,
                                        base.stop(),
                                        base.batchSize(),
                                        base.seed()),
                                ComputeDevice.DEFAULT,
                                evaluation()),
                        _ -> {})
                .reports();
        Map<Double, List<ScoredAnswer>> scored = scored();
        return reports.stream()
                .map(report -> new AnswersAt(
                        report.temperature(),
                        report.tokens().value(),
                        Double.isNaN(report.kl().value()) ? null : report.kl().value(),
                        scored.getOrDefault(report.temperature(), List.of())))
                .toList();
    }

    private Map<Double, List<ScoredAnswer>> scored() {
        Path file = evaluation().resolve("answers.jsonl");
        Map<String, Integer> questions = new HashMap<>();
        Map<Double, List<ScoredAnswer>> scored = new HashMap<>();
        try {
            for (String text : Files.readAllLines(file)) {
                JsonNode line = JsonMapper.shared().readTree(text);
                int question = questions.computeIfAbsent(line.path("prompt").asString(), _ -> questions.size());
                Outcome outcome =
                        Outcome.valueOf(line.path("outcome").asString().toUpperCase(Locale.ROOT));
                scored.computeIfAbsent(line.path("temperature").asDouble(), _ -> new ArrayList<>())
                        .add(new ScoredAnswer(
                                question, outcome.value(), line.path("score").asDouble()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return scored;
    }
}
