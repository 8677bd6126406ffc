package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.betatron.cli.display.Displays;
import org.betatron.evaluation.RunMetrics;
import org.betatron.runs.RewardRun;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.RewardRecipe;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `reward`, and the reward model as a judge, in the controlled world.
class RewardCommandTest {

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));
    private static Path run = Path.of("");

    @BeforeAll
    static void trainOne() throws IOException {
        inputs = WorldInputs.in(directory, 2, "--texts", "50", "--pairs", "400", "--evaluation", "60");
        run = directory.resolve("run");
        Invocation.succeed(inputs.reward("run", "--steps", "60"));
    }

    @Test
    void learnsTheOrderOfTheWorld() throws IOException {
        RunMetrics metrics = RunMetrics.read(run);
        // Half of the pairs differ by at most 0.75 in true reward, so their labels are near coin flips.
        assertThat(metrics.series("eval/agreement").last()).isGreaterThan(0.62);
        assertThat(metrics.series("eval/accuracy").last()).isGreaterThan(0.58);
        assertThat(metrics.series("eval/loss").last()).isLessThan(Math.log(2));
        String report = Files.readString(run.resolve("report.html"));
        assertThat(report)
                .contains(
                        "The model scores chosen answers", "Chosen minus rejected score", "Centering", "Agreement with")
                .doesNotContain("more probable", "Sample answers", "beta_0 times");
        assertThat(Files.readAllLines(run.resolve("gaps-after.jsonl"))).hasSize(60);
        JsonNode config = JsonMapper.shared().readTree(Files.readString(run.resolve("model/config.json")));
        assertThat(config.path("architectures").path(0).asString()).isEqualTo("GPTNeoXForSequenceClassification");
        assertThat(config.path("pad_token_id").isInt()).isTrue();
        assertThat(run.resolve("model/tokenizer.json")).exists();
        assertThat(Files.readString(run.resolve("model/README.md")))
                .contains(
                        "A text must end with `<|endoftext|>`",
                        "text.rstrip().removesuffix(\"<|endoftext|>\")",
                        "text = text + \"<|endoftext|>\"");
    }

    /// The judge reads answers as training does: opponents that are the two answers of a pair get
    /// scores that differ by the gap which the run measured.
    @Test
    void judgesAnswersByTheScoresOfTraining() throws IOException {
        List<String> turned = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(inputs.evaluation()))) {
            ObjectNode row = (ObjectNode) JsonMapper.shared().readTree(line);
            String chosen = row.path("chosen").asString();
            turned.add(row.put("chosen", row.path("rejected").asString())
                    .put("rejected", chosen)
                    .toString());
        }
        Path rejected = Files.write(directory.resolve("turned.jsonl"), turned);
        List<JsonNode> againstChosen = judged(Path.of(inputs.evaluation()), "against-chosen");
        List<JsonNode> againstRejected = judged(rejected, "against-rejected");
        List<String> gaps = Files.readAllLines(run.resolve("gaps-after.jsonl"));
        assertThat(againstChosen).hasSameSizeAs(gaps).hasSameSizeAs(againstRejected);
        for (int i = 0; i < gaps.size(); i++) {
            JsonNode gap = JsonMapper.shared().readTree(gaps.get(i));
            assertThat(againstChosen.get(i).path("id")).isEqualTo(gap.path("id"));
            assertThat(againstChosen.get(i).path("opponentScore").asDouble()
                            - againstRejected.get(i).path("opponentScore").asDouble())
                    .isCloseTo(gap.path("gap").asDouble(), within(1e-4));
        }
    }

    private static List<JsonNode> judged(Path data, String name) throws IOException {
        String said = Invocation.succeed(inputs.evaluate(
                inputs.model(),
                data.toString(),
                "reward",
                "--reward-model",
                run.resolve("model").toString(),
                "--temperature",
                "0",
                "--max-new-tokens",
                "5",
                "--out",
                inputs.at(name)));
        assertThat(said).contains("Temperature 0.0: 60 answers to ").doesNotContain("PARTIAL");
        JsonNode report = JsonMapper.shared().readTree(Files.readString(Path.of(inputs.at(name), "report.json")));
        assertThat(report.path("judge").asString()).startsWith("reward " + run.resolve("model"));
        List<JsonNode> answers = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(inputs.at(name), "answers.jsonl"))) {
            JsonNode answer = JsonMapper.shared().readTree(line);
            boolean higher = answer.path("score").asDouble()
                    > answer.path("opponentScore").asDouble();
            assertThat(answer.path("outcome").asString()).isEqualTo(higher ? "win" : "loss");
            answers.add(answer);
        }
        return answers;
    }

    /// A recipe that asks for scores reads what `score` wrote, and finds the gaps that training measured.
    @Test
    void scoresOfTheRewardModelAreThoseThatRecipesRead() throws IOException {
        Path scored = directory.resolve("scored.jsonl");
        String out = Invocation.succeed(
                "score",
                "--model",
                run.resolve("model").toString(),
                "--recipe",
                run.resolve("recipe.yaml").toString(),
                "--data",
                inputs.evaluation(),
                "--suspicious",
                "3",
                "--out",
                scored.toString());
        assertThat(out).contains("scored 60 of 60 pairs", "Scores of 60 pairs written to " + scored, "gap -");
        List<String> rows = Files.readAllLines(Path.of(inputs.evaluation()));
        List<String> lines = Files.readAllLines(scored);
        List<String> gaps = Files.readAllLines(run.resolve("gaps-after.jsonl"));
        assertThat(lines).hasSize(60).hasSameSizeAs(gaps);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode row = JsonMapper.shared().readTree(rows.get(i));
            JsonNode line = JsonMapper.shared().readTree(lines.get(i));
            JsonNode gap = JsonMapper.shared().readTree(gaps.get(i));
            assertThat(line.path("id")).isEqualTo(gap.path("id"));
            assertThat(line.path("rejected")).isEqualTo(row.path("rejected"));
            assertThat(line.path("chosen_score").asDouble()
                            - line.path("rejected_score").asDouble())
                    .isCloseTo(gap.path("gap").asDouble(), within(1e-4));
        }
        Invocation.succeed(
                "align",
                "--model",
                inputs.model(),
                "--data",
                scored.toString(),
                "--out",
                inputs.at("aligned-by-scores"),
                "--steps",
                "1",
                "--batch-size",
                "8",
                "--set",
                "alignment.gap.source=score",
                "--set",
                "train.warmupSteps=0");
        Invocation compared = Invocation.of(
                "score",
                "--model",
                run.resolve("model").toString(),
                "--reference",
                inputs.model(),
                "--data",
                inputs.evaluation(),
                "--out",
                scored.toString());
        assertThat(compared.exitCode()).isEqualTo(2);
        assertThat(compared.err())
                .startsWith("betatron: --reference has no effect: a reward model is compared with nothing\n");
    }

    @Test
    void stoppedRunGoesOnAsIfItHadNotStopped() throws IOException {
        Path whole = directory.resolve("whole");
        Path stopped = directory.resolve("stopped");
        start(whole, false, () -> false);
        AtomicInteger asked = new AtomicInteger();
        start(stopped, false, () -> asked.getAndIncrement() == 3);
        assertThat(stopped.resolve("model")).doesNotExist();
        start(stopped, true, () -> false);
        assertThat(stopped.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(whole.resolve("model/model.safetensors"));
        assertThat(stopped.resolve("model/config.json")).hasSameTextualContentAs(whole.resolve("model/config.json"));
    }

    private static void start(Path out, boolean resuming, BooleanSupplier stop) {
        RecipeReader reader = new RecipeReader();
        if (resuming) {
            reader.file(out.resolve("recipe.yaml"));
        } else {
            reader.option("model", inputs.model())
                    .option("data.files", List.of(inputs.pairs()))
                    .overrides(List.of(
                            "train.length.type=steps",
                            "train.length.count=6",
                            "train.batchSize=8",
                            "train.learningRate=1e-3",
                            "train.warmupSteps=2",
                            "reward.marginScale=0.1",
                            "reward.centering=0.01"));
        }
        RunListener display = Displays.of(new PrintWriter(new StringWriter()), false);
        RewardRun.run(new RunRequest<>(reader.resolve(RewardRecipe.class), out, resuming, display, stop));
    }

    @Test
    void modelsOfTheWrongKindAreOneLine() {
        String rewardModel = run.resolve("model").toString();
        assertFails(
                rewardModel + "/config.json describes a reward model, which scores answers and writes none; a language"
                        + " model is needed here",
                "generate",
                "--model",
                rewardModel,
                "--prompt",
                "where is the kettle ?");
        assertFails(
                inputs.model() + " is a language model and scores no answers; betatron reward makes a reward model of"
                        + " it",
                inputs.evaluate(inputs.model(), inputs.evaluation(), "reward", "--reward-model", inputs.model()));
    }

    @Test
    void settingsThatCannotWorkAreRefused() throws IOException {
        assertThat(Invocation.of(inputs.reward(
                                "none", "--set", "compute.keptLogitsMiB=1", "--set", "reward.centering=-1"))
                        .err())
                .contains("centering must be in [0, ∞) but was -1.0");
        assertThat(Invocation.of(inputs.reward("none", "--set", "compute.keptLogitsMiB=1"))
                        .err())
                .contains("compute.keptLogitsMiB: has no effect: a reward model has no logits");
        Path unscored = Files.writeString(
                directory.resolve("unscored.jsonl"),
                "{\"prompt\": \"where is the kettle ?\", \"chosen\": \"i do not know .\", \"rejected\": \"the kettle is red .\"}\n"
                        .repeat(4));
        Invocation invocation = Invocation.of(inputs.reward(
                "unscored",
                "--set",
                "data.files=" + unscored,
                "--set",
                "data.evaluation=[]",
                "--set",
                "reward.marginScale=1"));
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err())
                .startsWith("betatron: reward.marginScale asks for a margin from scores, so every pair must have"
                        + " chosen_score and rejected_score; the first row without them is ")
                .hasLineCount(1);
        assertThat(directory.resolve("unscored")).doesNotExist();
    }

    private static void assertFails(String message, String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.err()).isEqualTo("betatron: " + message + "\n");
        assertThat(invocation.exitCode()).isEqualTo(2);
    }
}
