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
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.layout.RowRules;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierPoint;
import org.betatron.evaluation.frontier.FrontierPoint.Half;
import org.betatron.evaluation.frontier.KeyedCell;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.judge.VerdictListener;
import org.betatron.evaluation.study.Arm;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunResult;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationRun;
import org.betatron.runs.evaluation.RewardScorer;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;

/// Trains and measures the runs of a study of frontiers, and keeps what came out.
///
/// @param workshop worlds, supervised models and reference log-probs
/// @param earlier  runs that are known already, by key
/// @param eighths  runs are measured when so many eighths of their steps are done, the last 8
record FrontierWorkshop(Workshop workshop, Map<String, FrontierCell> earlier, List<Integer> eighths) {

    static final int MAX_NEW_TOKENS = 48;
    private static final String FILE = "cell.json";

    /// @param place   where it is compared
    /// @param model   its size
    /// @param world   name of the data
    /// @param data    recipe keys of the data that a reward model learns from
    /// @param learner what it learns from
    /// @param setting as the report names it
    /// @param beta    that is said of a run without one
    /// @param keys    of the recipe
    record Run(
            String place,
            String model,
            String world,
            List<String> data,
            FrontierLearner learner,
            String method,
            String setting,
            double beta,
            List<String> keys,
            long seed) {}

    static Arm arm(Run run, List<String> keys) {
        return new Arm(run.method(), run.setting(), run.model(), run.world(), keys);
    }

    /// @return whether a reward model says what answers of the run are worth
    static boolean hasRewardModel(Run run) {
        return run.keys().stream().anyMatch(key -> key.contains(FrontierLearner.REWARD_MODEL));
    }

    /// @param mayRun whether to train and measure it if it is not there
    /// @return what was measured
    /// @throws StudyStopped if the user stopped it
    Optional<KeyedCell> cell(Run run, boolean mayRun) {
        int every = workshop.scale().steps() / 8;
        List<String> keys = new ArrayList<>(run.keys());
        keys.add("train.checkpointEvery=" + every);
        keys.add("train.keepCheckpoints=8");
        Path directory = workshop.cell(arm(run, named(run, keys)), run.seed());
        String key = Objects.requireNonNull(directory.getFileName()).toString();
        Optional<FrontierCell> kept =
                Optional.ofNullable(earlier.get(key)).or(() -> kept(directory)).filter(this::isMeasuredAlike);
        // Runs that are the same are shared by methods: names are those of whoever asks.
        return (kept.isPresent() || !mayRun ? kept : Optional.of(train(run, keys, directory, every)))
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
        return RecordLines.readSparse(directory.resolve(FILE), FrontierCell.class).stream()
                .findFirst();
    }

    private boolean isMeasuredAlike(FrontierCell cell) {
        return cell.points().stream()
                .skip(1)
                .map(point -> (int) Math.round(8 * point.share()))
                .toList()
                .equals(eighths);
    }

    /// What a run depends on: of a reward model, what it learns from, and not where it lies.
    private List<String> named(Run run, List<String> keys) {
        if (!hasRewardModel(run)) {
            return keys;
        }
        List<String> named = new ArrayList<>(keys);
        named.addAll(run.data());
        named.addAll(workshop.scale().rewarded(run.seed()));
        return named;
    }

    private FrontierCell train(Run run, List<String> keys, Path directory, int every) {
        Path start;
        FrontierPoint first;
        FrontierLearner.Trainer trainer;
        TwoRewards judge;
        // Another process may make the same world, model or reference just now.
        try (FileChannel file = FileChannel.open(
                        Files.createDirectories(workshop.root()).resolve(".making"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            start = workshop.start(run.model(), run.seed());
            trainer = run.learner().trainer(workshop, run, start, keys);
            judge = rewards(run);
            first = start(run, start, judge);
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
        RunResult trained = trainer.train(at);
        if (trained.model().isEmpty()) {
            throw new StudyStopped();
        }
        List<FrontierPoint> points = new ArrayList<>();
        points.add(first);
        for (int eighth : eighths) {
            Path model = at.resolve(RunFiles.CHECKPOINTS)
                    .resolve(String.format(Locale.ROOT, "step-%08d", eighth * every))
                    .resolve(RunFiles.MODEL);
            points.add(point(eighth / 8.0, run, model, start, judge));
        }
        double beta = Arrays.stream(trained.series(TRAIN + BETA)).average().orElse(run.beta());
        FrontierCell cell = new FrontierCell(
                run.place(), run.method(), run.setting(), run.seed(), beta, (System.nanoTime() - begun) * 1e-9, points);
        write(directory, FILE, cell);
        Workshop.deleteTree(at.resolve(RunFiles.CHECKPOINTS));
        Workshop.deleteTree(at.resolve(RunFiles.MODEL));
        return cell;
    }

    /// Measured once for all runs that begin there.
    private FrontierPoint start(Run run, Path model, TwoRewards judge) {
        Path directory = Objects.requireNonNull(model.getParent());
        String file = "start-" + workshop.scale().questions()
                + (hasRewardModel(run) ? "-" + Workshop.fingerprint(named(run, List.of())) : "") + ".json";
        Optional<FrontierPoint> kept = RecordLines.readSparse(directory.resolve(file), FrontierPoint.class).stream()
                .findFirst();
        if (kept.isPresent()) {
            return kept.get();
        }
        FrontierPoint point = point(0, run, model, model, judge);
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

    /// Judges by the true reward, and notes what the model that runs were rewarded by says, if there is one.
    private static final class TwoRewards implements Judge {

        private final Judge world = ScoreJudge.ofWorld();
        private final @Nullable RewardScorer model;
        private double[] said = new double[0];

        TwoRewards(@Nullable RewardScorer model) {
            this.model = model;
        }

        @Override
        public String identity() {
            return world.identity();
        }

        @Override
        public void judge(List<Comparison> comparisons, VerdictListener listener) {
            world.judge(comparisons, listener);
            RewardScorer scorer = model;
            said = scorer == null
                    ? new double[0]
                    : scorer.scores(
                            comparisons.stream().map(Comparison::prompt).toList(),
                            comparisons.stream().map(Comparison::answer).toList());
        }

        /// @return what was said of each answer that was judged last; null where there is no model
        double @Nullable [] said() {
            return model == null ? null : said;
        }
    }

    private TwoRewards rewards(Run run) {
        return new TwoRewards(
                hasRewardModel(run)
                        ? new RewardScorer(
                                workshop.rewardModel(run.model(), run.world(), run.data(), run.seed()),
                                ComputeDevice.DEFAULT)
                        : null);
    }

    private FrontierPoint point(double share, Run run, Path model, Path start, TwoRewards judge) {
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
                                judge,
                                List.of(1.0),
                                GenerationSpec.DEFAULT.withSeed(run.seed()).withMaxNewTokens(MAX_NEW_TOKENS),
                                ComputeDevice.DEFAULT,
                                null),
                        RunListener.NONE)
                .answers()
                .getFirst();
        return new FrontierPoint(share, half(answers, judge.said(), 0), half(answers, judge.said(), 1));
    }

    /// Answers to one question are of one half.
    private static Half half(List<JudgedAnswer> answers, double @Nullable [] said, int remainder) {
        int[] own = IntStream.range(0, answers.size())
                .filter(i -> answers.get(i).prompt() % 2 == remainder)
                .toArray();
        return new Half(
                mean(
                        own,
                        i -> Objects.requireNonNull(answers.get(i).verdict(), "verdict")
                                .score()),
                mean(own, i -> answers.get(i).logRatio()),
                said == null ? null : mean(own, i -> said[i]));
    }

    private static double mean(int[] own, IntToDoubleFunction value) {
        return Arrays.stream(own).mapToDouble(value).average().orElseThrow();
    }
}
