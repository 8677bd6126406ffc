package org.betatron.runs.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierReport;
import org.betatron.evaluation.frontier.KeyedCell;

/// True reward against distance from the start, for every method with the same grid of settings:
/// what is compared is what methods reach when they have gone equally far.
///
/// Every run is kept as it ends, so that a study goes on where it was stopped, and several
/// processes can share it.
///
/// @param request  what is compared, and which part of it here
/// @param progress hears what is going on, a line at a time
/// @param stop     asked between steps
public record FrontierRunner(FrontierRequest request, Consumer<String> progress, BooleanSupplier stop) {

    /// @return the report; empty if it was stopped, or runs of other processes are still missing
    public Optional<Path> run() {
        FrontierWorkshop workshop = new FrontierWorkshop(
                new Workshop(request.out(), request.scale(), progress, stop),
                request.earlier(),
                request.study().eighths());
        List<FrontierTask> tasks = request.tasks();
        Map<FrontierTask, KeyedCell> cells = new HashMap<>();
        double seconds = 0;
        int made = 0;
        for (int i = 0; i < tasks.size(); i++) {
            FrontierTask task = tasks.get(i);
            OptionalDouble beta = beta(task, cells);
            if (beta.isEmpty()) {
                continue;
            }
            FrontierWorkshop.Run run = task.run(beta.getAsDouble());
            Optional<KeyedCell> kept = workshop.cell(run, false);
            if (kept.isEmpty() && request.isMine(task)) {
                if (stop.getAsBoolean()) {
                    return stopped(cells.size(), tasks.size());
                }
                long begun = System.nanoTime();
                try {
                    kept = workshop.cell(run, true);
                } catch (StudyStopped e) {
                    return stopped(cells.size(), tasks.size());
                }
                seconds += (System.nanoTime() - begun) * 1e-9;
                made++;
                tell(i + 1, tasks.size(), kept.orElseThrow().cell(), seconds / made);
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
                request.study().layout(),
                conditions(cells.values().stream()
                        .mapToDouble(each -> each.cell().seconds())
                        .sum()),
                request.out().resolve(request.study().name())));
    }

    /// @return what a run is trained with; empty if that is not known yet
    private static OptionalDouble beta(FrontierTask task, Map<FrontierTask, KeyedCell> done) {
        Optional<FrontierTask> followed = task.followed();
        if (followed.isEmpty()) {
            return OptionalDouble.of(task.beta());
        }
        KeyedCell cell = done.get(followed.get());
        return cell == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(cell.cell().beta());
    }

    private Optional<Path> stopped(int done, int total) {
        progress.accept("Stopped after %d of %d. The same command goes on.".formatted(done, total));
        return Optional.empty();
    }

    private void tell(int number, int total, FrontierCell cell, double secondsPerRun) {
        var last = cell.points().getLast().held();
        long left = Math.round((total - number) * secondsPerRun / request.parts());
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
        List<String> lines = new ArrayList<>(List.of(
                "    " + request.command(),
                "",
                (request.isQuick() ? "A quick run, to see that everything works: **its numbers mean nothing.** " : "")
                        + String.format(
                                Locale.ROOT,
                                "%d seeds; each draws its own texts, pairs, weights and order. %.0f s of training and"
                                        + " measuring together, one thread.",
                                request.seeds(),
                                seconds),
                ""));
        for (String note : request.study().notes()) {
            lines.add(String.format(
                    Locale.ROOT, note, request.scale().steps(), request.scale().questions()));
        }
        lines.addAll(List.of(
                "- Distance: the root of the mean log-ratio of the drawn answers, which estimates KL from the start.",
                "- A setting is chosen at each distance on half of the questions; what is said is of the other half.",
                "- Intervals: 95 % percentiles of 2,000 bootstrap samples of seeds, settings chosen again in each;"
                        + " differences at the same seeds. Not corrected for their number. **Bold** excludes zero.",
                "- Area: mean reward over distances from 0 to what every method reaches."));
        return lines;
    }
}
