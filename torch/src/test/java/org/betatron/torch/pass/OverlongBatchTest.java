package org.betatron.torch.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.TestDevice;
import org.betatron.torch.TinyModels;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightLoader;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A batch with more tokens than graphs may be kept of.
class OverlongBatchTest {

    private static final int LAYERS = 4;
    private static final Architecture ARCHITECTURE = ArchitectureSpec.parse(
                    TinyModels.llama().put("num_hidden_layers", LAYERS), "here")
            .architecture();
    private static final PackedBatch BATCH = RandomBatches.batch(5, 3, 2, TinyModels.VOCABULARY, 12);

    /// @param gradients of all weights
    /// @param kept      tensors that existed between the passes
    private record Result(List<float[]> gradients, long kept) {}

    @BeforeAll
    static void load() {
        NativeLibraries.load();
    }

    @Test
    void itsLastLayersKeepTheirGraphsAndTheGradientIsTheSame() {
        Result all = run(BATCH.numTokens());
        List<Result> others = Stream.of(3, 2, 1, 0)
                .map(layers -> run(Math.max(1, Math.ceilDiv(BATCH.numTokens() * layers, LAYERS))))
                .toList();
        assertThat(run(Integer.MAX_VALUE).kept()).isEqualTo(all.kept());
        long more = all.kept();
        for (Result result : others) {
            assertThat(result.kept()).isLessThan(more);
            more = result.kept();
            for (int i = 0; i < all.gradients().size(); i++) {
                assertThat(result.gradients().get(i)).isEqualTo(all.gradients().get(i));
            }
        }
    }

    private static Result run(int tokens) {
        ComputeSpec compute = ComputeSpec.DEFAULT.on(TestDevice.DEVICE).withLanes(1);
        try (Parameters weights = WeightLoader.initialize(ARCHITECTURE.blueprint(), compute, 7);
                Transformer transformer = new Transformer(ARCHITECTURE, weights, compute)) {
            float[] derivatives = new float[BATCH.numResponseTokens()];
            for (int i = 0; i < derivatives.length; i++) {
                derivatives[i] = i % 3 - 1.2F;
            }
            long before = Owned.liveCount();
            long kept;
            try (ModelPass pass = transformer.forward(BATCH, VocabularyRequest.NONE, null, tokens, Dropout.NONE)) {
                kept = Owned.liveCount() - before;
                pass.backward(Map.of(TokenQuantity.LOG_PROB, derivatives));
            }
            List<float[]> gradients = new ArrayList<>();
            Memory.run(() -> {
                for (Tensor leaf : weights.trainable().values()) {
                    gradients.add(Tensors.toFloats(Gradients.dense(leaf)));
                }
            });
            return new Result(gradients, kept);
        }
    }
}
