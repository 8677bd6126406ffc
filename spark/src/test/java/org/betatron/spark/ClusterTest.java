package org.betatron.spark;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.world.WorldData;
import org.betatron.data.world.WorldModel;
import org.betatron.data.world.WorldSpec;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.model.ModelInitialization;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.score.ScoreRun;
import org.betatron.spark.submit.SubmitCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rows through models in two executors, which are processes of their own.
class ClusterTest {

    private static final int PAIRS = 24;
    private static final int STEPS = 100;

    @TempDir
    private static Path directory;

    private static SparkSession session;
    private static Path start;
    private static Path other;
    private static Path pairs;
    private static String parquet;

    @BeforeAll
    static void begin() throws IOException {
        Path world = directory.resolve("world");
        WorldData.write(new WorldSpec(40, PAIRS, 8, 0.5, 0, 0.1, 0, 0.5, 1), world);
        String config = world.resolve(WorldModel.SMALL.fileName()).toString();
        start = directory.resolve("start");
        other = directory.resolve("other");
        ModelInitialization.run(config, world.toString(), start, 1);
        ModelInitialization.run(config, world.toString(), other, 2);
        pairs = directory.resolve("pairs.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(world.resolve("pairs.jsonl")));
        Files.write(pairs, lines);
        session = LocalCluster.start();
        parquet = directory.resolve("pairs.parquet").toString();
        session.read()
                .schema("id string, prompt string, chosen string, rejected string")
                .json(session.createDataset(lines, Encoders.STRING()))
                .coalesce(1)
                .write()
                .parquet(parquet);
    }

    @AfterAll
    static void end() {
        session.stop();
    }

    private static AlignRecipe recipe() {
        return new RecipeReader()
                .overrides(List.of("compute.threads=1"))
                .resolve(AlignRecipe.class)
                .recipe();
    }

    /// @return lines of `betatron score` by id
    private static Map<String, JsonNode> scored() throws IOException {
        Path out = directory.resolve("scored.jsonl");
        if (!Files.exists(out)) {
            new ScoreRun(other, start, List.of(pairs), recipe(), 0, out).run(RunListener.NONE);
        }
        Map<String, JsonNode> scores = new HashMap<>();
        for (String line : Files.readAllLines(out)) {
            JsonNode score = JsonMapper.shared().readTree(line);
            scores.put(score.path("id").asString(), score);
        }
        return scores;
    }

    private static JsonNode of(Row row, Map<String, JsonNode> scores) {
        return Objects.requireNonNull(scores.get(row.<String>getAs("id")));
    }

    @Test
    void scoresAreThoseOfTheCommandToTheLastBit() throws IOException {
        Dataset<Row> scored =
                BetatronSpark.score(session.read().parquet(parquet), new ScoreRequest(other, start, recipe()));

        Map<String, JsonNode> expected = scored();
        List<Row> rows = scored.collectAsList();
        assertThat(rows).hasSize(PAIRS);
        for (Row row : rows) {
            JsonNode score = of(row, expected);
            for (String name :
                    List.of("policyChosen", "policyRejected", "referenceChosen", "referenceRejected", "gap", "loss")) {
                assertThat(row.<Double>getAs(name))
                        .as(name)
                        .isEqualTo(score.path(name).asDouble());
            }
            assertThat(row.<String>getAs("dropped")).isNull();
        }
    }

    @Test
    void partitionsChangeScoresByRoundingOnly() throws IOException {
        Dataset<Row> scored = BetatronSpark.score(
                session.read().parquet(parquet).repartition(5), new ScoreRequest(other, start, recipe()));

        Map<String, JsonNode> expected = scored();
        List<Row> rows = scored.collectAsList();
        assertThat(rows).hasSize(PAIRS);
        for (Row row : rows) {
            JsonNode score = of(row, expected);
            double logProb = score.path("policyChosen").asDouble();
            assertThat(row.<Double>getAs("policyChosen")).isCloseTo(logProb, within(1e-5 * Math.abs(logProb)));
        }
    }

    @Test
    void suspectsAreThePairsWithTheMostNegativeGaps() throws IOException {
        String out = directory.resolve("suspects").toString();

        assertThat(submit(
                        "suspects",
                        "--in",
                        parquet,
                        "--out",
                        out,
                        "--model",
                        other.toString(),
                        "--reference",
                        start.toString(),
                        "--most",
                        "3",
                        "--set",
                        "compute.threads=1"))
                .isEqualTo("0 3 suspicious pairs written to " + out + "\n");

        List<String> expected = scored().values().stream()
                .filter(score -> score.path("rank").asInt() <= 3)
                .sorted((a, b) ->
                        Integer.compare(a.path("rank").asInt(), b.path("rank").asInt()))
                .map(score -> score.path("id").asString())
                .toList();
        assertThat(session.read().parquet(out).orderBy("rank").collectAsList())
                .extracting(row -> row.<String>getAs("id"))
                .isEqualTo(expected);
    }

    @Test
    void referenceSaysEveryToken() throws IOException {
        String out = directory.resolve("reference").toString();

        assertThat(submit("reference", "--in", parquet, "--out", out, "--model", start.toString()))
                .isEqualTo("0 " + PAIRS + " rows written to " + out + "\n");

        Map<String, JsonNode> expected = scored();
        for (Row row : session.read().parquet(out).collectAsList()) {
            double sum = of(row, expected).path("referenceRejected").asDouble();
            assertThat(row.<Double>getAs("referenceRejected")).isCloseTo(sum, within(1e-5 * Math.abs(sum)));
            List<Float> tokens = row.getList(row.fieldIndex("referenceRejectedTokens"));
            assertThat(tokens).hasSize(row.<Integer>getAs("rejectedTokens"));
            assertThat(tokens.stream().mapToDouble(Float::doubleValue).sum())
                    .isCloseTo(sum, within(1e-5 * Math.abs(sum)));
        }
    }

    @Test
    void answersDoNotDependOnPartitions() {
        Dataset<Row> prompts =
                session.read().parquet(parquet).select("id", "prompt").limit(8);
        AnswerRequest request = AnswerRequest.of(start)
                .withThreads(1)
                .withSpec(GenerationSpec.DEFAULT
                        .withSampling(SamplingSpec.DEFAULT)
                        .withSamples(2)
                        .withMaxNewTokens(8)
                        .withSeed(7));

        List<String> one = answers(BetatronSpark.generate(prompts.coalesce(1), request));
        List<String> three = answers(BetatronSpark.generate(prompts.repartition(3, col("id")), request));
        List<String> otherSeed = answers(BetatronSpark.generate(
                prompts.coalesce(1), request.withSpec(request.spec().withSeed(8))));

        assertThat(one).hasSize(16).isEqualTo(three).isNotEqualTo(otherSeed);
    }

    private static List<String> answers(Dataset<Row> answered) {
        return answered.orderBy("id", "sample").collectAsList().stream()
                .map(row -> row.<String>getAs("id") + " " + row.<Integer>getAs("sample") + " "
                        + row.<String>getAs("completion"))
                .toList();
    }

    @Test
    void aModelIsJudgedAgainstTheChosenAnswers() {
        String out = directory.resolve("judged").toString();

        String said = submit(
                "evaluate",
                "--in",
                parquet,
                "--out",
                out,
                "--model",
                start.toString(),
                "--judge",
                "world",
                "--max-new-tokens",
                "8",
                "--partitions",
                "2");

        assertThat(said)
                .startsWith("0 Temperature 0.0: " + PAIRS + " answers to ")
                .contains("win rate");
        Dataset<Row> judged = session.read().parquet(out);
        assertThat(judged.filter("outcome is null").count()).isZero();
        ComparisonReport report = Comparisons.report(judged, GenerationSpec.DEFAULT);
        assertThat(report.answers()).isEqualTo(PAIRS);
        assertThat(report.winRate().value()).isBetween(0.0, 0.5);
    }

    @Test
    void rowsThatTeachNothingComeBackWithTheReason() {
        Dataset<Row> rows = session.read()
                .parquet(parquet)
                .limit(2)
                .union(session.read().parquet(parquet).limit(1).withColumn("rejected", col("chosen")));

        List<Row> scored = BetatronSpark.score(rows.coalesce(1), new ScoreRequest(other, start, recipe()))
                .collectAsList();

        assertThat(scored).hasSize(3);
        assertThat(scored.getLast().<String>getAs("dropped")).isEqualTo("both answers are identical");
        assertThat(scored.getLast().isNullAt(scored.getLast().fieldIndex("gap")))
                .isTrue();
    }

    @Test
    void whatIsWrongIsOneLine() throws IOException {
        String out = directory.resolve("wrong").toString();
        Path there = Files.createDirectories(directory.resolve("there"));
        String[] scoring = {"--model", other.toString(), "--reference", start.toString()};

        assertThat(submit(with(scoring, "score", "--in", parquet, "--out", there.toString())))
                .isEqualTo("2 betatron: --out " + there + " exists already: name another directory, or remove it\n");
        assertThat(submit(with(scoring, "score", "--in", directory + "/nothing", "--out", out)))
                .startsWith("2 betatron: [PATH_NOT_FOUND]")
                .hasLineCount(1);
        assertThat(submit(
                        "score",
                        "--in",
                        parquet,
                        "--out",
                        out,
                        "--model",
                        directory + "/nothing",
                        "--reference",
                        start.toString()))
                .startsWith("2 betatron: ")
                .contains("nothing")
                .hasLineCount(1);

        String others = directory.resolve("others").toString();
        session.read()
                .parquet(parquet)
                .selectExpr("prompt as question", "chosen as good", "rejected as bad")
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(others);
        assertThat(submit(with(scoring, "score", "--in", others, "--out", out)))
                .startsWith("2 betatron: row of the DataFrame:1: ")
                .contains("chosen", "question")
                .hasLineCount(1);
        assertThat(submit(with(
                        scoring,
                        "score",
                        "--in",
                        others,
                        "--out",
                        out,
                        "--set",
                        "data.fields.prompt=question",
                        "--set",
                        "data.fields.chosen=good",
                        "--set",
                        "data.fields.rejected=bad")))
                .isEqualTo("0 " + PAIRS + " rows written to " + out + "\n");

        String nulls = directory.resolve("nulls").toString();
        session.read()
                .parquet(parquet)
                .limit(3)
                .coalesce(1)
                .withColumn(
                        "chosen",
                        org.apache.spark.sql.functions.expr("if(id = '"
                                + session.read()
                                        .parquet(parquet)
                                        .limit(3)
                                        .collectAsList()
                                        .get(1)
                                        .<String>getAs("id")
                                + "', null, chosen)"))
                .write()
                .parquet(nulls);
        assertThat(submit(with(scoring, "score", "--in", nulls, "--out", out + "2")))
                .startsWith("2 betatron: partition 0:2: ")
                .contains("chosen", "null")
                .hasLineCount(1);
    }

    @Test
    void ranksLearnWhatOneProcessLearns() throws IOException {
        Path alone = directory.resolve("alone");
        Path ranked = directory.resolve("ranked");
        String[] settings = {
            "train.length.type=steps", "train.length.count=4", "train.batchSize=8", "train.checkpointEvery=2",
            "data.heldOut=0", "train.evaluateEvery=0", "compute.threads=1", "alignment.preset=dpo"
        };
        AlignRun.run(RunRequest.begin(
                new RecipeReader()
                        .option("model", start.toString())
                        .option("data.files", List.of(pairs.toString()))
                        .overrides(List.of(settings))
                        .resolve(AlignRecipe.class),
                alone));
        List<String> arguments = new ArrayList<>(List.of(
                "align",
                "--ranks",
                "2",
                "--out",
                ranked.toString(),
                "--model",
                start.toString(),
                "--data",
                pairs.toString(),
                "--timeout",
                "60"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }

        assertThat(submit(arguments.toArray(String[]::new)))
                .isEqualTo("0 4 steps done by 2 ranks; the run is in " + ranked + "\n");

        List<Double> losses = losses(ranked);
        List<Double> expected = losses(alone);
        assertThat(losses).hasSize(4);
        for (int step = 0; step < 4; step++) {
            assertThat(losses.get(step)).isCloseTo(expected.get(step), within(1e-4));
        }
        assertThat(ranked.resolve("model/model.safetensors")).isRegularFile();
        assertThat(submit(arguments.toArray(String[]::new)))
                .startsWith("2 betatron: " + ranked + " must be an empty directory")
                .hasLineCount(1);
    }

    /// An executor is killed after the first checkpoint; Spark starts another one, and the stage
    /// again. Takes as
    /// long as all the others together: `-Dbetatron.spark.slow=true` runs it.
    @Test
    @EnabledIfSystemProperty(named = "betatron.spark.slow", matches = "true")
    void aRunGoesOnWhereAnExecutorWasLost() throws IOException, InterruptedException {
        Path out = directory.resolve("lost");
        CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> submit(
                "align",
                "--ranks",
                "2",
                "--out",
                out.toString(),
                "--model",
                start.toString(),
                "--data",
                pairs.toString(),
                "--timeout",
                "60",
                "--set",
                "train.length.type=steps",
                "--set",
                "train.length.count=" + STEPS,
                "--set",
                "train.batchSize=4",
                "--set",
                "train.checkpointEvery=2",
                "--set",
                "train.evaluateEvery=0",
                "--set",
                "data.heldOut=0",
                "--set",
                "alignment.preset=dpo"));
        Path checkpoints = out.resolve("checkpoints");
        while (!said.isDone() && (!Files.isDirectory(checkpoints) || isEmpty(checkpoints))) {
            Thread.sleep(20);
        }
        ProcessHandle.current().children().findFirst().orElseThrow().destroyForcibly();
        assertThat(said).isNotDone();

        assertThat(said.join())
                .isEqualTo(
                        "0 " + STEPS + " steps done by 2 ranks, in a second attempt after one was lost; the run is in "
                                + out + "\n");
        assertThat(losses(out)).hasSize(STEPS);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private static List<Double> losses(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line).path("train/loss"))
                .filter(loss -> !loss.isMissingNode())
                .map(JsonNode::asDouble)
                .toList();
    }

    @Test
    void tooManyRanksAreRefusedBeforeAnythingIsWritten() {
        Path out = directory.resolve("many");

        assertThat(submit(
                        "align",
                        "--ranks",
                        "3",
                        "--out",
                        out.toString(),
                        "--model",
                        start.toString(),
                        "--data",
                        pairs.toString()))
                .isEqualTo("2 betatron: 3 ranks need as many executors with a free slot each, but the cluster has 2"
                        + " executors with 2 slots: lower the number of ranks, or raise spark.executor.instances;"
                        + " nothing was written\n");
        assertThat(out).doesNotExist();
    }

    @Test
    void whatOneRankCannotReadIsSaidByIt() {
        Path out = directory.resolve("unread");

        assertThat(submit(
                        "align",
                        "--ranks",
                        "2",
                        "--out",
                        out.toString(),
                        "--model",
                        start.toString(),
                        "--data",
                        directory + "/nothing.jsonl"))
                .startsWith("2 betatron: ")
                .contains("nothing.jsonl");
        assertThat(out).doesNotExist();
    }

    private static String[] with(String[] last, String... first) {
        String[] all = IntStream.range(0, first.length + last.length)
                .mapToObj(i -> i < first.length ? first[i] : last[i - first.length])
                .toArray(String[]::new);
        return all;
    }

    /// @return exit code, and what was said
    private static String submit(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter printer = new PrintWriter(said, true);
        int code = SubmitCommand.run(() -> session, printer, printer, arguments);
        return code + " " + said;
    }
}
