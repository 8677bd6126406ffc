package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.betatron.cli.display.Displays;
import org.betatron.evaluation.RunMetrics;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A run of beta-DPO on libtorch that stops and goes on ends as one that never stopped, bit for bit:
/// moments, moving averages, order and selection come back.
class ResumeTest {

    private static final int STEPS = 6;

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));
    private static Path uninterrupted = Path.of("");

    @BeforeAll
    static void runWithoutStop() throws IOException {
        inputs = Inputs.in(directory);
        uninterrupted = directory.resolve("uninterrupted");
        run(uninterrupted, List.of(), new StopAfter(Integer.MAX_VALUE));
        // What the comparison is worth: beta moved, pairs were dropped.
        assertThat(metric(uninterrupted, "train/kept")).containsOnly(0.75);
        assertThat(metric(uninterrupted, "train/beta")).hasSize(STEPS).doesNotHaveDuplicates();
    }

    @Test
    void stoppedRunEndsWithTheSameWeights() throws IOException {
        Path root = directory.resolve("stopped");
        run(root, List.of(), new StopAfter(3));
        assertThat(root.resolve("model")).doesNotExist();
        assertThat(root.resolve("checkpoints/step-00000003")).isDirectory();
        resume(root, new StopAfter(1));
        resume(root, new StopAfter(Integer.MAX_VALUE));

        requireSameEnd(root, uninterrupted);
    }

    /// Sample answers are for people to read: a damaged file of them is replaced, and costs nothing else.
    @Test
    void damagedSamplesDoNotCostTheModel() throws IOException {
        Path root = directory.resolve("damaged-samples");
        run(root, List.of(), new StopAfter(3));
        Path samples = root.resolve("samples.jsonl");
        String whole = Files.readString(samples);
        Files.writeString(samples, whole.substring(0, whole.length() / 2));
        resume(root, new StopAfter(Integer.MAX_VALUE));

        requireSameEnd(root, uninterrupted);
        assertThat(Files.readString(samples)).contains("\"after\"").doesNotContain("\"before\"");
    }

    /// Weights and moments in bf16 are rounded at random, and are so again.
    @ParameterizedTest
    @ValueSource(strings = {"cached", "moving"})
    void bf16WeightsGoOnBitByBit(String reference) throws IOException {
        List<String> overrides = new ArrayList<>(List.of(
                "compute.precision=bf16", "compute.weights=bf16", "compute.moments=bf16", "compute.saveAs=bf16"));
        if (reference.equals("moving")) {
            overrides.addAll(List.of("reference.update.type=blend", "reference.update.every=2"));
        }
        Path whole = directory.resolve(reference + "-whole");
        Path root = directory.resolve(reference + "-stopped");
        run(whole, overrides, new StopAfter(Integer.MAX_VALUE));
        run(root, overrides, new StopAfter(3));
        resume(root, new StopAfter(Integer.MAX_VALUE));

        requireSameEnd(root, whole);
        assertThat(metric(root, "train/loss").getLast())
                .isNotEqualTo(metric(root, "train/loss").getFirst());
        assertThat(Files.size(root.resolve("model/model.safetensors")))
                .isLessThan(Files.size(uninterrupted.resolve("model/model.safetensors")) * 6 / 10);
    }

    /// Beside a reference that moves, and with a start that leaves nothing of the frozen weights to the optimizer.
    @ParameterizedTest
    @ValueSource(strings = {"cached", "moving"})
    void frozenWeightsStayThroughCheckpoints(String reference) throws IOException {
        List<String> overrides = new ArrayList<>(List.of("train.frozen=[gpt_neox.embed_in.*, 'gpt_neox.layers.0.*']"));
        if (reference.equals("moving")) {
            overrides.addAll(List.of("reference.update.type=blend", "reference.update.every=2"));
        }
        Path whole = directory.resolve(reference + "-frozen");
        Path root = directory.resolve(reference + "-frozen-stopped");
        run(whole, overrides, new StopAfter(Integer.MAX_VALUE));
        run(root, overrides, new StopAfter(3));
        resume(root, new StopAfter(Integer.MAX_VALUE));

        requireSameEnd(root, whole);
        Map<String, float[]> before = SavedWeights.read(Path.of(inputs.model()));
        SavedWeights.read(whole.resolve("model"))
                .forEach((name, values) -> assertThat(Arrays.equals(values, before.get(name)))
                        .as(name)
                        .isEqualTo(name.startsWith("gpt_neox.embed_in.") || name.startsWith("gpt_neox.layers.0.")));
    }

    @Test
    void frozenNamesMustExist() {
        assertThatThrownBy(() -> run(
                        directory.resolve("misnamed"),
                        List.of("train.frozen=['gpt_neox.layer.0.*']"),
                        new StopAfter(Integer.MAX_VALUE)))
                .hasMessageStartingWith(
                        "train.frozen: no weight is called 'gpt_neox.layer.0.*'; close to it are gpt_neox.");
        assertThat(directory.resolve("misnamed")).doesNotExist();
    }

    @Test
    void killedRunGoesOnFromItsLastCheckpoint() throws IOException {
        Path root = directory.resolve("killed");
        List<String> everySecondStep = List.of("train.checkpointEvery=2");
        assertThatThrownBy(() -> run(root, everySecondStep, new Crash(5))).hasMessage("crash");
        // Step 5 was done and logged, but is lost: it is done again.
        assertThat(metric(root, "train/loss")).hasSize(5);
        resume(root, new StopAfter(Integer.MAX_VALUE));

        requireSameEnd(root, uninterrupted);
    }

    @Test
    void runGoesOnWithLessMemory() throws IOException {
        Path root = directory.resolve("smaller");
        run(root, List.of(), new StopAfter(2));
        AlignRun.run(request(root, "train.microBatchSize=1", "compute.recompute=full")
                .withStop(new StopAfter(2)));
        assertThat(root.resolve("changes.yaml")).hasContent("train:\n  microBatchSize: 1\ncompute:\n  recompute: full");
        // What changed holds from then on, and may change again.
        assertThat(request(root).recipe().train().microBatchSize()).isEqualTo(1);
        AlignRun.run(request(root, "compute.recompute=selective"));
        assertThat(root.resolve("changes.yaml")).hasContent("train:\n  microBatchSize: 1");

        for (String path : List.of("loss", "margin", "beta", "kept", "gradientNorm")) {
            List<Double> expected = metric(uninterrupted, "train/" + path);
            List<Double> smaller = metric(root, "train/" + path);
            assertThat(smaller).as(path).hasSameSizeAs(expected);
            for (int i = 0; i < smaller.size(); i++) {
                assertThat(smaller.get(i)).as(path).isCloseTo(expected.get(i), within(1e-4));
            }
        }
        assertThatThrownBy(() -> request(root, "train.learningRate=1", "train.microBatchTokens=64"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(
                        "train.learningRate: must stay as the run was begun; what may change when it goes on"
                                + " is compute.keptLogitsMiB, ");
    }

    private static RunRequest<AlignRecipe> request(Path root, String... overrides) {
        return RunRequest.resume(AlignRecipe.class, root, overrides).withListener(display());
    }

    @Test
    void evaluationLeavesTrainingAlone() throws IOException {
        Path root = directory.resolve("evaluated");
        run(root, List.of("train.evaluateEvery=1"), new StopAfter(Integer.MAX_VALUE));

        assertThat(metric(root, "eval/loss")).hasSize(STEPS + 1);
        requireSameEnd(root, uninterrupted);
    }

    private static void requireSameEnd(Path root, Path whole) throws IOException {
        assertThat(root.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(whole.resolve("model/model.safetensors"));
        for (String path : List.of("loss", "margin", "beta", "gap/mean", "gap/deviation", "kept", "gradientNorm")) {
            assertThat(metric(root, "train/" + path)).as(path).isEqualTo(metric(whole, "train/" + path));
        }
    }

    private static List<Double> metric(Path root, String path) {
        return RunMetrics.read(root).series(path).values();
    }

    private static void run(Path root, List<String> overrides, BooleanSupplier stop) {
        Resolved<AlignRecipe> recipe = new RecipeReader()
                .option("model", inputs.model())
                .option("data.files", List.of(inputs.pairs().toString()))
                .overrides(List.of(
                        "data.heldOut=4",
                        "train.length.type=steps",
                        "train.length.count=" + STEPS,
                        "train.batchSize=8",
                        "train.microBatchSize=4",
                        "train.learningRate=1e-3",
                        "train.warmupSteps=2",
                        "train.evaluateEvery=0",
                        "compute.threads=1"))
                .overrides(overrides)
                .resolve(AlignRecipe.class);
        AlignRun.run(new RunRequest<>(recipe, root, false, display(), stop));
    }

    private static void resume(Path root, BooleanSupplier stop) {
        Resolved<AlignRecipe> recipe =
                new RecipeReader().file(root.resolve("recipe.yaml")).resolve(AlignRecipe.class);
        AlignRun.run(new RunRequest<>(recipe, root, true, display(), stop));
    }

    private static RunListener display() {
        return Displays.of(new PrintWriter(new StringWriter()), false);
    }

    /// Asked once before every step.
    private static final class StopAfter implements BooleanSupplier {

        private final int steps;
        private int asked;

        StopAfter(int steps) {
            this.steps = steps;
        }

        @Override
        public boolean getAsBoolean() {
            return asked++ >= steps;
        }
    }

    /// Ends the run as a power cut would, without a checkpoint.
    private static final class Crash implements BooleanSupplier {

        private final int steps;
        private int asked;

        Crash(int steps) {
            this.steps = steps;
        }

        @Override
        public boolean getAsBoolean() {
            if (asked++ >= steps) {
                throw new IllegalStateException("crash");
            }
            return false;
        }
    }
}
