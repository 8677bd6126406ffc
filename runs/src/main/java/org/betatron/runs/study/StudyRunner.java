package org.betatron.runs.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Cell;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.study.Study;
import org.betatron.evaluation.study.StudyReport;
import org.betatron.evaluation.study.StudyResults;

/// Carries out any study. Cells that are finished are kept, so that a study goes on where it was stopped, and
/// studies share what they have in common.
///
/// @param study    what is compared
/// @param out      directory of all studies; the report of this one goes into a directory of its name
/// @param seeds    how many, from 1
/// @param scale    how large
/// @param progress hears what is going on, a line at a time
/// @param stop     asked between steps
public record StudyRunner(
        Study study, Path out, int seeds, StudyScale scale, Consumer<String> progress, BooleanSupplier stop) {

    public StudyRunner {
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds must be at least 1 but was " + seeds);
        }
    }

    /// @return the report, empty if the study was stopped
    public Optional<Path> run() {
        Workshop workshop = new Workshop(out, scale, progress, stop);
        Map<Arm, List<Cell>> cells = new LinkedHashMap<>();
        int total = seeds * study.arms().size();
        int done = 0;
        int made = 0;
        double seconds = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            for (Arm arm : study.arms()) {
                CellRun run = new CellRun(workshop, arm, seed);
                Optional<Cell> kept = run.finished();
                Cell cell;
                if (kept.isPresent()) {
                    cell = kept.get();
                } else {
                    if (stop.getAsBoolean()) {
                        return stopped(done, total);
                    }
                    try {
                        long begun = System.nanoTime();
                        cell = run.run();
                        seconds += (System.nanoTime() - begun) * 1e-9;
                        made++;
                    } catch (StudyStopped e) {
                        return stopped(done, total);
                    }
                }
                cells.computeIfAbsent(arm, _ -> new ArrayList<>()).add(cell);
                done++;
                progress.accept(line(done, total, arm, cell, kept.isPresent(), seconds / Math.max(1, made)));
            }
        }
        return Optional.of(StudyReport.write(
                new StudyResults(study, cells), Conditions.of(study, seeds, scale, cells), out.resolve(study.name())));
    }

    private Optional<Path> stopped(int done, int total) {
        progress.accept("Stopped after %d of %d. The same command goes on.".formatted(done, total));
        return Optional.empty();
    }

    private static String line(int done, int total, Arm arm, Cell cell, boolean kept, double secondsPerCell) {
        AnswersAt drawn = cell.answers().getLast();
        double winRate = drawn.answers().stream()
                .mapToDouble(ScoredAnswer::win)
                .average()
                .orElse(Double.NaN);
        long left = Math.round((total - done) * secondsPerCell);
        return String.format(
                Locale.ROOT,
                "[%d/%d] seed %d  %-24s %-18s win rate %5.1f %% at temperature %s  %s",
                done,
                total,
                cell.seed(),
                arm.line(),
                arm.x(),
                100 * winRate,
                drawn.temperature(),
                kept ? "kept" : "%.0f s, at most %d:%02d left".formatted(cell.seconds(), left / 60, left % 60));
    }
}
