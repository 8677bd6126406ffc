package org.betatron.torch.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.TestDevice;
import org.betatron.torch.TinyModels;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.architecture.LayerRun;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.EmbeddingPart;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightLoader;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An embedding that is multiplied by a factor before the first layer, tied to the head or not.
class ScaledEmbeddingTest {

    private static final double SCALE = 3;
    private static final double STEP = 1e-2;
    private static final PackedBatch BATCH = RandomBatches.batch(2, 2, 2, TinyModels.VOCABULARY, 6);

    /// A family whose embedding is scaled, and which is like another one otherwise.
    private record Scaled(Architecture family) implements Architecture {

        @Override
        public Blueprint blueprint() {
            Blueprint plain = family.blueprint();
            EmbeddingPart embedding = plain.embedding();
            return new Blueprint(
                    plain.classes(),
                    new EmbeddingPart(embedding.name(), embedding.rows(), embedding.width(), SCALE),
                    plain.layers(),
                    plain.finalNorm(),
                    plain.vocabulary(),
                    plain.kind(),
                    plain.deviation(),
                    plain.ignoredEndings());
        }

        @Override
        public List<AttentionSpec> attention() {
            return family.attention();
        }

        @Override
        public Tensor layer(int index, Tensor hidden, LayerRun run) {
            return family.layer(index, hidden, run);
        }
    }

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @ParameterizedTest
    @CsvSource({"NONE, false", "SELECTIVE, false", "FULL, true", "SELECTIVE, true"})
    void gradientIsThatOfDifferences(Recompute recompute, boolean tied) {
        Architecture architecture =
                new Scaled(ArchitectureSpec.parse(TinyModels.llama().put("tie_word_embeddings", tied), "here")
                        .architecture());
        ComputeSpec compute = TestDevice.PLAIN.withRecompute(recompute);
        try (Parameters weights = WeightLoader.initialize(architecture.blueprint(), compute, 3);
                Transformer transformer = new Transformer(architecture, weights, compute)) {
            Tensor embedding = weights.get("model.embed_tokens.weight").values();
            try (ModelPass pass =
                    transformer.forward(BATCH, VocabularyRequest.NONE, null, Integer.MAX_VALUE, Dropout.NONE)) {
                float[] ones = new float[BATCH.numResponseTokens()];
                Arrays.fill(ones, 1);
                pass.backward(Map.of(TokenQuantity.LOG_PROB, ones));
            }
            float[] gradient = Memory.compute(() -> Tensors.toFloats(Gradients.dense(embedding)));
            int width = (int) architecture.blueprint().embedding().width();
            for (int token : new int[] {BATCH.tokenIds()[0], BATCH.tokenIds()[3], BATCH.tokenIds()[7]}) {
                for (int column = 0; column < width; column += 11) {
                    int at = token * width + column;
                    double above = moved(transformer, embedding, at, STEP);
                    double below = moved(transformer, embedding, at, -STEP);
                    assertThat((double) gradient[at])
                            .isCloseTo(
                                    (above - below) / (2 * STEP), within(5e-3 * Math.max(1, Math.abs(gradient[at]))));
                }
            }
        }
    }

    private static double moved(Transformer transformer, Tensor embedding, int at, double by) {
        return Memory.compute(() -> Memory.withoutGradient(() -> {
            Tensor number = embedding.view(-1).narrow(0, at, 1);
            Tensor before = number.clone();
            number.add_(Tensors.scalar(by));
            double sum = 0;
            for (float logProb : transformer
                    .score(BATCH, VocabularyRequest.NONE, null, Dropout.NONE)
                    .of(TokenQuantity.LOG_PROB)) {
                sum += logProb;
            }
            number.copy_(before);
            return sum;
        }));
    }
}
