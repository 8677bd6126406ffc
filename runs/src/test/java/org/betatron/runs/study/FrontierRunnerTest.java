package org.betatron.runs.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything real, and small enough for every build.
class FrontierRunnerTest {

    private static final FrontierMethod BETA_DPO = new FrontierMethod(
            "beta-DPO",
            List.of("alignment.calibration={type: batch, sensitivity: %R}", "alignment.selection=gaussian"),
            "");
    private static final FrontierMethod AT_MEAN =
            new FrontierMethod("at its mean", List.of("alignment.selection=gaussian"), "beta-DPO");
    private static final FrontierPlace PLACE = new FrontierPlace(
            "tiny world",
            "small",
            StudyScale.WORLD,
            List.of("data.transforms=[{type: mixture, size: 64, sides: {type: threshold, low: 0.75, high: 0.75}}]"),
            List.of(FrontierMethod.DPO, BETA_DPO, AT_MEAN),
            List.of(0.3),
            List.of(1e-3));

    @TempDir
    private Path directory = Path.of("");

    private final List<String> progress = new ArrayList<>();

    private Optional<Path> run(int part, int parts, BooleanSupplier stop) {
        progress.clear();
        return new FrontierRunner(
                        List.of(PLACE), new StudyScale(2, 8, 8, 1), directory, 1, part, parts, progress::add, stop)
                .run();
    }

    @Test
    void goesOnWhereItWasStoppedAndReportsEveryRun() throws IOException {
        assertThat(run(0, 1, () -> progress.stream().anyMatch(line -> line.startsWith("[1/3]"))))
                .isEmpty();
        assertThat(progress).last().asString().startsWith("Stopped after 1 of 3.");

        Path report = run(0, 1, () -> false).orElseThrow();
        assertThat(progress).noneMatch(line -> line.startsWith("[1/3]"));
        List<FrontierCell> cells = RecordLines.read(report.resolveSibling("results.jsonl"), FrontierCell.class);
        assertThat(cells).extracting(FrontierCell::method).containsExactly("DPO", "beta-DPO", "at its mean");
        for (FrontierCell cell : cells) {
            assertThat(cell.points()).extracting(FrontierPoint::share).containsExactly(0.0, 0.125, 0.25, 0.5, 1.0);
            // All begin at the same model, which is no distance from itself.
            assertThat(cell.points().getFirst())
                    .isEqualTo(cells.getFirst().points().getFirst());
            assertThat(cell.points().getFirst().held().kl()).isZero();
            assertThat(cell.points().getLast().held().kl()).isNotZero();
        }
        assertThat(cells.get(0).beta()).isEqualTo(0.3);
        assertThat(cells.get(1).beta()).isNotEqualTo(0.3);
        assertThat(cells.get(2).beta()).isEqualTo(cells.get(1).beta());
        assertThat(Files.readString(report)).contains("## tiny world", "| at its mean |", "frontier-tiny-world.svg");
        assertThat(report.resolveSibling("frontier-tiny-world.svg")).exists();

        // Whatever its part, a process takes what is there already.
        assertThat(run(1, 2, () -> false)).isPresent();
        assertThat(progress).isEmpty();
    }
}
