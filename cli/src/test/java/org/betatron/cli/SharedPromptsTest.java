package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.tensor.DataType;
import org.betatron.training.Evaluation;
import org.betatron.training.FixedRows;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingJob;
import org.betatron.training.TrainingListener;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.MappedReferenceLogProbs;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What rows share is computed once, on a real model: log-probs within 1e-5 nats per token, gradients
/// within 1e-4 of their largest entry, 50 losses within 1e-3 of those of rows apart. Reached: equal bits,
/// 8e-6 and 8e-8.
class SharedPromptsTest {

    private static final int LIST_PAIRS = 6;

    @TempDir
    private Path directory;

    private List<TokenizedPair> pairs = List.of();
    private int runs;

    /// Ranked lists of four answers, as the six pairs of each, and some pairs by themselves.
    @BeforeEach
    void makePairs() throws IOException {
        List<TokenizedPair> recorded = RecordedRun.pairs();
        pairs = new ArrayList<>();
        for (int list = 0; list < 8; list++) {
            TokenizedPair first = recorded.get(2 * list);
            TokenizedPair second = recorded.get(2 * list + 1);
            List<int[]> answers = List.of(first.chosen(), second.chosen(), second.rejected(), first.rejected());
            for (int better = 0; better < 4; better++) {
                for (int worse = better + 1; worse < 4; worse++) {
                    pairs.add(new TokenizedPair(
                            "list-" + list + "-" + better + ">" + worse,
                            first.prompt().clone(),
                            answers.get(better).clone(),
                            answers.get(worse).clone()));
                }
            }
        }
        assertThat(pairs).hasSize(8 * LIST_PAIRS);
        pairs.addAll(recorded.subList(16, 24));
        // Another model than the start: gaps that are nothing but rounding would let rounding select pairs.
        ObjectNode config = (ObjectNode) RecordedRun.json("start/config.json");
        try (TorchLanguageModel other = TorchLanguageModel.initialize(config, "config.json", 5, DataType.FP32)) {
            RecordedRun.reference(directory.resolve("reference"), other, pairs).close();
        }
    }

    @Test
    void logProbs() {
        try (TorchLanguageModel model = RecordedRun.startModel()) {
            RowBatch apart = RowBatch.of(pairs, new Packing(8, 300, false));
            RowBatch together = RowBatch.of(pairs, new Packing(8, 300, true));
            assertThat(together.numTokens()).isLessThan(apart.numTokens() / 2);
            BatchNumbers expected = apart.score(model);
            BatchNumbers shared = together.score(model);
            for (int index = 0; index < pairs.size(); index++) {
                assertThat(shared.values(TokenQuantity.LOG_PROB, index))
                        .as(pairs.get(index).id())
                        .containsExactly(expected.values(TokenQuantity.LOG_PROB, index), within(1e-5f));
            }
        }
    }

    /// AdamW with an epsilon of 1 makes the first update proportional to the gradient.
    @Test
    void gradients() throws IOException {
        OptimizerSpec proportional = new OptimizerSpec.AdamW(0.9, 0.999, 1, 0);
        Map<String, float[]> start = SavedWeights.read(RecordedRun.path("start"));
        for (AlignmentSpec alignment : List.of(AlignmentSpec.DPO, AlignmentSpec.DEFAULT)) {
            Map<String, float[]> apart =
                    train(alignment, proportional, 1, 1, false).weights();
            Map<String, float[]> together =
                    train(alignment, proportional, 1, 1, true).weights();
            apart.forEach((name, expected) -> {
                float[] before = Objects.requireNonNull(start.get(name), name);
                float[] after = Objects.requireNonNull(together.get(name), name);
                float largest = 0;
                float difference = 0;
                for (int i = 0; i < expected.length; i++) {
                    largest = Math.max(largest, Math.abs(expected[i] - before[i]));
                    difference = Math.max(difference, Math.abs(expected[i] - after[i]));
                }
                assertThat(largest).as(name).isPositive();
                assertThat(difference / largest).as(name).isLessThan(1e-4f);
            });
        }
    }

    @Test
    void lossCurves() throws IOException {
        for (AlignmentSpec alignment : List.of(AlignmentSpec.DPO, AlignmentSpec.DEFAULT)) {
            List<Metrics> apart = train(alignment, OptimizerSpec.AdamW.DEFAULT, 1e-3, 50, false)
                    .steps();
            List<Metrics> together = train(alignment, OptimizerSpec.AdamW.DEFAULT, 1e-3, 50, true)
                    .steps();
            assertThat(apart).hasSize(50);
            for (int step = 0; step < 50; step++) {
                assertThat(loss(together.get(step)))
                        .as("step %d", step + 1)
                        .isCloseTo(loss(apart.get(step)), within(1e-3));
            }
            // A curve that stays where it begins would be easy to follow.
            assertThat(loss(apart.getLast())).isLessThan(loss(apart.getFirst()) - 0.05);
        }
    }

    private static double loss(Metrics metrics) {
        return Objects.requireNonNull(metrics.values().get("train/loss"));
    }

    private record Trained(Map<String, float[]> weights, List<Metrics> steps) {}

    /// Rows come in a shuffled order, so that a batch of 16 has parts of lists.
    private Trained train(
            AlignmentSpec alignment, OptimizerSpec optimizerSpec, double learningRate, int steps, boolean sharePrompts)
            throws IOException {
        Path root = Files.createDirectory(directory.resolve("run-" + runs++));
        TrainSpec spec = new TrainSpec(
                new TrainLength.Steps(steps),
                16,
                8,
                300,
                sharePrompts,
                learningRate,
                0,
                Decay.CONSTANT,
                0,
                Double.POSITIVE_INFINITY,
                0,
                0,
                1,
                1,
                1,
                3,
                List.of());
        List<Metrics> heard = new ArrayList<>();
        try (TorchLanguageModel model = RecordedRun.startModel();
                MappedReferenceLogProbs reference = RecordedRun.openReference(directory.resolve("reference"), pairs);
                Optimizer optimizer = model.optimizer(optimizerSpec)) {
            new Trainer<>(new TrainingJob<>(
                            spec,
                            model,
                            List.of(Learner.of(model, optimizer)),
                            new PreferenceRule(
                                    alignment.create(),
                                    new FixedRows<>(pairs, position -> (int) (position * 13 % pairs.size())),
                                    new Reference.Cached(reference),
                                    8,
                                    3),
                            Evaluation.none(),
                            new RunIdentity(Settings.NONE, "recipe", "rows"),
                            RunDirectory.create(root.resolve("run"), "", SideFiles.NONE),
                            new TrainingListener() {
                                @Override
                                public void stepDone(long step, Metrics metrics) {
                                    heard.add(metrics);
                                }
                            },
                            () -> false,
                            Optional.empty()))
                    .start();
            return new Trained(SavedWeights.of(model, root.resolve("end")), heard);
        }
    }
}
