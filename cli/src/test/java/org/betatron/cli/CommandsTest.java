package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.betatron.evaluation.RunMetrics;
import org.betatron.runs.recipe.Choices;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What each command does when all is well, from the command line to the files it leaves.
class CommandsTest {

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory);
        Invocation.succeed(inputs.align("beta-dpo", "--steps", "3"));
    }

    @Test
    void initWritesAModelThatIsReproducible() {
        String again = inputs.at("again");
        String out = Invocation.succeed(
                "init", "--config", inputs.config().toString(), "--tokenizer", inputs.model(), "--out", again);

        // Embedding and head; per layer two norms, query-key-value, dense and MLP; the last norm.
        int layer = 4 * 32 + (32 + 1) * 96 + (32 + 1) * 32 + (32 + 1) * 64 + (64 + 1) * 32;
        int parameters = 2 * 264 * 32 + 2 * layer + 2 * 32;
        assertThat(out).isEqualTo("Model with %,d random parameters written to %s%n".formatted(parameters, again));
        assertThat(namesIn(Path.of(again)))
                .containsExactly("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        assertThat(Path.of(again, "model.safetensors"))
                .hasSameBinaryContentAs(Path.of(inputs.model(), "model.safetensors"));
    }

    @Test
    void inspectReportsAFile() {
        String out = Invocation.succeed("inspect", inputs.pairs().toString(), "--tokenizer", inputs.model());
        assertThat(out)
                .contains("20")
                .endsWith("Tokenizer: 257 ids; texts begin with nothing and end with <|endoftext|> (256)\n");

        assertThat(Invocation.succeed("inspect", inputs.texts().toString(), "--texts", "--model", inputs.model()))
                .contains("20");
    }

    @Test
    void inspectReadsUnpairedRows() throws IOException {
        String out = Invocation.succeed("inspect", inputs.pairs().toString(), "--unpaired", "--model", inputs.model());
        assertThat(out)
                .contains(
                        "(both answers of PAIRS)\nrows: 40 read, 40 kept, 0 dropped\nlabels: 20 desirable, 20 undesirable\n");
        Path labelled = Files.writeString(
                directory.resolve("labelled.jsonl"), "{\"prompt\": \"p\", \"completion\": \" c\", \"label\": false}");
        assertThat(Invocation.succeed(
                        "inspect", labelled.toString(), "--unpaired", "--model", inputs.model(), "--row", "1"))
                .contains("undesirable answer: 3 tokens, trained");
        assertThat(Invocation.of("inspect", labelled.toString(), "--unpaired", "--texts", "--model", inputs.model())
                        .err())
                .contains("--texts, --unpaired are mutually exclusive");
    }

    @Test
    void inspectShowsSingleRows() {
        String out = Invocation.succeed(
                "inspect", inputs.pairs().toString(), "--model", inputs.model(), "--row", "2", "--row", "1");
        assertThat(out).contains("pair-1", "pair-0").doesNotContain("pair-2");
        assertThat(out.indexOf("pair-1")).isLessThan(out.indexOf("pair-0"));
    }

    @Test
    void sftRuns() {
        String out = Invocation.succeed(
                inputs.sft("sft", "--steps", "3", "--batch-size", "8", "--set", "train.warmupSteps=0"));
        assertThat(out).contains("step 1/3", "step 3/3", "Model written to " + inputs.at("sft/model"));
        RunMetrics metrics = RunMetrics.read(Path.of(inputs.at("sft")));
        assertThat(metrics.paths()).contains("train/loss", "train/perplexity", "train/responseTokens", "eval/loss");
        assertThat(metrics.series("train/loss").steps()).containsExactly(1.0, 2.0, 3.0);
        // 264 ids, random weights of 0.02: all tokens about equally probable.
        assertThat(metrics.series("train/loss").values().getFirst()).isCloseTo(Math.log(264), within(0.05));
    }

    @Test
    void alignLeavesEverythingThatARunPromises() throws IOException {
        Path run = Path.of(inputs.at("beta-dpo"));
        assertThat(namesIn(run))
                .contains(
                        "data.json",
                        "dropped.jsonl",
                        "gaps-after.jsonl",
                        "metrics.jsonl",
                        "model",
                        "recipe.yaml",
                        "reference",
                        "report.html",
                        "samples.jsonl");
        // Four held-out rows, answered before and after.
        assertThat(Files.readAllLines(run.resolve("samples.jsonl"))).hasSize(8);
        assertThat(Files.readAllLines(run.resolve("gaps-after.jsonl"))).hasSize(4);
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Findings", "Only 4 rows are held out", "Sample answers", "rows: 20 read, 20 kept")
                .doesNotContain("Partial:");
        assertThat(namesIn(run.resolve("model")))
                .containsExactly(
                        "checksums", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        assertThat(run.resolve("dropped.jsonl")).isEmptyFile();
        assertThat(Files.readString(run.resolve("recipe.yaml")))
                .contains("microBatchSize: 4", "sensitivity: 0.6", "keep: 0.8", "seed: 0");

        RunMetrics metrics = RunMetrics.read(run);
        assertThat(metrics.paths())
                .contains(
                        "train/loss",
                        "train/reward/chosen",
                        "train/reward/rejected",
                        "train/margin",
                        "train/accuracy",
                        "train/logp/chosen",
                        "train/logp/rejected",
                        "train/beta",
                        "train/gap/mean",
                        "train/gap/deviation",
                        "train/kept",
                        "train/gradientNorm",
                        "train/learningRate",
                        "speed/tokensPerSecond",
                        "speed/rowsPerSecond",
                        "memory/peakBytes",
                        "eval/loss",
                        "eval/accuracy");
        // Policy and reference are equal at the first step: loss ln 2, no gap, beta_0, 6 of 8 pairs.
        JsonNode first = metrics.lines().stream()
                .filter(line -> line.has("train/loss"))
                .findFirst()
                .orElseThrow();
        assertThat(first.path("train/loss").asDouble()).isCloseTo(Math.log(2), within(1e-9));
        assertThat(first.path("train/margin").asDouble()).isZero();
        assertThat(first.path("train/beta").asDouble()).isCloseTo(0.1, within(1e-15));
        assertThat(first.path("train/kept").asDouble()).isEqualTo(0.75);
        assertThat(first.path("train/learningRate").asDouble()).isEqualTo(1e-3);
        assertThat(first.path("memory/peakBytes").asDouble()).isGreaterThan(1e7);
        assertThat(metrics.series("eval/loss").steps()).containsExactly(0.0, 3.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpo", "published-code"})
    void alignRunsWithAPreset(String preset) {
        Invocation.succeed(inputs.align(preset, "--steps", "3", "--preset", preset));
        RunMetrics metrics = RunMetrics.read(Path.of(inputs.at(preset)));
        double kept = preset.equals("dpo") ? 1 : 0.75;
        assertThat(metrics.series("train/kept").values()).containsExactly(kept, kept, kept);
        List<Double> betas = metrics.series("train/beta").values();
        assertThat(betas.getFirst()).isCloseTo(0.1, within(1e-15));
        boolean isFixed = Math.abs(betas.getLast() - 0.1) < 1e-15;
        assertThat(isFixed).isEqualTo(preset.equals("dpo"));
    }

    /// Whatever beta the objective has, the run is the same.
    @Test
    void autoNeedsNoBeta() {
        List<List<Double>> losses = new ArrayList<>();
        for (String beta : List.of("0.1", "7")) {
            String name = "auto-" + beta;
            Invocation.succeed(inputs.align(
                    name, "--steps", "3", "--preset", "auto", "--set", "alignment.objective.objective.beta=" + beta));
            RunMetrics metrics = RunMetrics.read(Path.of(inputs.at(name)));
            assertThat(metrics.series("train/kept").values()).containsExactly(1.0, 1.0, 1.0);
            losses.add(metrics.series("train/beta").values());
            losses.add(metrics.series("train/loss").values());
        }
        assertThat(losses.getFirst()).doesNotHaveDuplicates().allMatch(beta -> beta > 0);
        assertThat(losses.subList(2, 4)).isEqualTo(losses.subList(0, 2));
    }

    @Test
    void simpoNeedsNoReference() {
        Invocation.succeed(inputs.align("simpo", "--steps", "3", "--set", "alignment.objective=simpo"));
        assertThat(Path.of(inputs.at("simpo/reference"))).doesNotExist();
        assertThat(Path.of(inputs.at("simpo/model"))).isDirectory();
    }

    @Test
    void referenceCacheIsSharedByRuns() {
        String cache = inputs.at("cache");
        String first = Invocation.succeed(inputs.align("with-cache-1", "--steps", "1", "--reference-cache", cache));
        String second = Invocation.succeed(
                inputs.align("with-cache-2", "--steps", "1", "--reference-cache", cache, "--preset", "dpo"));
        assertThat(first).contains("Reference log-probs: 16 of 16 pairs");
        assertThat(second)
                .contains("Reference log-probs read from " + cache + "/training.logprobs")
                .doesNotContain("of 16 pairs");
    }

    @Test
    void evaluationFilesReplaceTheSplit() {
        String out = Invocation.succeed(
                "align",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs().toString(),
                "--eval",
                inputs.pairs().toString(),
                "--out",
                inputs.at("eval-file"),
                "--steps",
                "1",
                "--set",
                "compute.threads=1");
        assertThat(out).contains("20 of 20 pairs");
        // A run with evaluation files can be resumed: its recipe spells out the unused share.
        assertThat(Invocation.succeed("align", "--resume", inputs.at("eval-file")))
                .contains("Reference log-probs read from");
    }

    @Test
    void printedRecipeRunsAsItIs() throws IOException {
        String printed =
                Invocation.succeed(inputs.align("printed", "--steps", "1", "--preset", "dpo", "--print-recipe"));
        assertThat(Path.of(inputs.at("printed"))).doesNotExist();
        Path recipe = Files.writeString(directory.resolve("printed.yaml"), printed);

        Invocation.succeed("align", "--recipe", recipe.toString(), "--out", inputs.at("printed"));
        assertThat(Path.of(inputs.at("printed/recipe.yaml"))).hasContent(printed);
    }

    @Test
    void finishedRunResumesToNothingMore() throws IOException {
        Invocation.succeed(inputs.align("resumed", "--steps", "2", "--set", "train.checkpointEvery=1"));
        byte[] weights = Files.readAllBytes(Path.of(inputs.at("resumed/model/model.safetensors")));
        String out = Invocation.succeed("align", "--resume", inputs.at("resumed"));

        assertThat(out).contains("Resuming from " + inputs.at("resumed/checkpoints/step-00000002"));
        assertThat(Path.of(inputs.at("resumed/model/model.safetensors"))).hasBinaryContent(weights);
        assertThat(namesIn(Path.of(inputs.at("resumed/checkpoints"))))
                .containsExactly("step-00000001", "step-00000002");
        assertThat(namesIn(Path.of(inputs.at("resumed/checkpoints/step-00000002"))))
                .containsExactly("checksums", "model", "optimizer.bin", "state.json");

        // The model of a checkpoint is one like any other.
        String[] generate = {"generate", "--prompt", "Where is it?", "--max-new-tokens", "5", "--model", ""};
        generate[6] = inputs.at("resumed/checkpoints/step-00000002/model");
        String before = Invocation.succeed(generate);
        generate[6] = inputs.at("resumed/model");
        assertThat(before).isEqualTo(Invocation.succeed(generate));
    }

    @Test
    void generateContinuesEachPrompt() {
        String out = Invocation.succeed(
                "generate", "--model", inputs.at("beta-dpo/model"), "--prompt", "a\\nb", "--max-new-tokens", "4");
        String twice = Invocation.succeed(
                "generate",
                "--model",
                inputs.at("beta-dpo/model"),
                "--prompt",
                "a\nb",
                "--prompt",
                "a\\nb",
                "--max-new-tokens",
                "4");
        assertThat(twice).isEqualTo(out + out);
    }

    /// At 1 and 0 what is printed is what each model answers alone.
    @Test
    void generateMixesTheModelWithItsReference() {
        String aligned = inputs.at("beta-dpo/model");
        String ofAligned = generated(aligned);
        assertThat(generated(aligned, "--realign", "1", "--reference", inputs.model()))
                .isEqualTo(ofAligned);
        assertThat(generated(aligned, "--realign", "0", "--reference", inputs.model()))
                .isEqualTo(generated(inputs.model()));
        assertThat(generated(aligned, "--realign", "0.5", "--reference", inputs.model()))
                .isNotEmpty();
        assertThat(Invocation.of("generate", "--model", aligned, "--prompt", "a", "--reference", inputs.model())
                        .err())
                .startsWith("betatron: --reference is what --realign mixes the model with: it needs --realign");
        assertThat(Invocation.of("generate", "--model", aligned, "--prompt", "a", "--realign", "2")
                        .err())
                .startsWith("betatron: --realign: to realign " + aligned + " its reference must be known");
        assertThat(Invocation.of(
                                "generate",
                                "--model",
                                aligned,
                                "--prompt",
                                "a",
                                "--realign",
                                "-1",
                                "--reference",
                                inputs.model())
                        .err())
                .startsWith("betatron: --realign: lambda must be ≥ 0 and finite but was -1.0");
    }

    /// What is mixed is said beside the answers, not among them.
    private static String generated(String model, String... more) {
        Invocation invocation = Invocation.of(Invocation.arguments(
                List.of("generate", "--model", model, "--prompt", "a\nb", "--max-new-tokens", "8"), more));
        assertThat(invocation.exitCode()).as(invocation.err()).isZero();
        return invocation.out();
    }

    @Test
    void plotIsAPictureWithCurves() throws IOException {
        String file = inputs.at("curves.png");
        String out = Invocation.succeed("plot", inputs.at("beta-dpo"), "--out", file);

        assertThat(out).isEqualTo("Plot written to " + file + "\n");
        BufferedImage picture = ImageIO.read(Path.of(file).toFile());
        // Two columns; loss, accuracy, margin twice, beta, deviation, gradient norm: five rows.
        assertThat(picture.getWidth()).isEqualTo(2 * 620);
        assertThat(picture.getHeight()).isEqualTo(5 * 320);
        long colours = IntStream.range(0, picture.getWidth() * picture.getHeight())
                .map(i -> picture.getRGB(i % picture.getWidth(), i / picture.getWidth()))
                .distinct()
                .count();
        assertThat(colours).isGreaterThan(10);
    }

    @Test
    void objectiveListNamesEveryChoiceWithItsParametersAndSource() {
        String list = Invocation.succeed("objective", "list");
        assertThat(list)
                .contains(
                        "alignment.objective\n",
                        "  of pairs, against a reference\n",
                        "  dpo               beta=0.1\n                    Rafailov et al. 2023, arXiv 2305.18290\n",
                        "  of labelled answers, against a reference\n  kto ",
                        "likelihood=batch-mean",
                        "objective={type: dpo, beta: 0.01}  clamped=true\n",
                        "  batch             sensitivity=0.6  unit=gap  compared=kept-with-all  minRatio=0.01  maxRatio=10.0\n",
                        "  cut               by=gap  drop=largest  keep=0.8\n",
                        "  blend             every=512  share=0.6  statistics=reset\n")
                .doesNotContain("optimizer", "train.length", "?");
        assertThat(list.lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void objectiveShowDescribesOne() {
        assertThat(Invocation.succeed("objective", "show", "cdpo"))
                .contains(
                        "chosen by           alignment.objective: cdpo\n",
                        "source              Mitchell 2023, A note on DPO with noisy preferences\n",
                        "labelSmoothing      default 0.1; in (0, 0.5)\n",
                        "reads               log-probs, reference log-probs\n",
                        "dynamic beta        yes\n");
        assertThat(Invocation.succeed("objective", "show", "nll"))
                .contains("default response-mean; sum, response-mean, batch-mean", "beta plays no part");
        assertThat(Invocation.succeed("objective", "show", "tdpo2")).contains("reference logits");
        assertThat(Invocation.succeed("objective", "show", "perturbation")).contains("epsilon", "in (0, 1)", "dynamic");
    }

    /// Every parameter has a range, whatever its type.
    @Test
    void objectiveShowKnowsEveryTag() {
        for (String path : List.of(
                "alignment.objective",
                "alignment.calibration",
                "alignment.selection",
                "alignment.aggregation",
                "reference.update",
                "policy")) {
            for (String tag : Choices.siblings(path).keySet()) {
                assertThat(Invocation.succeed("objective", "show", tag).lines())
                        .contains("chosen by           " + path + ": " + tag)
                        .allMatch(line -> line.length() <= 100);
            }
        }
    }

    @Test
    void objectiveEvaluateIsPlainDpoByHand() throws IOException {
        // Margins (-10 + 12) - (-20 + 21) = 1 and (-30 + 29) - (-8 + 11) = -4.
        Path file = Files.writeString(directory.resolve("two.jsonl"), """
                {"id": "a", "policyChosen": -10, "policyRejected": -20, "referenceChosen": -12, "referenceRejected": -21, "chosenTokens": 5, "rejectedTokens": 6}
                {"id": "b", "policyChosen": -30, "policyRejected": -8, "referenceChosen": -29, "referenceRejected": -11, "chosenTokens": 5, "rejectedTokens": 6}
                """);
        JsonNode step = JsonMapper.shared()
                .readTree(Invocation.succeed("objective", "evaluate", file.toString(), "--preset", "dpo"));

        double lossA = Math.log1p(Math.exp(-0.1));
        double lossB = Math.log1p(Math.exp(0.4));
        assertThat(step.path("step").asInt()).isEqualTo(1);
        assertThat(step.path("loss").asDouble()).isCloseTo((lossA + lossB) / 2, within(1e-12));
        assertThat(step.path("kept").asDouble()).isEqualTo(1);
        JsonNode a = step.path("pairs").get(0);
        JsonNode b = step.path("pairs").get(1);
        assertThat(a.path("id").asString()).isEqualTo("a");
        assertThat(a.path("loss").asDouble()).isCloseTo(lossA, within(1e-12));
        assertThat(b.path("loss").asDouble()).isCloseTo(lossB, within(1e-12));
        // d/d margin of softplus(-beta margin) = -beta sigmoid(-beta margin), halved by the mean.
        double slopeA = -0.1 / (1 + Math.exp(0.1)) / 2;
        assertThat(a.path("chosenGradient").asDouble()).isCloseTo(slopeA, within(1e-12));
        assertThat(a.path("rejectedGradient").asDouble()).isCloseTo(-slopeA, within(1e-12));
    }

    @Test
    void objectiveEvaluateFollowsThePublishedCodeOverTwoSteps() throws IOException {
        // All pairs kept, so that beta can be computed by hand: gaps 1, 3 and then -2, 0.
        Path file = Files.write(directory.resolve("four.jsonl"), List.of(gap(1), gap(3), gap(-2), gap(0)));
        List<JsonNode> steps = Invocation.succeed(
                        "objective",
                        "evaluate",
                        file.toString(),
                        "--preset",
                        "published-code",
                        "--set",
                        "alignment.selection=none",
                        "--set",
                        "train={batchSize: 2, microBatchSize: 2}")
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();

        // M_0 = 0.1 * 2 = 0.2, then 0.9 * 0.2 - 0.1 = 0.08; beta = 0.1 [1 + 0.6 (mean - M_0)], at least 1e-3.
        assertThat(steps).hasSize(2);
        assertThat(steps.get(0).path("gapMean").asDouble()).isCloseTo(0.2, within(1e-12));
        assertThat(steps.get(0).path("beta").asDouble()).isCloseTo(0.1 * (1 + 0.6 * 1.8), within(1e-12));
        // sigma = 0.1 * sqrt(2), the unbiased deviation of two gaps that are 2 apart.
        assertThat(steps.get(0).path("gapDeviation").asDouble()).isCloseTo(0.1 * Math.sqrt(2), within(1e-12));
        assertThat(steps.get(1).path("gapMean").asDouble()).isCloseTo(0.08, within(1e-12));
        assertThat(steps.get(1).path("beta").asDouble()).isCloseTo(0.1 * (1 + 0.6 * (-1 - 0.08)), within(1e-12));
    }

    @Test
    void objectiveEvaluateKeepsTheExactShareUnderBetaDpo() throws IOException {
        Path file = Files.write(
                directory.resolve("ten.jsonl"),
                IntStream.range(0, 10).mapToObj(CommandsTest::gap).toList());
        JsonNode step = JsonMapper.shared().readTree(Invocation.succeed("objective", "evaluate", file.toString()));

        assertThat(step.propertyNames())
                .containsExactly(
                        "step", "loss", "beta", "betaClamped", "gapMean", "gapDeviation", "kept", "nonFinite", "pairs");
        assertThat(step.path("kept").asDouble()).isEqualTo(0.8);
        assertThat(step.path("pairs")
                        .valueStream()
                        .filter(pair -> pair.path("weight").asDouble() > 0))
                .hasSize(8);
        // Bias correction makes the first batch its own reference: mean of 0.1 * (0 .. 9).
        assertThat(step.path("gapMean").asDouble()).isCloseTo(0.45, within(1e-12));
        assertThat(step.path("pairs").get(0).propertyNames())
                .containsExactly("id", "weight", "beta", "gap", "loss", "chosenGradient", "rejectedGradient");
    }

    @Test
    void versionAndHelpNameTheProgram() {
        assertThat(Invocation.succeed("--version")).startsWith("betatron ");
        assertThat(Invocation.succeed("--help"))
                .contains("demo", "init", "inspect", "sft", "align", "generate", "objective", "plot", "Exit codes:");
        assertThat(Invocation.succeed("align", "--help")).contains("--reference-cache", "--preset", "--resume");
    }

    private static String gap(double gap) {
        return "{\"policyChosen\": %s, \"policyRejected\": 0, \"referenceChosen\": 0, \"referenceRejected\": 0, \"chosenTokens\": 1, \"rejectedTokens\": 1}"
                .formatted(gap);
    }

    private static List<String> namesIn(Path parent) {
        try (var entries = Files.list(parent)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
