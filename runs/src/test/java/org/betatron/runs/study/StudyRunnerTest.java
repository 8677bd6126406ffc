package org.betatron.runs.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Claim;
import org.betatron.evaluation.study.Study;
import org.betatron.evaluation.study.Study.View;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StudyRunnerTest {

    /// Everything real, and small enough for every build.
    private static final StudyScale TINY = new StudyScale(2, 2, 4, 1);

    private static final String ROWS =
            "data.transforms=[{type: mixture, size: 64, sides: {type: threshold, low: 0.75, high: 0.75}}]";
    private static final Arm START = new Arm("before", "", "small", StudyScale.WORLD, List.of());
    private static final Arm DPO = new Arm("DPO", "", "small", StudyScale.WORLD, List.of("alignment.preset=dpo", ROWS));
    private static final Arm BETA_DPO =
            new Arm("beta-DPO", "", "small", StudyScale.WORLD, List.of("alignment.preset=beta-dpo", ROWS));
    private static final Study STUDY = new Study(
            "tiny",
            "A tiny study",
            "",
            "",
            View.GAPS,
            List.of(START, DPO, BETA_DPO),
            List.of(Claim.everywhere("beta-DPO is ahead.", "beta-DPO", "DPO", List.of(""))));

    @TempDir
    private Path directory = Path.of("");

    private final List<String> progress = new ArrayList<>();

    private Optional<Path> run(BooleanSupplier stop) {
        progress.clear();
        return new StudyRunner(STUDY, directory, 1, TINY, progress::add, stop).run();
    }

    private Map<Path, FileTime> cells() throws IOException {
        Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve("cells"))) {
            for (Path file : files.filter(path -> path.endsWith("cell.json")).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void aStoppedStudyGoesOnAndKeepsWhatIsFinished() throws IOException {
        // Stops once one arm is trained: the start needs no alignment and is finished before.
        assertThat(run(() -> progress.stream().anyMatch(line -> line.startsWith("[2/3]"))))
                .isEmpty();
        assertThat(progress).last().asString().startsWith("Stopped after 2 of 3.");
        Map<Path, FileTime> before = cells();
        assertThat(before).hasSize(2);

        Path report = run(() -> false).orElseThrow();
        assertThat(progress.get(0)).endsWith("kept");
        assertThat(progress.get(1)).endsWith("kept");
        assertThat(cells()).hasSize(3).containsAllEntriesOf(before);
        assertThat(Files.readString(report)).contains("| DPO |", "| beta-DPO |", "Here, of 1 comparison:");

        // Both arms share the reference, and models are gone once they are measured.
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> all = files.toList();
            assertThat(all.stream().filter(path -> path.endsWith("training.logprobs")))
                    .hasSize(1);
            assertThat(all.stream()
                            .filter(path -> path.startsWith(directory.resolve("cells")))
                            .filter(path -> path.endsWith("model.safetensors")))
                    .isEmpty();
        }

        assertThat(run(() -> true)).isPresent();
        assertThat(progress).allMatch(line -> line.endsWith("kept"));
    }

    static Stream<Study> studies() {
        return Studies.ALL.stream();
    }

    /// What is wrong with a recipe would otherwise show after hours.
    @ParameterizedTest
    @MethodSource("studies")
    void everyRecipeOfEveryStudyIsValid(Study study) {
        for (Arm arm : study.arms()) {
            AlignRecipe recipe = new RecipeReader()
                    .option("model", "model")
                    .option("data.files", List.of("pairs.jsonl"))
                    .overrides(StudyScale.DEFAULT.aligned(1))
                    .overrides(arm.settings())
                    .resolve(AlignRecipe.class)
                    .recipe();
            assertThat(recipe.alignment().create()).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("studies")
    void everyClaimIsAboutPointsOfTheStudy(Study study) {
        assertThat(study.claims().stream().flatMap(claim -> claim.contests().stream()))
                .allSatisfy(contest -> {
                    assertThat(study.places(StudyScale.TEMPERATURES)).contains(contest.better(), contest.worse());
                });
    }

    @Test
    void armsThatAreTheSameShareACell() {
        Workshop workshop = new Workshop(directory, TINY, _ -> {}, () -> false);
        Arm inTemperature = arm("temperature", "DPO", "");
        Arm inFixedBeta = arm("fixed-beta", "mixed", "0.3");
        assertThat(workshop.cell(inTemperature, 1))
                .isEqualTo(workshop.cell(inFixedBeta, 1))
                .isNotEqualTo(workshop.cell(inFixedBeta, 2))
                .isNotEqualTo(workshop.cell(arm("fixed-beta", "mixed", "1"), 1));
    }

    private static Arm arm(String study, String line, String x) {
        return Studies.ALL.stream()
                .filter(each -> each.name().equals(study))
                .flatMap(each -> each.arms().stream())
                .filter(arm -> arm.line().equals(line) && arm.x().equals(x))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void twoArmsAtOnePlaceAreRefused() {
        assertThatThrownBy(() -> new Study("twice", "", "", "", View.WIN_RATE, List.of(DPO, DPO), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("study twice has two arms at the same place");
    }
}
