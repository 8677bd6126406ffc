package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.data.source.LogProbRow;
import org.betatron.evaluation.RunMetrics;
import org.betatron.runs.recipe.Choices;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every choice that a recipe can make trains a tiny model for some steps from the command line. What it changes lies
/// behind the layers, so the model has one.
class EveryChoiceTest {

    /// Objectives whose first steps do not have to widen the margin: likelihood alone does not compare, and the
    /// derivative of DiscoPOP has the wrong sign around zero.
    private static final Set<String> MARGIN_MAY_FALL = Set.of("nll", "discopop");

    private static final int STEPS = 8;

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory, Inputs.ONE_LAYER);
        List<String> lines = new ArrayList<>();
        for (String line : Inputs.pairLines(20)) {
            ObjectNode row = (ObjectNode) JsonMapper.shared().readTree(line);
            lines.add(row.put("chosen_score", lines.size() % 7)
                    .put("rejected_score", 1)
                    .toString());
        }
        Files.write(inputs.pairs(), lines);
    }

    static Stream<Arguments> objectives() {
        return Choices.siblings("alignment.objective").keySet().stream()
                .flatMap(tag -> Stream.of(Arguments.of(tag, "fixed"), Arguments.of(tag, "batch")))
                .filter(arguments -> !List.of(arguments.get()).equals(List.of("nll", "batch")));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void everyObjectiveTrainsWithFixedAndWithDynamicBeta(String objective, String calibration) {
        RunMetrics metrics = train(
                "objective-" + objective + "-" + calibration,
                "alignment={preset: dpo, objective: " + objective + ", calibration: " + calibration + "}");
        if (!MARGIN_MAY_FALL.contains(objective)) {
            List<Double> margins = metrics.series("train/margin").values();
            assertThat(margins.getLast()).isGreaterThan(margins.getFirst());
        }
    }

    static Set<String> tags() {
        return Choices.siblings("alignment.objective").keySet();
    }

    @ParameterizedTest
    @MethodSource("tags")
    void everyObjectiveIsEvaluatedOnRecordedNumbers(String objective) throws IOException {
        Path file = directory.resolve("logprobs-" + objective + ".jsonl");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ObjectNode row = JsonMapper.shared().createObjectNode();
            for (LogProbRow.Role role : LogProbRow.Role.values()) {
                boolean isAbsent = objective.equals("kto")
                        && role == (i % 2 == 0 ? LogProbRow.Role.CHOSEN : LogProbRow.Role.REJECTED);
                if (!isAbsent) {
                    row.put(role.name().toLowerCase(Locale.ROOT) + "Tokens", 3 + i);
                    for (ResponseQuantity quantity : ResponseQuantity.values()) {
                        row.put(
                                LogProbRow.field(quantity, role),
                                -2.5 - i + 0.25 * quantity.name().length());
                    }
                }
            }
            row.put("chosenScore", 1.5 - i).put("rejectedScore", 0.25);
            lines.add(row.toString());
        }
        Files.write(file, lines);
        String out = Invocation.succeed(
                "objective",
                "evaluate",
                file.toString(),
                "--set",
                "alignment={preset: dpo, objective: " + objective + "}");
        JsonNode step = JsonMapper.shared().readTree(out);
        assertThat(step.required("loss").asDouble()).isFinite();
        assertThat(step.required("pairs")).hasSize(3);
    }

    static Stream<String> selections() {
        List<String> selections = new ArrayList<>(List.of("none", "gaussian", "random"));
        for (String by : List.of("gap", "gap-distance", "score-gap", "loss", "gradient-norm")) {
            for (String end : List.of("largest", "smallest", "both")) {
                selections.add("{type: cut, by: " + by + ", drop: " + end + ", keep: 0.5}");
            }
        }
        return selections.stream();
    }

    @ParameterizedTest
    @MethodSource("selections")
    void everySelectionTrains(String selection) {
        RunMetrics metrics = train(
                "selection-" + selection.replaceAll("\\W+", "-"),
                "alignment={preset: beta-dpo, selection: " + selection + "}");
        double kept = selection.equals("none") ? 1 : selection.contains("cut") ? 0.5 : 0.75;
        assertThat(metrics.series("train/kept").values())
                .allSatisfy(share -> assertThat(share).isEqualTo(kept));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "instance", "batch", "population", "perturbation"})
    void everyCalibrationTrains(String calibration) {
        train("calibration-" + calibration, "alignment={preset: beta-dpo, calibration: " + calibration + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "tokenmean", "drdpo"})
    void everyAggregationTrains(String aggregation) {
        train("aggregation-" + aggregation, "alignment.aggregation=" + aggregation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reward", "margin", "score"})
    void everySourceOfTheGapTrains(String source) {
        train("gap-" + source, "alignment.gap.source=" + source);
    }

    @Test
    void answersOfPairsTrainWhatJudgesAnswersAlone() {
        for (String objective : List.of("bco", "nca", "sppo", "apozero")) {
            train("answers-" + objective, "alignment={preset: dpo, objective: " + objective + "}", "rows=answers");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "keep"})
    void theReferenceMayFollowThePolicy(String statistics) {
        String update = "reference.update={type: blend, every: 4, share: 0.5, statistics: " + statistics + "}";
        RunMetrics metrics = train(15, "moving-" + statistics, "alignment.preset=beta-dpo", update);
        List<Double> updates = metrics.series("train/referenceUpdates").values();
        assertThat(updates.getFirst()).isZero();
        assertThat(updates.getLast()).isEqualTo(3);
        List<Double> rewards = metrics.series("train/reward/chosen").values();
        assertThat(Math.abs(rewards.get(4))).isLessThan(Math.abs(rewards.get(3)));
    }

    @Test
    void aRunWithAMovingReferenceResumesAsIfItHadNotStopped() throws IOException {
        String update = "reference.update={type: blend, every: 2, share: 0.5}";
        String every = "train.checkpointEvery=3";
        Invocation.succeed(inputs.align("whole", "--steps", "8", "--set", update, "--set", every));
        Invocation.succeed(inputs.align("cut", "--steps", "8", "--set", update, "--set", every));
        Path last = Path.of(inputs.at("cut/checkpoints/step-00000006"));
        assertThat(last.resolve("reference/model.safetensors")).exists();
        Invocation.succeed("align", "--resume", inputs.at("cut"));
        assertThat(Path.of(inputs.at("cut/model/model.safetensors")))
                .hasSameBinaryContentAs(Path.of(inputs.at("whole/model/model.safetensors")));
    }

    private static RunMetrics train(String name, String... settings) {
        return train(STEPS, name, settings);
    }

    private static RunMetrics train(int steps, String name, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--steps", String.valueOf(steps)));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        Invocation.succeed(inputs.align(name, arguments.toArray(String[]::new)));
        RunMetrics metrics = RunMetrics.read(Path.of(inputs.at(name)));
        assertThat(metrics.series("train/loss").values())
                .hasSize(steps)
                .allSatisfy(loss -> assertThat(loss).isFinite());
        assertThat(metrics.series("train/gradientNorm").values())
                .anySatisfy(norm -> assertThat(norm).isPositive());
        assertThat(Path.of(inputs.at(name + "/model/model.safetensors"))).exists();
        return metrics;
    }
}
