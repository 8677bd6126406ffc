package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
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
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// How an optimizer batch of 8 pairs is cut for the machine does not change its update under beta-DPO: the
/// decision is made over the whole batch.
///
/// The optimizer is AdamW with an epsilon of 1, so that an update is proportional to its gradient; with
/// the usual 1e-8 it is the sign of the gradient, which rounding decides where the gradient is zero.
class BatchInvarianceTest {

    private static final int KEEP_GRAPHS = 1;
    private static final int COMPUTE_TWICE = 0;
    private static final float LEARNING_RATE = 1;

    @TempDir
    private Path directory;

    private List<TokenizedPair> pairs = List.of();
    private int runs;

    @BeforeEach
    void read() throws IOException {
        pairs = RecordedRun.pairs().subList(0, 8);
        // Another model than the start, so that gaps differ and the selection drops pairs at once.
        ObjectNode config = (ObjectNode) RecordedRun.json("start/config.json");
        try (TorchLanguageModel other = TorchLanguageModel.initialize(config, "config.json", 5, DataType.FP32)) {
            RecordedRun.reference(directory.resolve("reference"), other, pairs).close();
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "1, 1", "8, 0", "4, 0", "1, 0", "3, 0"})
    void updateIsTheSame(int microBatchSize, double graphMemory) throws IOException {
        Map<String, float[]> start = SavedWeights.read(RecordedRun.path("start"));
        Map<String, float[]> whole = oneStep(8, KEEP_GRAPHS, AlignmentSpec.DEFAULT);
        Map<String, float[]> cut = oneStep(microBatchSize, graphMemory, AlignmentSpec.DEFAULT);

        float largestUpdate = largestDifference(start, whole);
        assertThat(largestUpdate).isGreaterThan(0.01f);
        // Sums over other partitions, in single precision.
        assertThat(largestDifference(whole, cut)).isLessThan(1e-5f * largestUpdate);
    }

    @Test
    void decisionsPerMicroBatchDoDependOnIt() throws IOException {
        Map<String, float[]> whole = oneStep(8, KEEP_GRAPHS, AlignmentSpec.PUBLISHED_CODE);
        Map<String, float[]> cut = oneStep(4, COMPUTE_TWICE, AlignmentSpec.PUBLISHED_CODE);

        assertThat(largestDifference(whole, cut)).isGreaterThan(1e-3f);
    }

    private Map<String, float[]> oneStep(int microBatchSize, double graphMemory, AlignmentSpec alignment)
            throws IOException {
        Path root = Files.createDirectory(directory.resolve("run-" + runs++));
        TrainSpec spec = new TrainSpec(
                new TrainLength.Steps(1),
                8,
                microBatchSize,
                2048,
                true,
                LEARNING_RATE,
                0,
                Decay.CONSTANT,
                0,
                Double.POSITIVE_INFINITY,
                0,
                0,
                1,
                1,
                graphMemory,
                3,
                List.of());
        try (TorchLanguageModel model = RecordedRun.startModel();
                MappedReferenceLogProbs reference = RecordedRun.openReference(directory.resolve("reference"), pairs);
                Optimizer optimizer = model.optimizer(new OptimizerSpec.AdamW(0.9, 0.999, 1, 0))) {
            var trainer = new Trainer<>(new TrainingJob<>(
                    spec,
                    model,
                    List.of(Learner.of(model, optimizer)),
                    new PreferenceRule(
                            alignment.create(),
                            new FixedRows<>(pairs, position -> (int) position),
                            new Reference.Cached(reference),
                            microBatchSize,
                            3),
                    Evaluation.none(),
                    new RunIdentity(Settings.NONE, "recipe", "rows"),
                    RunDirectory.create(root.resolve("run"), "", SideFiles.NONE),
                    TrainingListener.NONE,
                    () -> false,
                    Optional.empty()));
            trainer.start();
            return SavedWeights.of(model, root.resolve("end"));
        }
    }

    private static float largestDifference(Map<String, float[]> left, Map<String, float[]> right) {
        float largest = 0;
        for (Map.Entry<String, float[]> tensor : left.entrySet()) {
            float[] other = Objects.requireNonNull(right.get(tensor.getKey()), tensor.getKey());
            for (int i = 0; i < other.length; i++) {
                largest = Math.max(largest, Math.abs(tensor.getValue()[i] - other[i]));
            }
        }
        return largest;
    }
}
