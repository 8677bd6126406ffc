package org.betatron.runs.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.betatron.core.files.DirectoryLock;
import org.betatron.core.run.RunFiles;
import org.betatron.data.DataException;
import org.betatron.evaluation.tuning.Halving;
import org.betatron.evaluation.tuning.Halving.Rung;
import org.betatron.evaluation.tuning.Standings;
import org.betatron.evaluation.tuning.TuneCell;
import org.betatron.evaluation.tuning.TunePoint;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.SharedReferences;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;
import org.betatron.training.run.TrainingException;

/// Finds the setting to train with, by successive halving over prefixes of whole runs.
///
/// A run that goes on does so from its checkpoint, so what comes of it is what would have come of
/// it alone. Everything
/// that was measured is kept, and what is decided follows from it, so that a tuning which ended
/// anywhere goes on to the
/// same result.
public final class TuneRun {

    /// Steps that tell how long one takes, as a share of a whole run; ours.
    private static final int PACE_SHARE = 64;

    private final TuneRequest request;
    private final TuneFiles files;
    private final List<TuneSetting> settings;
    private final Set<String> told = new HashSet<>();

    private TuneRun(TuneRequest request) {
        this.request = request;
        this.files = new TuneFiles(request.out());
        this.settings = request.grid().settings();
    }

    /// Carries it out.
    ///
    /// @return what was found; empty if it was stopped
    /// @throws IllegalArgumentException if there are no held-out pairs, the directory is another
    ///     tuning's, or the budget
    ///     is too small; before anything is trained
    /// @throws TrainingException        if no setting is left
    public static Optional<TuneResult> run(TuneRequest request) {
        return new TuneRun(request).run();
    }

    private Optional<TuneResult> run() {
        AlignRecipe first = settings.getFirst().resolved().recipe();
        if (first.data().evaluation().isEmpty()) {
            throw new IllegalArgumentException("there are no held-out pairs to compare settings on: name a file of"
                    + " them with --eval FILE (data.evaluation)");
        }
        Settings made = made(first);
        try {
            Files.createDirectories(request.out());
            DirectoryLock lock = DirectoryLock.of(request.out());
            try {
                files.claim(made);
                return held();
            } finally {
                lock.remove();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + request.out(), e);
        }
    }

    private Optional<TuneResult> held() {
        Optional<TuneFiles.Plan> plan;
        try {
            plan = files.plan().or(this::plan);
        } catch (RuntimeException e) {
            files.release();
            throw e;
        }
        return plan.flatMap(this::climb);
    }

    /// Everything that what is measured depends on.
    private Settings made(AlignRecipe first) {
        Settings made = request.base().get().resolve(AlignRecipe.class).settings();
        for (String line : request.grid().lines()) {
            int colon = line.indexOf(": ");
            made = made.with("--vary " + line.substring(0, colon), line.substring(colon + 2));
        }
        Settings measured = request.measuring().settings();
        for (var entry : measured.values().entrySet()) {
            made = made.with("measured." + entry.getKey(), entry.getValue());
        }
        return made.with("--kl", Double.toString(request.limit()))
                .with("--halving", Integer.toString(request.keep()))
                .with("the budget", request.budget().toString())
                .with("the model", fingerprint(new ModelDirectory(ModelPlace.of(Path.of(first.model()))).modelFiles()))
                .with("the held-out pairs", fingerprint(first.data().evaluationPaths()));
    }

    private static String fingerprint(List<Path> of) {
        return Fingerprint.of(of).substring(0, 16);
    }

    /// Opens the first setting, which finds out how long runs are and whether everything can be
    /// read, and measures where
    /// all start.
    private Optional<TuneFiles.Plan> plan() {
        request.grid().lines().forEach(line -> tell("varied: " + line));
        tell("%d settings, compared by %s"
                .formatted(settings.size(), request.measuring().name()));
        StepWatch watch = watch(0, 0);
        RunResult opened = train(0, watch);
        if (opened.evaluationRows() == 0) {
            throw new DataException("there are no held-out pairs to compare settings on: no row of --eval can be used");
        }
        long steps = opened.totalSteps();
        if (!request.budget().needsPace()) {
            // Before the start is measured, which may take long.
            halving(steps, new TuneBudget.Pace(0, 0));
        }
        long begun = System.nanoTime();
        Measuring.Measured measured = request.measuring()
                .measure(Path.of(settings.getFirst().resolved().recipe().model()), watch);
        TunePoint start = new TunePoint(0, measured.measure(), measured.kl(), 0, since(begun));
        TuneBudget.Pace pace = new TuneBudget.Pace(0, start.measuringSeconds());
        if (request.budget().needsPace()) {
            long some = Math.ceilDiv(steps, PACE_SHARE);
            StepWatch timed = watch(0, some);
            if (train(0, timed).steps() < some) {
                tell("Stopped before the first rung. The same command goes on.");
                return Optional.empty();
            }
            pace = new TuneBudget.Pace(timed.secondsPerStep(), start.measuringSeconds());
        }
        TuneFiles.Plan plan =
                new TuneFiles.Plan(steps, start, halving(steps, pace).rungs());
        files.keep(plan);
        return Optional.of(plan);
    }

    private Halving halving(long steps, TuneBudget.Pace pace) {
        return request.budget().halving(settings.size(), steps, request.keep(), pace);
    }

    private Optional<TuneResult> climb(TuneFiles.Plan plan) {
        TuneCell[] cells = IntStream.range(0, settings.size())
                .mapToObj(i -> files.cell(directory(i))
                        .orElseGet(() -> new TuneCell(settings.get(i).name(), List.of(plan.start()), "")))
                .toArray(TuneCell[]::new);
        List<Integer> alive = IntStream.range(0, settings.size()).boxed().toList();
        List<Standings> standings = new ArrayList<>();
        for (int k = 0; k < plan.rungs().size(); k++) {
            Rung rung = plan.rungs().get(k);
            for (int i = 0; i < alive.size(); i++) {
                int setting = alive.get(i);
                Optional<TuneCell> cell = advanced(setting, cells[setting], rung.step());
                if (cell.isEmpty()) {
                    tell("Stopped in rung %d of %d. The same command goes on."
                            .formatted(k + 1, plan.rungs().size()));
                    return Optional.empty();
                }
                if (!cell.get().equals(cells[setting])) {
                    cells[setting] = cell.get();
                    tell("[rung %d/%d, %d/%d] %s"
                            .formatted(k + 1, plan.rungs().size(), i + 1, alive.size(), account(cells[setting])));
                }
            }
            Standings at = Standings.of(
                    alive.stream().map(setting -> cells[setting]).toList(), rung.step(), plan.steps(), request.limit());
            if (at.ranked().isEmpty()) {
                throw new TrainingException("no setting is left: every one ended before step " + rung.step() + "; "
                        + at.failed().getFirst().name() + ": "
                        + at.failed().getFirst().problem());
            }
            standings.add(at);
            if (k + 1 < plan.rungs().size()) {
                Set<String> names = names(at, plan.rungs().get(k + 1).settings());
                alive = goingOn(alive, names);
            }
        }
        Standings last = endsEarly()
                ? Standings.of(List.of(cells), plan.steps(), plan.steps(), request.limit())
                : Standings.ofWhole(
                        alive.stream().map(setting -> cells[setting]).toList(), request.limit());
        goingOn(alive, names(last, 1));
        return Optional.of(new TuneWriter(request, files, plan, List.of(cells), standings, last).write());
    }

    /// A run whose learning rate does not fall is a part of a longer one, so it may end wherever it
    /// was best.
    private boolean endsEarly() {
        return settings.stream()
                .allMatch(setting -> setting.resolved().recipe().train().decay() == Decay.CONSTANT);
    }

    private static Set<String> names(Standings at, int count) {
        Set<String> names = new HashSet<>();
        at.ranked().stream()
                .limit(count)
                .forEach(standing -> names.add(standing.cell().name()));
        return names;
    }

    /// @return those that go on, in the order of the grid; what the others would need for it is
    ///     deleted
    private List<Integer> goingOn(List<Integer> alive, Set<String> names) {
        alive.stream()
                .filter(setting -> !names.contains(settings.get(setting).name()))
                .forEach(setting -> files.drop(directory(setting)));
        return alive.stream()
                .filter(setting -> names.contains(settings.get(setting).name()))
                .toList();
    }

    /// @return the setting, trained and measured until a step or until it ended; empty if the user
    ///     stopped it
    private Optional<TuneCell> advanced(int setting, TuneCell cell, long step) {
        if (cell.isDone(step)) {
            return Optional.of(cell);
        }
        if (request.stop().getAsBoolean()) {
            return Optional.empty();
        }
        long begun = System.nanoTime();
        TuneCell next;
        StepWatch watch = watch(setting, step);
        try {
            RunResult trained = train(setting, watch);
            if (trained.steps() < step) {
                return Optional.empty();
            }
            double training = since(begun);
            begun = System.nanoTime();
            Measuring.Measured measured = request.measuring().measure(model(setting, trained, step), watch);
            next = cell.with(new TunePoint(step, measured.measure(), measured.kl(), training, since(begun)));
        } catch (TrainingException e) {
            if (e.getCause() instanceof IOException) {
                // A full disk is no property of a setting.
                throw e;
            }
            next = cell.failed(String.valueOf(e.getMessage()));
        }
        files.keep(directory(setting), next);
        return Optional.of(next);
    }

    private Path model(int setting, RunResult trained, long step) {
        return trained.model()
                .orElseGet(() -> files.run(directory(setting))
                        .resolve(RunFiles.CHECKPOINTS)
                        .resolve(String.format(Locale.ROOT, "step-%08d", step))
                        .resolve(RunFiles.MODEL));
    }

    private RunResult train(int setting, StepWatch watch) {
        Path run = files.run(directory(setting));
        RunRequest<AlignRecipe> begun = files.isBegun(directory(setting))
                ? RunRequest.resume(AlignRecipe.class, run)
                : RunRequest.begin(recipe(setting), run);
        return AlignRun.run(begun.withListener(watch).withStop(watch));
    }

    /// Nothing that changes what is learned differs from the recipe of the setting.
    private Resolved<AlignRecipe> recipe(int setting) {
        List<String> values =
                new ArrayList<>(TuneSetting.overrides(settings.get(setting).values()));
        values.add("train.evaluateEvery=0");
        values.add("train.keepCheckpoints=1");
        return SharedReferences.in(
                request.out(), request.base().get().overrides(values).resolve(AlignRecipe.class));
    }

    private String directory(int setting) {
        return settings.get(setting).directory(setting + 1);
    }

    private StepWatch watch(int setting, long until) {
        return new StepWatch(settings.get(setting).name(), until, request.stop(), request.progress(), told);
    }

    private void tell(String line) {
        request.progress().accept(line);
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) * 1e-9;
    }

    private static String account(TuneCell cell) {
        if (!cell.problem().isEmpty()) {
            return cell.name() + ": ended, " + cell.problem();
        }
        TunePoint point = cell.points().getLast();
        return String.format(
                Locale.ROOT,
                "%s: %.3f at %.2f nats after %d steps; %.0f s",
                cell.name(),
                point.measure().value(),
                point.kl().value(),
                point.step(),
                point.trainingSeconds() + point.measuringSeconds());
    }
}
