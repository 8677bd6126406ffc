package org.betatron.runs.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.PromptedRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.training.reference.ReferenceUpdateSpec.Blend;
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
            List.of(),
            List.of(FrontierMethod.DPO, BETA_DPO, AT_MEAN),
            new FrontierGrid(List.of(0.3), List.of(1e-3)));
    private static final FrontierStudy FRONTIER = study("frontier");

    @TempDir
    private Path directory = Path.of("");

    private final List<String> progress = new ArrayList<>();

    private static FrontierStudy study(String name) {
        return FrontierStudies.ALL.stream()
                .filter(study -> study.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static FrontierRequest request(Path out) {
        return request(FRONTIER, PLACE, out);
    }

    private static FrontierRequest request(FrontierStudy study, FrontierPlace place, Path out) {
        return new FrontierRequest(study, List.of(place), new StudyScale(2, 8, 8, 1), 1, out, Map.of(), 0, 1);
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

    /// Settings that do not go together are found before a study begins.
    @Test
    void everyRunOfOwnAnswersHasARecipeWithItsRewards() {
        for (FrontierStudy study : List.of(study("online"), study("self-play"))) {
            for (FrontierTask task :
                    FrontierRequest.of(study, false, 1, 1, directory).tasks()) {
                FrontierWorkshop.Run run = task.run(task.beta());
                Class<? extends Recipe> type = switch (run.learner()) {
                    case PAIRS -> AlignRecipe.class;
                    case OWN_PAIRS -> OnlineRecipe.class;
                    case SCORES -> PolicyRecipe.class;
                };
                Recipe recipe = new RecipeReader()
                        .overrides(run.keys())
                        .overrides(List.of("model=m", "data.files=[pairs.jsonl]"))
                        .resolve(type)
                        .recipe();
                String what = run.place() + ", " + run.method() + ", " + run.setting();
                if (recipe instanceof PromptedRecipe prompted) {
                    assertThat(prompted.rewards()).as(what).hasSize(prompted.readsAnswers() ? 0 : 1);
                    int answers = prompted.train().batchSize() * (recipe instanceof OnlineRecipe ? 4 : 1);
                    assertThat(answers).as(what).isEqualTo(StudyScale.ANSWERS);
                    assertThat(FrontierWorkshop.hasRewardModel(run))
                            .isEqualTo(run.place().equals("reward model"));
                }
                if (recipe instanceof PolicyRecipe policy) {
                    assertThat(policy.policy().kl().coefficient()).as(what).isEqualTo(task.beta());
                }
                if (recipe instanceof OnlineRecipe online && online.reference().update() instanceof Blend blend) {
                    assertThat(blend.every())
                            .as(what)
                            .isEqualTo(online.rollout().batches());
                }
            }
        }
    }

    /// Those that are the same are one process's, or both would make them.
    @Test
    void runsThatAreTheSameAreOfTheSamePart() {
        Map<String, Integer> groups = new HashMap<>();
        List<FrontierTask> tasks =
                FrontierRequest.of(study("online"), false, 1, 2, directory).tasks();
        for (FrontierTask task : tasks) {
            FrontierWorkshop.Run run = task.run(task.beta());
            Integer before = groups.put(run.keys() + " " + run.seed(), task.group());
            assertThat(before == null ? task.group() : before).isEqualTo(task.group());
        }
        assertThat(groups).hasSizeLessThan(tasks.size());
    }

    @Test
    void ownAnswersAreLearnedFromWithALearnedReward() throws IOException {
        FrontierPlace place = new FrontierPlace(
                "tiny model reward",
                "small",
                StudyScale.WORLD,
                PLACE.settings(),
                List.of("rewards=[{type: model, path: '%M'}]"),
                List.of(
                        FrontierMethod.of(
                                "GRPO",
                                FrontierLearner.SCORES,
                                "policy.type=grpo",
                                "policy.kl.coefficient=%B",
                                "rollout.maxNewTokens=8",
                                "train.batchSize=8",
                                "train.microBatchSize=8"),
                        FrontierMethod.of(
                                "self-play",
                                FrontierLearner.OWN_PAIRS,
                                "rollout.batches=2",
                                "rollout.maxNewTokens=8",
                                "reference.update={type: blend, every: 2, share: 1.0}")),
                PLACE.grid());
        Path report = new FrontierRunner(request(study("online"), place, directory), progress::add, () -> false)
                .run()
                .orElseThrow();
        List<FrontierCell> cells =
                RecordLines.readSparse(report.resolveSibling(FrontierReport.RESULTS), KeyedCell.class).stream()
                        .map(KeyedCell::cell)
                        .toList();
        assertThat(cells).extracting(FrontierCell::method).containsExactly("GRPO", "self-play");
        for (FrontierCell cell : cells) {
            assertThat(cell.points()).allMatch(point -> point.held().proxy() != null);
            assertThat(cell.points().getFirst().held().proxy())
                    .isEqualTo(cells.getFirst().points().getFirst().held().proxy());
            assertThat(cell.points().getLast().held().kl()).isNotZero();
            assertThat(cell.beta()).isEqualTo(0.3);
        }
        assertThat(Files.readString(report)).contains("| GRPO | KL 0.3, rate 0.001 |");

        // Elsewhere, results stand for the runs, wherever the reward model would be.
        progress.clear();
        FrontierRequest elsewhere = request(study("online"), place, directory.resolve("elsewhere"))
                .with(List.of(report.resolveSibling(FrontierReport.RESULTS)));
        assertThat(new FrontierRunner(elsewhere, progress::add, () -> false).run())
                .isPresent();
        assertThat(progress).isEmpty();
    }

    @Test
    void placesAndResultsThatAreNotThereAreRefused() {
        FrontierRequest request = FrontierRequest.of(FRONTIER, false, 1, 8, directory);
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
        List<FrontierCell> cells = RecordLines.readSparse(results, KeyedCell.class).stream()
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
