package org.betatron.torch.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
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
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.pass.ModelPass;
import org.betatron.torch.pass.Transformer;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightLoader;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A model whose layers attend in different ways: one with a narrow window and a rotation of its
/// own, one with another scale and capped scores.
class LayersThatDifferTest {

    private static final double TOLERANCE = 3e-5;
    private static final List<AttentionSpec> LAYERS = List.of(
            new AttentionSpec(4, 2, 8, new RotarySpec(8, 100, null), 5, 1 / Math.sqrt(8), Double.POSITIVE_INFINITY),
            new AttentionSpec(4, 2, 8, new RotarySpec(4, 10000, null), AttentionSpec.WHOLE, 0.6, 2));

    /// Llama with these layers.
    private record Mixed(Architecture family) implements Architecture {

        @Override
        public Blueprint blueprint() {
            return family.blueprint();
        }

        @Override
        public List<AttentionSpec> attention() {
            return LAYERS;
        }

        @Override
        public Tensor layer(int index, Tensor hidden, LayerRun run) {
            return family.layer(index, hidden, run);
        }
    }

    private static final Architecture LLAMA =
            ArchitectureSpec.parse(TinyModels.llama(), "here").architecture();
    private static final Architecture MIXED = new Mixed(LLAMA);

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    /// However much is computed again, in lanes or not.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void waysOfTrainingAgree(Recompute recompute) {
        PackedBatch batch = RandomBatches.batch(9, 5, 2, TinyModels.VOCABULARY, 17);
        try (Parameters weights = weights()) {
            Map<String, float[]> plain = train(MIXED, weights, batch, TestDevice.PLAIN);
            Map<String, float[]> found = train(
                    MIXED,
                    weights,
                    batch,
                    TestDevice.PLAIN
                            .withRecompute(recompute)
                            .withShortLastLayer(true)
                            .withLanes(2));
            found.forEach((name, numbers) -> assertClose(name, numbers, plain.getOrDefault(name, new float[0])));
            assertThat(train(LLAMA, weights, batch, TestDevice.PLAIN).get("log-probs"))
                    .isNotEqualTo(plain.get("log-probs"));
        }
    }

    /// A token at a time, in pieces, and beside others; past the window, and past the first place
    /// of the cache.
    @Test
    void decodingEqualsTheTrainingPass() {
        RandomGenerator random = RandomStreams.stream(5, "tokens", 0);
        int[] tokens = random.ints(60, 0, TinyModels.VOCABULARY).toArray();
        try (Parameters weights = weights();
                Transformer transformer = new Transformer(MIXED, weights, TestDevice.PLAIN)) {
            PackedBatch batch = PackedBatch.builder()
                    .add(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, tokens.length))
                    .build();
            float[] scored = Memory.compute(() -> Memory.withoutGradient(() -> transformer
                    .score(batch, VocabularyRequest.NONE, null, Dropout.NONE)
                    .logProbs()));
            Memory.run(() -> Memory.runWithoutGradient(() -> {
                try (DecodingState state = transformer.startDecoding()) {
                    int sequence = state.begin();
                    int company = state.begin();
                    state.append(new int[] {company}, new int[][] {{1, 2, 3, 4, 5, 6, 7}});
                    int place = 0;
                    for (int count : new int[] {9, 1, 1, 4, 1, 12, 1, 1, 1, 20, 1, 1, 3, 1}) {
                        int[] next = Arrays.copyOfRange(tokens, place, place + count);
                        float[] logits =
                                state.append(new int[] {company, sequence}, new int[][] {{place % 7}, next})[1];
                        place += count;
                        assertThat(logProb(logits, tokens[place]))
                                .as("token %d", place)
                                .isCloseTo(scored[place - 1], within(TOLERANCE));
                    }
                }
            }));
        }
    }

    /// Keys and values keep their own heads: at 32 query heads on 8 a quarter of what 32 would
    /// take.
    @Test
    void cacheHoldsKeyValueHeads() {
        RotarySpec rotary = new RotarySpec(16, 10000, null);
        assertThat(4 * cacheNumbers(AttentionSpec.whole(32, 8, 16, rotary)))
                .isEqualTo(cacheNumbers(AttentionSpec.whole(32, 32, 16, rotary)))
                .isEqualTo(2L * 3 * 32 * 32 * 16); // keys and values, layers, tokens of the smallest place
    }

    private static long cacheNumbers(AttentionSpec layer) {
        return Memory.compute(() -> {
            Tensor beside = Tensors.moved(HostTensors.floats(new float[1]), TestDevice.DEVICE);
            try (KeyValueCache cache =
                    new KeyValueCache(new KeyValueShape(List.of(layer, layer, layer), ScalarType.Float, beside))) {
                CachedSequence sequence = new CachedSequence();
                cache.reserve(sequence, 20);
                KeyValuePool pool = Objects.requireNonNull(sequence.pool());
                long numbers = 0;
                for (int i = 0; i < 3; i++) {
                    numbers += pool.keys(i).numel() + pool.values(i).numel();
                }
                return numbers;
            }
        });
    }

    private static Parameters weights() {
        return WeightLoader.initialize(MIXED.blueprint(), ComputeSpec.DEFAULT.on(TestDevice.DEVICE), 7);
    }

    private static Map<String, float[]> train(
            Architecture architecture, Parameters weights, PackedBatch batch, ComputeSpec compute) {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        try (Transformer transformer = new Transformer(architecture, weights, compute);
                ModelPass pass =
                        transformer.forward(batch, VocabularyRequest.NONE, null, Integer.MAX_VALUE, Dropout.NONE)) {
            numbers.put("log-probs", Objects.requireNonNull(pass.numbers().get(TokenQuantity.LOG_PROB)));
            float[] derivatives = new float[batch.numResponseTokens()];
            Arrays.fill(derivatives, 0.1f);
            pass.backward(Map.of(TokenQuantity.LOG_PROB, derivatives));
        }
        Memory.run(() -> weights.trainable()
                .forEach((name, leaf) -> numbers.put(name, Tensors.toFloats(Gradients.dense(leaf)))));
        weights.clearGradients();
        return numbers;
    }

    private static double logProb(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - logits[token]);
        }
        return -Math.log(sum);
    }

    private static void assertClose(String name, float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s, number %d", name, i)
                    .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
