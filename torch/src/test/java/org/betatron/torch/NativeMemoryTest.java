package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.parallel.BatchPart;
import org.betatron.torch.tensor.DataType;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.AutogradState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every operation gives back what it took, to the last one: owned tensors, JavaCPP's registered native objects and
/// their bytes. Memory that libtorch holds hangs on these.
class NativeMemoryTest {

    private static final PackedBatch BATCH = RandomBatches.batch(7, 4, 2, TinyModels.VOCABULARY, 12);
    private static final int RUNS = 20;

    private TorchLanguageModel model;
    private Optimizer optimizer;
    private float[] derivatives;

    @BeforeEach
    void makeModel() {
        model = TinyModels.model("gpt_neox", 1);
        optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT);
        derivatives = new float[BATCH.numResponseTokens()];
        Arrays.fill(derivatives, -0.01f);
    }

    @AfterEach
    void closeModel() {
        optimizer.close();
        model.close();
    }

    @Test
    void score() throws IOException {
        assertNoLeak(() -> model.score(BATCH));
    }

    @Test
    void trainingStep() throws IOException {
        assertNoLeak(() -> {
            try (ForwardPass pass = model.forward(BATCH)) {
                pass.backward(derivatives);
            }
            optimizer.gradientNorm();
            optimizer.step(1e-4, 0.5);
        });
    }

    @Test
    void trainingStepInBfloat16() throws IOException {
        try (TorchLanguageModel half = TorchLanguageModel.initialize(TinyModels.llama(), "tiny", 1, DataType.BF16);
                Optimizer ofHalf = half.optimizer(OptimizerSpec.RmsProp.DEFAULT)) {
            assertNoLeak(() -> {
                try (ForwardPass pass = half.forward(BATCH)) {
                    pass.backward(derivatives);
                }
                ofHalf.step(1e-4, 1);
            });
        }
    }

    @Test
    void trainingStepOfBf16Weights(@TempDir Path directory) throws IOException {
        ComputeSpec compute = TestDevice.PLAIN
                .withPrecision(DataType.BF16)
                .withWeights(DataType.BF16)
                .withKeptLogitsMiB(1)
                .withShortLastLayer(true)
                .withRecompute(Recompute.FULL)
                .withMoments(DataType.BF16)
                .withLanes(2);
        model.save(directory, DataType.BF16);
        try (TorchLanguageModel half = TorchLanguageModel.load(directory, compute);
                Optimizer ofHalf = half.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            assertNoLeak(() -> {
                try (ForwardPass pass = half.forward(BATCH)) {
                    pass.backward(derivatives);
                }
                ofHalf.gradientNorm();
                ofHalf.step(1e-4, 0.5);
            });
            assertNoLeak(() -> TorchLanguageModel.load(directory, compute).close());
        }
    }

    @Test
    void trainingStepOnLanes() throws IOException {
        PackedBatch wide = RandomBatches.batch(3, 9, 2, TinyModels.VOCABULARY, 12);
        assertThat(BatchPart.divide(wide, 3)).hasSize(3);
        ComputeSpec sideBySide = TestDevice.PLAIN
                .withKeptLogitsMiB(1)
                .withShortLastLayer(true)
                .withRecompute(Recompute.SELECTIVE)
                .withLanes(3);
        float[] ofWide = new float[wide.numResponseTokens()];
        Arrays.fill(ofWide, 0.1F);
        try (TorchLanguageModel onLanes = TorchLanguageModel.initialize(TinyModels.neox(), "tiny", 1, sideBySide)) {
            assertNoLeak(() -> {
                onLanes.score(wide);
                try (ForwardPass pass = onLanes.forward(wide)) {
                    pass.backward(ofWide);
                }
                onLanes.forward(wide).close();
                onLanes.weights().clearGradients();
            });
        }
    }

    @Test
    void trainingStepThatRecomputes() throws IOException {
        ComputeSpec frugal = TestDevice.PLAIN.withShortLastLayer(true).withRecompute(Recompute.FULL);
        try (TorchLanguageModel recomputing = TorchLanguageModel.initialize(TinyModels.neox(), "tiny", 1, frugal)) {
            assertNoLeak(() -> {
                try (ForwardPass pass = recomputing.forward(BATCH)) {
                    pass.backward(derivatives);
                }
                recomputing.forward(BATCH).close();
                recomputing.weights().clearGradients();
            });
        }
    }

    @Test
    void rewardModel(@TempDir Path directory) throws IOException {
        model.save(directory);
        for (Recompute recompute : Recompute.values()) {
            ComputeSpec compute = TestDevice.PLAIN.withShortLastLayer(true).withRecompute(recompute);
            try (TorchRewardModel scoring = TorchRewardModel.begin(directory, -1, 1, compute);
                    Optimizer ofScoring = scoring.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
                assertNoLeak(() -> {
                    scoring.score(BATCH);
                    try (ForwardPass pass = scoring.forward(BATCH)) {
                        pass.backward(Map.of(TokenQuantity.SCORE, derivatives));
                    }
                    scoring.forward(BATCH).close();
                    ofScoring.step(1e-4, 1);
                });
            }
            long live = Owned.liveCount();
            TorchRewardModel.begin(directory, -1, 1, compute).close();
            assertThat(Owned.liveCount()).isEqualTo(live);
        }
    }

    @Test
    void forwardPassClosedWithoutBackward() throws IOException {
        model.score(BATCH); // makes the rotary table, which the model keeps
        long live = Owned.liveCount();
        try (ForwardPass _ = model.forward(BATCH)) {
            assertThat(Owned.liveCount()).isEqualTo(live + 2 * (2 + 4 + 4) + 1 + 1 + 1);
            // of each layer both ends and, of its four matrices, inputs and biases; states of the part and for the
            // head; kept log-probs
        }
        assertThat(Owned.liveCount()).isEqualTo(live);
        assertNoLeak(() -> model.forward(BATCH).close());
    }

    @Test
    void refusedBackward() throws IOException {
        float[] bad = derivatives.clone();
        bad[0] = Float.NaN;
        assertNoLeak(() -> {
            try (ForwardPass pass = model.forward(BATCH)) {
                pass.backward(bad);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("finite");
            }
        });
    }

    @Test
    void decode() throws IOException {
        assertNoLeak(() -> {
            try (Decoder decoder = model.startDecoding()) {
                int first = decoder.begin();
                decoder.append(first, 1, 2, 3, 4, 5);
                int second = decoder.fork(first);
                decoder.append(new int[] {first, second}, new int[][] {{6, 7}, {8}});
                decoder.append(first, new int[30]); // moves to a larger place
                decoder.end(first);
                decoder.append(second, 9);
            }
        });
    }

    @Test
    void saveAndLoad(@TempDir Path directory) throws IOException {
        assertNoLeak(() -> model.save(directory));
        assertNoLeak(() ->
                TorchLanguageModel.load(directory, TestDevice.in(DataType.FP32)).close());
        assertNoLeak(() -> TinyModels.model("llama", 1).close());
        Path state = directory.resolve("optimizer.safetensors");
        assertNoLeak(() -> {
            optimizer.save(state);
            optimizer.load(state);
        });
        assertNoLeak(() -> model.optimizer(OptimizerSpec.AdamW.DEFAULT).close());
    }

    /// A guard that switches recording off must not stay on behind an operation.
    @Test
    void gradientModeIsRestored() {
        optimizer.step(1e-4, 1);
        optimizer.gradientNorm();
        model.score(BATCH);
        try (Decoder decoder = model.startDecoding()) {
            decoder.append(decoder.begin(), 1);
        }
        assertThat(AutogradState.get_tls_state().get_grad_mode()).isTrue();
        assertThatNoException().isThrownBy(() -> {
            try (ForwardPass pass = model.forward(BATCH)) {
                pass.backward(derivatives);
            }
        });
        assertThat(optimizer.gradientNorm()).isPositive();
    }

    private interface Operation {
        void run() throws IOException;
    }

    private static void assertNoLeak(Operation operation) throws IOException {
        for (int i = 0; i < RUNS; i++) {
            operation.run();
        }
        long live = Owned.liveCount();
        long objects = Pointer.totalCount();
        long bytes = Pointer.totalBytes();
        for (int i = 0; i < RUNS; i++) {
            operation.run();
        }
        assertThat(Owned.liveCount()).as("owned tensors").isEqualTo(live);
        assertThat(Pointer.totalCount()).as("native objects").isEqualTo(objects);
        assertThat(Pointer.totalBytes()).as("bytes of native objects").isEqualTo(bytes);
    }
}
