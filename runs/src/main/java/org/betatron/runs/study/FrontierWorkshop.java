package org.betatron.runs.study;

import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.layout.RowRules;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierPoint;
import org.betatron.evaluation.frontier.FrontierPoint.Half;
import org.betatron.evaluation.frontier.KeyedCell;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.study.Arm;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationRun;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Resolved;
import org.betatron.torch.device.ComputeDevice;

/// Trains and measures the runs of a study of frontiers, and keeps what came out.
///
/// @param workshop worlds, supervised models and reference log-probs
/// @param earlier  runs that are known already, by key
record FrontierWorkshop(Workshop workshop, Map<String, FrontierCell> earlier) {

    private static final String FILE = "cell.json";
    private static final int MAX_NEW_TOKENS = 48;

    /// Measured after these shares of the steps.
    private static final int[] EIGHTHS = {1, 2, 4, 8};

    /// @param place   where it is compared
    /// @param setting as the report names it
    /// @param keys    of the recipe
    record Run(String place, String model, String world, String method, String setting, List<String> keys, long seed) {}

    /// @param mayRun whether to train and measure it if it is not there
    /// @return what was measured
    /// @throws StudyStopped if the user stopped it
    Optional<KeyedCell> cell(Run run, boolean mayRun) {
        int every = workshop.scale().steps() / 8;
        List<String> keys = new ArrayList<>(run.keys());
        keys.add("train.checkpointEvery=" + every);
        keys.add("train.keepCheckpoints=8");
        Arm arm = new Arm(run.method(), run.setting(), run.model(), run.world(), keys);
        Path directory = workshop.cell(arm, run.seed());
        String key = Objects.requireNonNull(directory.getFileName()).toString();
        Optional<FrontierCell> kept = Optional.ofNullable(earlier.get(key)).or(() -> kept(directory));
        // Runs that are the same are shared by methods: names are those of whoever asks.
        return (kept.isPresent() || !mayRun ? kept : Optional.of(train(run, arm, directory, every)))
                .map(cell -> new KeyedCell(
                        key,
                        new FrontierCell(
                                run.place(),
                                run.method(),
                                run.setting(),
                                cell.seed(),
                                cell.beta(),
                                cell.seconds(),
                                cell.points())));
    }

    private static Optional<FrontierCell> kept(Path directory) {
        Checksums.damage(directory, FILE::equals).ifPresent(damage -> {
            throw new IllegalArgumentException(damage);
        });
        return RecordLines.read(directory.resolve(FILE), FrontierCell.class).stream()
                .findFirst();
    }

    private FrontierCell train(Run run, Arm arm, Path directory, int every) {
        Path start;
        FrontierPoint first;
        Resolved<AlignRecipe> recipe;
        // Another process may make the same world, model or reference just now.
        try (FileChannel file = FileChannel.open(
                        Files.createDirectories(workshop.root()).resolve(".making"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            start = workshop.start(run.model(), run.seed());
            first = start(run, start);
            recipe = workshop.recipe(arm, run.seed(), start);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + workshop.root(), e);
        }
        long begun = System.nanoTime();
        Workshop.deleteTree(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        Path at = directory.resolve("run");
        RunResult trained = AlignRun.run(
                RunRequest.begin(recipe, at).withListener(workshop.warnings()).withStop(workshop.stop()));
        if (trained.model().isEmpty()) {
            throw new StudyStopped();
        }
        List<FrontierPoint> points = new ArrayList<>();
        points.add(first);
        for (int eighths : EIGHTHS) {
            Path model = at.resolve(RunFiles.CHECKPOINTS)
                    .resolve(String.format(Locale.ROOT, "step-%08d", eighths * every))
                    .resolve(RunFiles.MODEL);
            points.add(point(eighths / 8.0, run, model, start));
        }
        double beta = Arrays.stream(trained.series(TRAIN + BETA)).average().orElse(Double.NaN);
        FrontierCell cell = new FrontierCell(
                run.place(), run.method(), run.setting(), run.seed(), beta, (System.nanoTime() - begun) * 1e-9, points);
        write(directory, FILE, cell);
        Workshop.deleteTree(at.resolve(RunFiles.CHECKPOINTS));
        Workshop.deleteTree(at.resolve(RunFiles.MODEL));
        return cell;
    }

    /// Measured once for all runs that begin there.
    private FrontierPoint start(Run run, Path model) {
        Path directory = Objects.requireNonNull(model.getParent());
        String file = "start-" + workshop.scale().questions() + ".json";
        Optional<FrontierPoint> kept = RecordLines.read(directory.resolve(file), FrontierPoint.class).stream()
                .findFirst();
        if (kept.isPresent()) {
            return kept.get();
        }
        FrontierPoint point = point(0, run, model, model);
        RecordLines.write(directory.resolve(file), List.of(point));
        return point;
    }

    private static void write(Path directory, String file, FrontierCell cell) {
        RecordLines.write(directory.resolve(file), List.of(cell));
        try {
            Checksums.write(directory, List.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + directory, e);
        }
    }

    private FrontierPoint point(double share, Run run, Path model, Path start) {
        ComputeThreads.use(workshop.scale().threads());
        List<JudgedAnswer> answers = EvaluationRun.run(
                        new EvaluationRequest(
                                model,
                                null,
                                null,
                                start,
                                // Questions of all worlds of a seed are the same.
                                List.of(workshop.world(StudyScale.WORLD, run.seed())
                                        .resolve("evaluation.jsonl")),
                                RowRules.DEFAULT,
                                workshop.scale().questions(),
                                ScoreJudge.ofWorld(),
                                List.of(1.0),
                                GenerationSpec.DEFAULT.withSeed(run.seed()).withMaxNewTokens(MAX_NEW_TOKENS),
                                ComputeDevice.DEFAULT,
                                null),
                        RunListener.NONE)
                .answers()
                .getFirst();
        return new FrontierPoint(share, half(answers, 0), half(answers, 1));
    }

    /// Answers to one question are of one half.
    private static Half half(List<JudgedAnswer> answers, int remainder) {
        List<JudgedAnswer> own = answers.stream()
                .filter(answer -> answer.prompt() % 2 == remainder)
                .toList();
        return new Half(
                own.stream()
                        .mapToDouble(answer -> Objects.requireNonNull(answer.verdict(), "verdict")
                                .score())
                        .average()
                        .orElseThrow(),
                own.stream().mapToDouble(JudgedAnswer::logRatio).average().orElseThrow());
    }
}
