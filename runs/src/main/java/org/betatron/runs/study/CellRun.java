package org.betatron.runs.study;

import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.layout.RowRules;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Cell;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationResult;
import org.betatron.runs.evaluation.EvaluationRun;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.score.ScoreRun;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;

/// Trains and measures one arm at one seed, through the same runs as `align`, `evaluate` and `score`.
///
/// What is left of it is `cell.json`, and the run directory without its model.
final class CellRun {

    private static final String FILE = "cell.json";
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
    /// @throws IllegalArgumentException if it is not as it was written
    Optional<Cell> finished() {
        Checksums.damage(directory, FILE::equals).ifPresent(damage -> {
            throw new IllegalArgumentException(damage);
        });
        return RecordLines.readSparse(file(), Cell.class).stream().findFirst();
    }

    private Path file() {
        return directory.resolve(FILE);
    }

    private void noteFile() {
        try {
            Checksums.write(directory, List.of(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
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
        List<Double> gaps = List.of();
        Double beta = null;
        if (arm.isTrained()) {
            Resolved<AlignRecipe> recipe = workshop.recipe(arm, seed, start);
            RunResult trained = AlignRun.run(RunRequest.begin(recipe, run)
                    .withListener(workshop.warnings())
                    .withStop(workshop.stop()));
            model = trained.model().orElseThrow(StudyStopped::new);
            beta = Arrays.stream(trained.series(TRAIN + BETA)).average().orElse(Double.NaN);
            gaps = trained.gaps().stream().map(HeldOutGap::gap).toList();
            searches = searches(recipe.recipe(), model, start);
        }
        List<AnswersAt> answers = answers(model, arm.isTrained() ? start : null);
        Cell cell = new Cell(seed, (System.nanoTime() - begun) * 1e-9, beta, answers, gaps, searches);
        RecordLines.write(file(), List.of(cell));
        noteFile();
        Workshop.deleteTree(run.resolve(RunFiles.MODEL));
        Workshop.deleteTree(evaluation());
        return cell;
    }

    private List<FlipSearch> searches(AlignRecipe recipe, Path model, Path start) {
        if (!arm.world().equals(StudyScale.FLIPPED_WORLD)) {
            return List.of();
        }
        return new ScoreRun(model, start, recipe.data().paths(), recipe, LISTED_SUSPECTS, null)
                .run(RunListener.NONE)
                .searches();
    }

    private Path evaluation() {
        return directory.resolve("evaluation");
    }

    private List<AnswersAt> answers(Path model, @Nullable Path reference) {
        // Evaluation uses the threads that the last run has set, and there may have been none.
        int threads = workshop.scale().threads();
        ComputeThreads.use(threads);
        EvaluationResult result = EvaluationRun.run(
                new EvaluationRequest(
                        model,
                        null,
                        null,
                        reference,
                        List.of(workshop.world(arm.world(), seed).resolve("evaluation.jsonl")),
                        RowRules.DEFAULT,
                        workshop.scale().questions(),
                        ScoreJudge.ofWorld(),
                        StudyScale.TEMPERATURES,
                        GenerationSpec.DEFAULT.withSeed(seed).withMaxNewTokens(MAX_NEW_TOKENS),
                        ComputeDevice.DEFAULT,
                        evaluation()),
                RunListener.NONE);
        List<AnswersAt> answers = new ArrayList<>();
        for (int i = 0; i < result.reports().size(); i++) {
            ComparisonReport report = result.reports().get(i);
            answers.add(new AnswersAt(
                    report.temperature(),
                    report.tokens().value(),
                    Double.isNaN(report.kl().value()) ? null : report.kl().value(),
                    scored(result.answers().get(i))));
        }
        return answers;
    }

    /// The known reward of the world leaves no answer undecided.
    private static List<ScoredAnswer> scored(List<JudgedAnswer> answers) {
        return answers.stream()
                .map(answer -> {
                    Verdict verdict = Objects.requireNonNull(answer.verdict(), "verdict");
                    return new ScoredAnswer(answer.prompt(), verdict.outcome().value(), verdict.score());
                })
                .toList();
    }
}
