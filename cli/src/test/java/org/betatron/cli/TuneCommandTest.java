package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.tuning.Halving.Rung;
import org.betatron.evaluation.tuning.TuneCell;
import org.betatron.evaluation.tuning.TuneOutcome;
import org.betatron.evaluation.tuning.TunePoint;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.tune.HeldOutPairs;
import org.betatron.runs.tune.JudgeMeasuring;
import org.betatron.runs.tune.TuneAxis;
import org.betatron.runs.tune.TuneBudget;
import org.betatron.runs.tune.TuneGrid;
import org.betatron.runs.tune.TuneRequest;
import org.betatron.runs.tune.TuneResult;
import org.betatron.runs.tune.TuneRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `tune` in the controlled world, everything real and small.
class TuneCommandTest {

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));

    @BeforeAll
    static void makeWorld() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "40", "--pairs", "24", "--evaluation", "6");
    }

    private static String[] tune(String out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "tune",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs(),
                "--eval",
                inputs.evaluation(),
                "--out",
                inputs.at(out),
                "--steps",
                "6",
                "--batch-size",
                "4",
                "--max-new-tokens",
                "8",
                "--set",
                "train.warmupSteps=2",
                "--set",
                "compute.threads=1"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /// A learning rate at which nothing is finite is dropped and named, and the others go on.
    @Test
    void findsARecipeThatGivesTheModelItMeasured() throws IOException {
        String[] command = tune(
                "tuned",
                "--vary",
                "train.learningRate=1e-3,1e-2,1e30",
                "--vary",
                "alignment.objective.beta=0.1",
                "--rungs",
                "2",
                "--halving",
                "2",
                "--kl",
                "1000");
        String out = Invocation.succeed(command);
        Path tuned = Path.of(inputs.at("tuned"));
        TuneOutcome outcome =
                RecordLines.read(tuned.resolve("tune.json"), TuneOutcome.class).getFirst();
        assertThat(outcome.by()).isEqualTo("held-out margin");
        assertThat(outcome.rungs()).containsExactly(new Rung(3, 3), new Rung(6, 1));
        assertThat(outcome.gridSteps()).isEqualTo(18);
        // The margin of a model that learns grows all the way.
        assertThat(outcome.length()).isEqualTo(6);
        assertThat(outcome.chosen()).isIn("learningRate 0.001", "learningRate 0.01");
        assertThat(out)
                .contains(
                        "varied: train.learningRate: 0.001, 0.01, 1.0E30\n",
                        "[rung 1/2, 3/3] learningRate 1.0E30: ended, step ",
                        "[rung 2/2, 1/1] " + outcome.chosen() + ": ",
                        "\nChosen by held-out margin: " + outcome.chosen() + "\n",
                        "To run it: ./betatron align --recipe " + tuned.resolve("recipe.yaml") + " --out DIR\n");
        List<TuneCell> cells = RecordLines.read(tuned.resolve("results.jsonl"), TuneCell.class);
        assertThat(cells)
                .extracting(TuneCell::name)
                .containsExactly("learningRate 0.001", "learningRate 0.01", "learningRate 1.0E30");
        assertThat(cells.get(2).failure()).contains("step ");
        assertThat(cells.getFirst().points().getFirst().kl().value()).isZero();
        assertThat(cells.getFirst().points().getFirst().measure().value()).isZero();
        assertThat(outcome.trainedSteps())
                .isEqualTo(cells.stream()
                        .mapToLong(cell -> cell.points().getLast().step())
                        .sum());
        assertThat(Files.readString(tuned.resolve("REPORT.md")))
                .contains(
                        "**" + outcome.chosen() + "**, chosen by held-out margin among 3 settings",
                        "- **learningRate 1.0E30**: step ",
                        "## Rung 1: step 3 of 6",
                        "## Rung 2: step 6 of 6",
                        "![Every setting on its way](tune.svg)");
        assertThat(tuned.resolve("tune.svg")).exists();

        // A rung is a prefix of the whole run: the recipe gives, bit by bit, what was measured.
        Invocation.succeed(
                "align", "--recipe", tuned.resolve("recipe.yaml").toString(), "--out", inputs.at("as-advised"));
        int number = outcome.chosen().endsWith("0.001") ? 1 : 2;
        assertThat(Path.of(inputs.at("as-advised"), "model", "model.safetensors"))
                .hasSameBinaryContentAs(tuned.resolve("settings")
                        .resolve("00" + number + "-" + outcome.chosen().replace(' ', '-'))
                        .resolve("run/model/model.safetensors"));

        // The same command finds everything done; another one does not get this directory.
        assertThat(Invocation.succeed(command)).doesNotContain("[rung").contains("Chosen by held-out margin");
        assertThat(Invocation.of(tune("tuned", "--vary", "train.learningRate=1e-3,1e-2", "--kl", "1000"))
                        .err())
                .startsWith("betatron: --out " + tuned + " holds a tuning with other settings: --vary ")
                .contains("; give the same command, or another directory")
                .hasLineCount(1);
    }

    private static RecipeReader base() {
        return new RecipeReader()
                .option("model", inputs.model())
                .option("data.files", List.of(inputs.pairs()))
                .option("data.evaluation", List.of(inputs.evaluation()))
                .overrides(List.of(
                        "alignment.preset=beta-dpo",
                        "train.length={type: steps, count: 6}",
                        "train.batchSize=4",
                        "train.warmupSteps=2",
                        "train.decay=linear",
                        "compute.threads=1"));
    }

    private static Optional<TuneResult> run(String out, BooleanSupplier stop) {
        Supplier<RecipeReader> base = TuneCommandTest::base;
        return TuneRun.run(new TuneRequest(
                base,
                new TuneGrid(
                        base,
                        List.of(
                                TuneAxis.parse("train.learningRate=1e-3,1e-2"),
                                TuneAxis.parse("alignment.objective.beta=0.1,1"))),
                new JudgeMeasuring(
                        "true reward",
                        ScoreJudge.ofWorld(),
                        new HeldOutPairs(base().resolve(AlignRecipe.class).recipe(), 0, 1, 8)),
                4,
                new TuneBudget.Rungs(3),
                2,
                directory.resolve(out),
                _ -> {},
                stop));
    }

    /// Ends as a power cut would, or is stopped, a little later each time; what it comes to is the
    /// same.
    @Test
    void whereverItEndsItGoesOnToTheSameResult() throws IOException {
        TuneResult whole = run("whole", () -> false).orElseThrow();
        assertThat(whole.outcome().rungs()).containsExactly(new Rung(2, 4), new Rung(3, 2), new Rung(6, 1));
        int sessions = 0;
        Optional<TuneResult> resumed = Optional.empty();
        while (resumed.isEmpty() && sessions < 50) {
            sessions++;
            int[] left = {5};
            boolean crashes = sessions % 2 == 0;
            try {
                resumed = run("resumed", () -> {
                    if (--left[0] >= 0) {
                        return false;
                    }
                    if (crashes) {
                        throw new IllegalStateException("crash");
                    }
                    return true;
                });
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("crash");
            }
        }
        // Once in each run at least.
        assertThat(sessions).isGreaterThan(4);
        TuneResult result = resumed.orElseThrow();
        assertThat(result.outcome().chosen()).isEqualTo(whole.outcome().chosen());
        assertThat(result.outcome().value()).isEqualTo(whole.outcome().value());
        assertThat(result.outcome().trainedSteps()).isEqualTo(4 * 2 + 2 * 1 + 3);
        assertThat(withoutTimes(result)).isEqualTo(withoutTimes(whole));
        assertThat(result.recipe()).hasSameTextualContentAs(whole.recipe());
        assertThat(result.model().orElseThrow().resolve("model.safetensors"))
                .hasSameBinaryContentAs(whole.model().orElseThrow().resolve("model.safetensors"));
        assertThat(Resolved.read(result.recipe(), AlignRecipe.class)
                        .recipe()
                        .train()
                        .evaluateEvery())
                .isEqualTo(100);

        // What is damaged is named; nothing is chosen by it.
        Path cell;
        try (var files = Files.walk(directory.resolve("resumed"))) {
            cell = files.filter(file -> file.endsWith("cell.json")).findFirst().orElseThrow();
        }
        Files.writeString(cell, Files.readString(cell).replaceFirst("\"value\":", "\"value\":1"));
        assertThatThrownBy(() -> run("resumed", () -> false))
                .hasMessageStartingWith(cell + " has other bytes than were written");
        Path tuning = directory.resolve("resumed");
        for (String name : new String[] {"settings.json", "plan.json"}) {
            Path elsewhere = Files.move(tuning.resolve(name), directory.resolve(name));
            assertThatThrownBy(() -> run("resumed", () -> false))
                    .hasMessage("--out " + tuning + " holds a tuning whose " + name
                            + " is missing: put it back from a copy, or give another directory");
            assertThat(cell).exists();
            Files.move(elsewhere, tuning.resolve(name));
        }
    }

    private static List<String> withoutTimes(TuneResult result) throws IOException {
        List<String> lines = new ArrayList<>();
        for (TuneCell cell : RecordLines.read(result.report().resolveSibling("results.jsonl"), TuneCell.class)) {
            for (TunePoint point : cell.points()) {
                lines.add(cell.name() + " " + point.step() + " " + point.measure() + " " + point.kl());
            }
        }
        return lines;
    }

    /// In time, by the judge, to where it is as far away as is allowed.
    @Test
    void aRecipeEndsWhereTheRunWasAsFarAwayAsIsAllowed() {
        String out = Invocation.succeed(tune(
                "near",
                "--vary",
                "train.learningRate=1e-3,3e-2",
                "--vary",
                "alignment.objective.beta=0.1",
                "--budget-minutes",
                "1000",
                "--kl",
                "1e-6",
                "--by",
                "world"));
        TuneOutcome outcome = RecordLines.read(Path.of(inputs.at("near"), "tune.json"), TuneOutcome.class)
                .getFirst();
        assertThat(outcome.rungs()).containsExactly(new Rung(6, 2));
        assertThat(outcome.by()).isEqualTo("true reward");
        assertThat(outcome.length()).isLessThan(6);
        assertThat(out).contains("Chosen by true reward: ").doesNotContain("Its model: ");
        assertThat(Resolved.read(Path.of(inputs.at("near"), "recipe.yaml"), AlignRecipe.class)
                        .recipe()
                        .train()
                        .length()
                        .toString())
                .isEqualTo("Steps[count=" + outcome.length() + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--vary train.lerningRate=1,2 | betatron: options: train.lerningRate: unknown key; did you mean learningRate?",
                "--vary alignment.objective.beta=0.1,-1 | betatron: options: alignment.objective: beta must be > 0 but was -1.0",
                "--vary train.learningRate=1e-3 --vary alignment.objective.beta=1 | betatron: the grid has one setting, so there is nothing to choose: give a key more than one value, --vary KEY=V1,V2",
                "--budget-steps 7 | betatron: --budget-steps 7 is too little: 15 settings, one of which runs 6 steps, need 24; give it more, or fewer settings or steps",
                "--budget-steps 7 --rungs 2 | betatron: Error: --budget-steps=N, --rungs=N are mutually exclusive (specify only one)",
                "--by reward | betatron: --by reward needs --reward-model DIR",
                "--reward-model m | betatron: --reward-model has no effect with --by margin",
                "--by world --judge-url u | betatron: --judge-url has no effect with this judge",
                "--kl 0 | betatron: --kl must be above 0 but was 0.0",
                "--halving 1 | betatron: --halving must be at least 2 but was 1",
                "--resume d | betatron: --resume is not needed: the same command goes on where it was stopped",
            })
    void wrongInputIsOneLineAndNothingIsTrained(String options, String message) {
        Invocation invocation = Invocation.of(tune("refused", options.split(" ")));
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err().lines().findFirst()).contains(message);
        assertThat(invocation.err().lines().filter(line -> !line.startsWith("See: ")))
                .hasSize(1);
        assertThat(Path.of(inputs.at("refused/settings"))).doesNotExist();
    }

    @Test
    void heldOutPairsMustBeNamed() {
        Invocation none = Invocation.of(
                "tune", "--model", inputs.model(), "--data", inputs.pairs(), "--out", inputs.at("without"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err())
                .isEqualTo("betatron: there are no held-out pairs to compare settings on: name a file of them with"
                        + " --eval FILE (data.evaluation)\n");
        Invocation taken = Invocation.of(
                "tune",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs(),
                "--eval",
                inputs.evaluation(),
                "--out",
                inputs.world());
        assertThat(taken.err())
                .isEqualTo("betatron: --out " + inputs.world()
                        + " must be new, empty, or the directory of the same tuning\n");
    }
}
