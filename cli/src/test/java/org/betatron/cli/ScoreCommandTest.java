package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.betatron.data.source.RowGap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `score` and `report` on what a small run leaves.
class ScoreCommandTest {

    @TempDir
    private Path root;

    @Test
    void scoresFindFlippedPairsAfterAlignmentOnCleanOnes() throws IOException {
        Inputs inputs = Inputs.in(root);
        Invocation.succeed(inputs.align("run", "--steps", "40", "--preset", "dpo"));

        // Every fourth pair is turned round after training.
        List<String> lines = Files.readAllLines(inputs.pairs());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode row = JsonMapper.shared().readTree(lines.get(i));
            boolean flipped = i % 4 == 0;
            lines.set(
                    i,
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("id", row.path("id").asString())
                            .put("prompt", row.path("prompt").asString())
                            .put(
                                    "chosen",
                                    row.path(flipped ? "rejected" : "chosen").asString())
                            .put(
                                    "rejected",
                                    row.path(flipped ? "chosen" : "rejected").asString())
                            .put("flipped", flipped)
                            .toString());
        }
        Path noisy = Files.write(root.resolve("noisy.jsonl"), lines);
        Path scores = root.resolve("scores.jsonl");
        String out = Invocation.succeed(inputs.score("run", noisy, "--suspicious", "5", "--out", scores.toString()));
        assertThat(out)
                .contains("scored 20 of 20 pairs", "Scores of 20 pairs written to " + scores, noisy + ":1  gap -")
                .contains(
                        "of the 5 most suspicious pairs 5 are flipped: precision 1.000, recall 1.000 (by chance 0.250)");

        assertThat(root.resolve("scores.jsonl.partial")).doesNotExist();
        // The file is one of gaps, and each gap is that of its log-probs at beta_0.
        Map<String, Double> gaps = RowGap.readAll(scores);
        assertThat(gaps).hasSize(20);
        for (String line : Files.readAllLines(scores)) {
            JsonNode score = JsonMapper.shared().readTree(line);
            double margin = score.path("policyChosen").asDouble()
                    - score.path("referenceChosen").asDouble()
                    - score.path("policyRejected").asDouble()
                    + score.path("referenceRejected").asDouble();
            double gap = score.path("gap").asDouble();
            assertThat(gap).isCloseTo(0.1 * margin, within(1e-6));
            assertThat(score.path("loss").asDouble()).isCloseTo(Math.log1p(Math.exp(-gap)), within(1e-6));
            assertThat(score.path("rank").asInt() <= 5).isEqualTo(gap < 0);
        }

        Files.delete(root.resolve("run/report.html"));
        assertThat(Invocation.succeed("report", inputs.at("run"))).contains("Report written to");
        assertThat(root.resolve("run/report.html")).isNotEmptyFile();
        Invocation.succeed("report", inputs.at("run"), inputs.at("run"), "--out", inputs.at("both.html"));
        assertThat(Files.readString(root.resolve("both.html"))).contains("run · run (2)");
        assertThat(Invocation.of("report", inputs.at("nowhere")).err())
                .isEqualTo("betatron: " + inputs.at("nowhere") + " must be a run directory, but has no recipe.yaml\n");
    }

    @Test
    void scoresSoFarStayWhenScoringFails() throws IOException {
        Inputs inputs = Inputs.in(root, Inputs.ONE_LAYER);
        Invocation.succeed(inputs.align("run", "--steps", "1", "--preset", "dpo"));
        // The last row, in the second thousand, has a character whose embedding is no number.
        SavedWeights.spoil(root.resolve("run/model"), "gpt_neox.embed_in.weight", '~');
        Files.delete(root.resolve("run/model/checksums"));
        List<String> lines = new ArrayList<>(Inputs.pairLines(1029));
        lines.add(lines.getFirst().replace("pair-0", "spoiled").replace("Where", "~"));
        Path file = Files.write(root.resolve("long.jsonl"), lines);
        Path scores = root.resolve("scores.jsonl");
        Invocation failed = Invocation.of(inputs.score("run", file, "--out", scores.toString()));
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("spoiled");
        assertThat(scores).doesNotExist();
        Path partial = root.resolve("scores.jsonl.partial");
        assertThat(RowGap.readAll(partial)).hasSize(1024).containsKeys("pair-0", "pair-1023");
        JsonNode first =
                JsonMapper.shared().readTree(Files.readAllLines(partial).getFirst());
        assertThat(first.path("policyChosen").asDouble()).isNegative();
        assertThat(first.path("rank").isNull()).isTrue();
    }

    @Test
    void languageModelNeedsAReference() {
        Invocation invocation = Invocation.of("score", "--model", "a", "--data", "b", "--out", "c");
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err())
                .startsWith("betatron: --reference DIR must be given: what the model was trained from; only a reward"
                        + " model and objectives that compare with nothing, as simpo, have none\n");
    }

    @Test
    void objectivesThatCompareWithNothingNeedNoReference() throws IOException {
        Inputs inputs = Inputs.in(root);
        Path file = Files.write(root.resolve("three.jsonl"), Inputs.pairLines(3));
        String scores = inputs.at("simpo.jsonl");
        String[] score = {
            "score",
            "--model",
            inputs.model(),
            "--data",
            file.toString(),
            "--out",
            scores,
            "--set",
            "alignment.objective=simpo"
        };
        Invocation.succeed(score);
        JsonNode first =
                JsonMapper.shared().readTree(Files.readAllLines(Path.of(scores)).getFirst());
        assertThat(first.path("policyChosen").asDouble()).isNegative();
        assertThat(first.path("referenceChosen").isNull()).isTrue();
        assertThat(first.path("gap").isNumber()).isTrue();

        List<String> compared = new ArrayList<>(List.of(score));
        compared.addAll(List.of("--reference", inputs.model()));
        Invocation refused = Invocation.of(compared.toArray(String[]::new));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("betatron: --reference has no effect: the recipe's objective compares with nothing\n");
    }
}
