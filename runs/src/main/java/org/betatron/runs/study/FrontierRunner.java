package org.betatron.runs.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierReport;

/// True reward against distance from the start, for every method with the same grid of settings: what
/// is compared is
/// what methods reach when they have gone equally far.
///
/// Every run is kept as it ends, so that a study goes on where it was stopped, and several processes
/// can share it.
///
/// @param places   where methods are compared
/// @param scale    how large it is
/// @param out      directory of all studies; the report goes into `frontier` there
/// @param seeds    how many, from 1
/// @param part     which runs this process makes: those whose number leaves `part` when divided by `parts`
/// @param parts    processes that share the runs
/// @param progress hears what is going on, a line at a time
/// @param stop     asked between steps
public record FrontierRunner(
        List<FrontierPlace> places,
        StudyScale scale,
        Path out,
        int seeds,
        int part,
        int parts,
        Consumer<String> progress,
        BooleanSupplier stop) {

    public static final String NAME = "frontier";

    public static final String TITLE =
            "What DPO, dynamic beta and the filter reach at the same distance from the start";

    /// Some seconds a run on one core.
    private static final StudyScale FULL = new StudyScale(400, 96, 320, 1);

    /// Whether everything works, within minutes; its numbers mean nothing.
    private static final StudyScale QUICK = new StudyScale(100, 24, 80, 1);

    /// @param quick   whether only to see that it works
    /// @param threads of one operation
    public static FrontierRunner of(
            boolean quick,
            int threads,
            Path out,
            int seeds,
            int part,
            int parts,
            Consumer<String> progress,
            BooleanSupplier stop) {
        return new FrontierRunner(
                quick ? FrontierPlace.quick() : FrontierPlace.all(),
                (quick ? QUICK : FULL).withThreads(threads),
                out,
                seeds,
                part,
                parts,
                progress,
                stop);
    }

    public FrontierRunner {
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds must be at least 1 but was " + seeds);
        }
        if (part < 0 || part >= parts) {
            throw new IllegalArgumentException("--part must be I/N with I from 1 to N");
        }
    }

    /// One run.
    private record Task(FrontierPlace place, FrontierMethod method, double beta, double rate, long seed) {}

    /// @return the report; empty if it was stopped, or runs of other processes are still missing
    public Optional<Path> run() {
        FrontierWorkshop workshop = new FrontierWorkshop(new Workshop(out, scale, progress, stop));
        List<Task> tasks = tasks();
        Map<Task, FrontierCell> cells = new HashMap<>();
        double seconds = 0;
        int made = 0;
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            // A method that follows another one is made by whoever made that: the same place, setting and seed.
            boolean isMine = groupOf(task) % parts == part;
            Optional<FrontierCell> kept = cell(workshop, task, cells, false);
            if (kept.isEmpty() && isMine) {
                if (stop.getAsBoolean()) {
                    return stopped(cells.size(), tasks.size());
                }
                long begun = System.nanoTime();
                try {
                    kept = cell(workshop, task, cells, true);
                } catch (StudyStopped e) {
                    return stopped(cells.size(), tasks.size());
                }
                seconds += (System.nanoTime() - begun) * 1e-9;
                made++;
                tell(i + 1, tasks.size(), kept.orElseThrow(), seconds / made);
            }
            kept.ifPresent(cell -> cells.put(task, cell));
        }
        if (cells.size() < tasks.size()) {
            progress.accept((tasks.size() - cells.size()) + " of " + tasks.size()
                    + " runs are other processes'. The same command writes the report when they are done.");
            return Optional.empty();
        }
        return Optional.of(FrontierReport.write(
                tasks.stream().map(cells::get).map(Objects::requireNonNull).toList(),
                FrontierMethod.DPO.name(),
                conditions(cells.values().stream()
                        .mapToDouble(FrontierCell::seconds)
                        .sum()),
                out.resolve(NAME)));
    }

    private boolean isQuick() {
        return scale.questions() < FULL.questions();
    }

    private static int groupOf(Task task) {
        return Math.floorMod(
                List.of(task.place().name(), task.beta(), task.rate(), task.seed())
                        .hashCode(),
                1 << 20);
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (FrontierPlace place : places) {
            for (FrontierMethod method : place.methods()) {
                for (double beta : place.betas()) {
                    for (double rate : place.rates()) {
                        for (long seed = 1; seed <= seeds; seed++) {
                            tasks.add(new Task(place, method, beta, rate, seed));
                        }
                    }
                }
            }
        }
        return tasks;
    }

    /// @param mayRun whether to train it if it is not there
    private Optional<FrontierCell> cell(
            FrontierWorkshop workshop, Task task, Map<Task, FrontierCell> done, boolean mayRun) {
        FrontierPlace place = task.place();
        double beta = task.beta();
        if (!task.method().follows().isEmpty()) {
            FrontierCell followed = done.entrySet().stream()
                    .filter(entry -> isFollowed(entry.getKey(), task))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            if (followed == null) {
                return Optional.empty();
            }
            beta = followed.beta();
        }
        List<String> settings = new ArrayList<>(place.settings());
        settings.addAll(task.method().at(beta));
        settings.add("train.learningRate=" + task.rate());
        return workshop.cell(
                new FrontierWorkshop.Run(
                        place.name(),
                        place.model(),
                        place.world(),
                        task.method().name(),
                        String.format(Locale.ROOT, "beta %s, rate %s", task.beta(), task.rate()),
                        settings,
                        task.seed()),
                mayRun);
    }

    private static boolean isFollowed(Task other, Task task) {
        return other.method().name().equals(task.method().follows())
                && other.place().equals(task.place())
                && other.beta() == task.beta()
                && other.rate() == task.rate()
                && other.seed() == task.seed();
    }

    private Optional<Path> stopped(int done, int total) {
        progress.accept("Stopped after %d of %d. The same command goes on.".formatted(done, total));
        return Optional.empty();
    }

    private void tell(int number, int total, FrontierCell cell, double secondsPerRun) {
        var last = cell.points().getLast().held();
        long left = Math.round((total - number) * secondsPerRun / parts);
        progress.accept(String.format(
                Locale.ROOT,
                "[%d/%d] %s, %s, %s, seed %d: reward %.3f at %.2f nats; %.0f s, at most %d:%02d h left",
                number,
                total,
                cell.place(),
                cell.method(),
                cell.setting(),
                cell.seed(),
                last.reward(),
                last.kl(),
                cell.seconds(),
                left / 3600,
                left / 60 % 60));
    }

    private List<String> conditions(double seconds) {
        return List.of(
                "    ./betatron study frontier --seeds " + seeds + (isQuick() ? " --quick" : ""),
                "",
                (isQuick() ? "A quick run, to see that everything works: **its numbers mean nothing.** " : "")
                        + String.format(
                                Locale.ROOT,
                                "%d seeds; each draws its own texts, pairs, weights and order. %.0f s of training and"
                                        + " measuring together, one thread.",
                                seeds,
                                seconds),
                "",
                String.format(
                        Locale.ROOT,
                        "- The controlled world ([studies](../../../studies.md)): %d steps of %d pairs from the same"
                                + " supervised model, measured after an eighth, a quarter, a half and all of them on %d"
                                + " questions that no training data has, answers drawn at temperature 1.",
                        scale.steps(),
                        StudyScale.BATCH_SIZE,
                        scale.questions()),
                "- Distance: the root of the mean log-ratio of the drawn answers, which estimates KL from the start.",
                "- Every method has the same grid of beta_0 and learning rate. A setting is chosen at each distance on half of"
                        + " the questions; what is said is of the other half.",
                "- Intervals: 95 % percentiles of 2,000 bootstrap samples of seeds, settings chosen again in each;"
                        + " differences at the same seeds. Not corrected for their number. **Bold** excludes zero.",
                "- Area: mean reward over distances from 0 to what every method reaches.");
    }
}
