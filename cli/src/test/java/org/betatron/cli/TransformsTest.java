package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.evaluation.RunMetrics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Runs on training rows that a recipe changes first. Of 20 pairs, 4 are held out.
class TransformsTest {

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory);
        Files.write(inputs.pairs(), scored(Inputs.pairLines(20)));
        Invocation.succeed(inputs.align("plain", "--steps", "2"));
    }

    private static List<String> scored(List<String> lines) {
        List<String> scored = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            ObjectNode row = (ObjectNode) JsonMapper.shared().readTree(lines.get(i));
            scored.add(row.put("score_chosen", i).put("score_rejected", 0).toString());
        }
        return scored;
    }

    private static List<TransformedRowRecord> recordOf(String run) {
        return TransformedRowRecord.readAll(Path.of(inputs.at(run + "/transformed.jsonl")));
    }

    private static double firstOf(String run, String metric) {
        return RunMetrics.read(Path.of(inputs.at(run))).series(metric).values().getFirst();
    }

    @Test
    void aRunWithFlipsLearnsFromThemAndLeavesARecord() throws IOException {
        String out = Invocation.succeed(inputs.align(
                "flips",
                "--steps",
                "2",
                "--set",
                "train.batchSize=16",
                "--set",
                "data.transforms={type: flip, rate: 0.25}"));
        assertThat(out).contains("flip: 4 of 16 rows, a share of 0.25\n");
        List<TransformedRowRecord> touched = recordOf("flips");
        assertThat(touched).hasSize(4);
        for (TransformedRowRecord row : touched) {
            assertThat(row.place().file()).isEqualTo(inputs.pairs().toString());
            assertThat(row.id()).isEqualTo("pair-" + (row.place().line() - 1));
            assertThat(row.transforms()).containsExactly("flip");
            assertThat(row.gap()).isEqualTo(row.place().line() - 1.0);
        }
        assertThat(Files.readAllLines(Path.of(inputs.at("flips/transformed.jsonl")))
                        .getFirst())
                .matches("\\{\"file\":\".*pairs.jsonl\",\"line\":\\d+,\"id\":\"pair-\\d+\","
                        + "\"transforms\":\\[\"flip\"],\"gap\":\\d+\\.0}");
        assertThat(Path.of(inputs.at("plain/transformed.jsonl"))).doesNotExist();
    }

    /// The first evaluation is of the same model on the same rows; the mean log-probs of the first
    /// batch, which is all training rows, tell the chosen from the rejected ones.
    @Test
    void flippingEverythingExchangesTheTrainingRowsAndNoHeldOutOne() {
        Invocation.succeed(inputs.align("as-read", "--steps", "1", "--set", "train.batchSize=16"));
        Invocation.succeed(inputs.align(
                "all",
                "--steps",
                "1",
                "--set",
                "train.batchSize=16",
                "--set",
                "data.transforms={type: flip, rate: 1}"));
        double chosen = firstOf("as-read", "train/logp/chosen");
        double rejected = firstOf("as-read", "train/logp/rejected");
        assertThat(Math.abs(chosen - rejected)).isGreaterThan(1);
        assertThat(firstOf("all", "train/logp/chosen")).isCloseTo(rejected, within(1e-3));
        assertThat(firstOf("all", "train/logp/rejected")).isCloseTo(chosen, within(1e-3));
        assertThat(firstOf("all", "eval/logp/chosen")).isEqualTo(firstOf("as-read", "eval/logp/chosen"));
        assertThat(firstOf("all", "eval/logp/rejected")).isEqualTo(firstOf("as-read", "eval/logp/rejected"));
    }

    @Test
    void mixturesThenFlips() {
        String out = Invocation.succeed(inputs.align(
                "mixture",
                "--steps",
                "1",
                "--set",
                "data.transforms=[{type: mixture, size: 10, highShare: 0.4}, {type: flip, rate: 0.5}]"));
        assertThat(out).contains("mixture: 6 of 8 low rows with gaps ", "flip: 5 of 10 rows, a share of 0.5\n");
        List<TransformedRowRecord> rows = recordOf("mixture");
        assertThat(rows).hasSize(10);
        assertThat(rows)
                .filteredOn(row -> row.transforms().contains("mixture high"))
                .hasSize(4);
        assertThat(rows).filteredOn(row -> row.transforms().contains("flip")).hasSize(5);
        double highest = rows.stream()
                .filter(row -> row.transforms().contains("mixture low"))
                .mapToDouble(row -> Objects.requireNonNull(row.gap()))
                .max()
                .orElseThrow();
        assertThat(rows)
                .filteredOn(row -> row.transforms().contains("mixture high"))
                .allSatisfy(row -> assertThat(row.gap()).isGreaterThan(highest));
    }

    @Test
    void inspectShowsWhatARunDid() {
        Invocation.succeed(inputs.align(
                "inspected", "--steps", "1", "--set", "data.transforms={type: flip, rate: 0.25, seed: 5}"));
        List<TransformedRowRecord> touched = recordOf("inspected");
        String[] inspect = {
            "inspect", inputs.pairs().toString(), "--model", inputs.model(), "--run", inputs.at("inspected")
        };
        assertThat(Invocation.succeed(inspect))
                .contains("scores: 20 of 20 pairs\n")
                .contains("run " + inputs.at("inspected")
                        + ": 4 of these rows flipped or selected\n  flip: 4; gap: min ");
        Set<Integer> lines = new HashSet<>();
        for (TransformedRowRecord row : touched) {
            lines.add(row.place().line());
        }
        for (int line = 1; line <= 20; line++) {
            List<String> arguments = new ArrayList<>(List.of(inspect));
            arguments.addAll(List.of("--row", String.valueOf(line)));
            assertThat(Invocation.succeed(arguments.toArray(String[]::new)))
                    .endsWith("run " + inputs.at("inspected") + ": "
                            + (lines.contains(line)
                                    ? "flip, gap " + (line - 1) + ".0\n"
                                    : "neither flipped nor selected\n"));
        }
        Invocation without = Invocation.of(
                "inspect", inputs.pairs().toString(), "--model", inputs.model(), "--run", inputs.at("plain"));
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.err())
                .isEqualTo("betatron: " + inputs.at("plain/transformed.jsonl")
                        + ": cannot be read; only a run with transforms leaves such a file\n");
    }

    @Test
    void aRunWithFlipsResumesWithTheSameRows() throws IOException {
        String flips = "data.transforms={type: flip, rate: 0.3, draw: independent}";
        Invocation.succeed(inputs.align("resumed", "--steps", "2", "--set", "train.checkpointEvery=1", "--set", flips));
        List<TransformedRowRecord> touched = recordOf("resumed");
        byte[] weights = Files.readAllBytes(Path.of(inputs.at("resumed/model/model.safetensors")));
        Invocation.succeed("align", "--resume", inputs.at("resumed"));
        assertThat(recordOf("resumed")).isEqualTo(touched);
        assertThat(Path.of(inputs.at("resumed/model/model.safetensors"))).hasBinaryContent(weights);
    }

    @Test
    void rowsWithoutScoresAreRefusedBeforeTheModelIsLoaded() throws IOException {
        List<String> lines = new ArrayList<>(scored(Inputs.pairLines(20)));
        lines.set(6, Inputs.pairLines(20).get(6));
        Path file = Files.write(directory.resolve("gap.jsonl"), lines);
        Path noWeights = Files.createDirectories(directory.resolve("no-weights"));
        Files.copy(Path.of(inputs.model(), "tokenizer.json"), noWeights.resolve("tokenizer.json"));
        Invocation invocation = Invocation.of(
                "align",
                "--model",
                noWeights.toString(),
                "--data",
                file.toString(),
                "--out",
                inputs.at("never"),
                "--set",
                "data.heldOut=0",
                "--set",
                "data.transforms=[{type: split, keep: low}]");
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err())
                .isEqualTo("betatron: data.transforms[0]: every row must have a gap but row 'pair-6' (" + file
                        + ":7) has none: its answers have no scores; name a file of gaps under sides.gap.file\n");
        assertThat(Path.of(inputs.at("never"))).doesNotExist();
    }
}
