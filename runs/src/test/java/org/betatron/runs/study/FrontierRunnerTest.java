package org.betatron.runs.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.FrontierPoint;
import org.betatron.evaluation.frontier.FrontierReport;
import org.betatron.evaluation.frontier.KeyedCell;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
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

    private static FrontierRequest request(Path out) {
        return new FrontierRequest(List.of(PLACE), new StudyScale(2, 8, 8, 1), 1, out, Map.of(), 0, 1);
    }

    private Optional<Path> run(int part, int parts, BooleanSupplier stop) {
        progress.clear();
        return new FrontierRunner(request(directory).share(part, parts), progress::add, stop).run();
    }

    @Test
    void everyRunHasARecipe() {
        for (FrontierPlace place : FrontierPlace.all()) {
            for (FrontierMethod method : place.methods()) {
                AlignRecipe recipe = new RecipeReader()
                        .overrides(place.settings())
                        .overrides(method.at(0.3))
                        .overrides(List.of("model=m", "data.files=[pairs.jsonl]"))
                        .resolve(AlignRecipe.class)
                        .recipe();
                assertThat(recipe.alignment().objective().beta())
                        .as("%s, %s", place.name(), method.name())
                        .isEqualTo(method.name().equals("auto") ? 0.1 : 0.3);
            }
        }
    }

    @Test
    void placesAndResultsThatAreNotThereAreRefused() {
        FrontierRequest request = FrontierRequest.full(1, 8, directory);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request.in(List.of("low gap", "nowhere")))
                .withMessageStartingWith("--place: there is no 'nowhere'; there are: outliers 10 %, no outliers, ");
        assertThat(request.in(List.of("low gap", "flips 40 %")).places())
                .extracting(FrontierPlace::name)
                .containsExactly("flips 40 %", "low gap");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request.with(List.of(directory.resolve("results.jsonl"))))
                .withMessageEndingWith("results.jsonl must be the results.jsonl of a study");
    }

    @Test
    void goesOnWhereItWasStoppedAndReportsEveryRun() throws IOException {
        assertThat(run(0, 1, () -> progress.stream().anyMatch(line -> line.startsWith("[1/3]"))))
                .isEmpty();
        assertThat(progress).last().asString().startsWith("Stopped after 1 of 3.");

        Path report = run(0, 1, () -> false).orElseThrow();
        assertThat(progress).noneMatch(line -> line.startsWith("[1/3]"));
        Path results = report.resolveSibling(FrontierReport.RESULTS);
        List<FrontierCell> cells = RecordLines.read(results, KeyedCell.class).stream()
                .map(KeyedCell::cell)
                .toList();
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

        // Elsewhere, results stand for the runs.
        Path elsewhere = directory.resolve("elsewhere");
        Path same = new FrontierRunner(request(elsewhere).with(List.of(results)), progress::add, () -> false)
                .run()
                .orElseThrow();
        assertThat(progress).isEmpty();
        assertThat(same).hasSameTextualContentAs(report);
        assertThat(same.resolveSibling(FrontierReport.RESULTS)).hasSameTextualContentAs(results);
    }
}
