package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// A model computes where its weights lie, and the same everywhere: whole steps on another device than the
/// processor, compared with the processor. A tensor made in the processor's memory by mistake is refused there,
/// without a graphics card.
///
/// What it cannot show: that CUDA has every kernel, and its rounding.
class SecondDeviceTest {

    /// Of the largest number of a kind, or of 1.
    private static final double TOLERANCE = 1e-5;

    /// Eight bits, added up in another order.
    private static final double BF16_TOLERANCE = 0.05;

    /// So small that the embedding's gradient is a full matrix: the second device has no sparse ones.
    private static final int VOCABULARY = 31;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startSecondDevice() {
        SecondDevice.start();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt_neox, FP32, NONE, 0, FP32",
        "gpt_neox, BF16, SELECTIVE, 64, BF16",
        "llama, FP32, SELECTIVE, 64, BF16",
        "llama, BF16, FULL, 0, FP32"
    })
    void trains(String architecture, DataType precision, Recompute recompute, int kept, DataType moments)
            throws IOException {
        ObjectNode config = config(architecture);
        ComputeSpec compute = ComputeSpec.PLAIN
                .withPrecision(precision)
                .withKeptLogitsMiB(kept)
                .withShortLastLayer(recompute != Recompute.NONE)
                .withRecompute(recompute)
                .withMoments(moments);
        Map<String, float[]> here;
        Map<String, float[]> there;
        try (TorchLanguageModel model = TorchLanguageModel.initialize(config, "tiny", 1, compute);
                TorchLanguageModel reference = TorchLanguageModel.initialize(config, "tiny", 2, compute)) {
            try (TorchLanguageModel movedModel = moved(model, config, compute);
                    TorchLanguageModel movedReference = moved(reference, config, compute)) {
                there = step(movedModel, movedReference, compute, directory.resolve("there"));
            }
            here = step(model, reference, compute, directory.resolve("here"));
        }
        assertSame(there, here, precision == DataType.FP32 ? TOLERANCE : BF16_TOLERANCE);
    }

    private static Map<String, float[]> step(
            TorchLanguageModel model, TorchLanguageModel reference, ComputeSpec compute, Path directory)
            throws IOException {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        PackedBatch batch = RandomBatches.batch(1, 2, 2, VOCABULARY, 5);
        VocabularyRequest request =
                new VocabularyRequest(EnumSet.complementOf(EnumSet.of(TokenQuantity.SCORE)), 0.3, reference);
        RandomGenerator random = RandomStreams.stream(1, "derivatives", 0);
        float[] derivatives = new float[batch.numResponseTokens()];
        float[] divergences = new float[batch.numResponseTokens()];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = i % 3 == 0 ? 0 : (float) random.nextGaussian(); // some rows teach nothing: left out
            divergences[i] = (float) random.nextGaussian();
        }
        try (TorchOptimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            put(numbers, "scored", model.score(batch, request), request.quantities());
            try (ForwardPass pass = model.forward(batch, request)) {
                put(numbers, "forward", pass.numbers(), request.quantities());
                pass.backward(Map.of(TokenQuantity.LOG_PROB, derivatives, TokenQuantity.REFERENCE_KL, divergences));
            }
            numbers.put("gradient norm", new float[] {(float) optimizer.gradientNorm()});
            putGradients(numbers, model.weights());
            optimizer.step(1e-3, 0.5);
            optimizer.save(directory.resolveSibling(directory.getFileName() + ".safetensors"));
            optimizer.load(directory.resolveSibling(directory.getFileName() + ".safetensors"));
        }
        if (compute.weights() == DataType.FP32) {
            model.moveTowards(reference, 0.5);
        }
        model.save(directory);
        try (TorchLanguageModel saved = TorchLanguageModel.load(directory, ComputeSpec.DEFAULT)) {
            numbers.put("saved", saved.score(batch).logProbs());
        }
        return numbers;
    }

    private static void put(
            Map<String, float[]> numbers, String name, TokenNumbers logProbs, Set<TokenQuantity> quantities) {
        numbers.put(name, logProbs.logProbs());
        for (int response = 0; response < logProbs.batch().numResponses(); response++) {
            for (TokenQuantity quantity : quantities) {
                numbers.put(
                        name + " " + quantity + " " + response, new float[] {(float) logProbs.sum(quantity, response)});
            }
        }
    }

    private static void putGradients(Map<String, float[]> numbers, Parameters weights) {
        Memory.run(() -> weights.values()
                .forEach((name, weight) ->
                        numbers.put("gradient of " + name, Tensors.toFloats(Gradients.dense(weight)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void decodes(String architecture) {
        ObjectNode config = config(architecture);
        try (TorchLanguageModel model = TorchLanguageModel.initialize(config, "tiny", 1, ComputeSpec.DEFAULT);
                TorchLanguageModel movedModel = moved(model, config, ComputeSpec.DEFAULT)) {
            float[][] here = decode(model);
            float[][] there = decode(movedModel);
            assertThat(there).hasDimensions(here.length, VOCABULARY);
            for (int i = 0; i < here.length; i++) {
                assertThat(there[i]).containsExactly(here[i], within(1e-4f));
            }
        }
    }

    private static float[][] decode(TorchLanguageModel model) {
        try (Decoder decoder = model.startDecoding()) {
            List<float[]> logits = new ArrayList<>();
            int first = decoder.begin();
            int second = decoder.begin();
            append(logits, decoder, new int[] {first, second}, 7, 1);
            int third = decoder.fork(first);
            // Single tokens of one pool, a longer piece after a past, and a move to a larger place.
            append(logits, decoder, new int[] {first, second, third}, 1, 1, 3);
            append(logits, decoder, new int[] {first, second}, 40, 1);
            decoder.end(first);
            append(logits, decoder, new int[] {second, third}, 1, 2);
            return logits.toArray(float[][]::new);
        }
    }

    private static void append(List<float[]> logits, Decoder decoder, int[] sequences, int... lengths) {
        int[][] tokens = new int[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            int start = logits.size() + i;
            tokens[i] = new int[lengths[i]];
            Arrays.setAll(tokens[i], t -> (31 * start + 7 * t) % VOCABULARY);
        }
        logits.addAll(List.of(decoder.append(sequences, tokens)));
    }

    @ParameterizedTest
    @CsvSource({"gpt_neox, GPTNeoX", "llama, Llama"})
    void trainsRewardModels(String architecture, String name) {
        ObjectNode config = config(architecture);
        config.putArray("architectures").add(name + "ForSequenceClassification");
        config.putObject("id2label").put("0", "LABEL_0");
        ArchitectureSpec spec = ArchitectureSpec.parse(config, "here");
        Parameters weights = WeightLoader.initialize(spec.architecture().blueprint(), ComputeSpec.DEFAULT, 1);
        try (TorchRewardModel movedModel =
                        new TorchRewardModel(config, spec, SecondDevice.copied(weights), ComputeSpec.DEFAULT);
                TorchRewardModel model = new TorchRewardModel(config, spec, weights, ComputeSpec.DEFAULT)) {
            assertSame(rewardStep(movedModel), rewardStep(model), TOLERANCE);
        }
    }

    @Test
    void trainsAdaptersWithDropout() {
        ObjectNode config = config("llama");
        try (TorchLanguageModel model = TorchLanguageModel.initialize(config, "tiny", 1, ComputeSpec.DEFAULT);
                TorchLanguageModel movedModel = moved(model, config, ComputeSpec.DEFAULT)) {
            assertSame(adapterStep(movedModel), adapterStep(model), TOLERANCE);
        }
    }

    private static Map<String, float[]> adapterStep(TorchLanguageModel model) {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        model.adapt(new Lora(2, 4, Lora.DEFAULT.targets(), false, false, 0.3), "tiny", 1);
        PackedBatch batch = RandomBatches.batch(1, 2, 2, VOCABULARY, 5);
        float[] derivatives = new float[batch.numResponseTokens()];
        Arrays.fill(derivatives, -0.5f);
        try (ForwardPass pass = model.dropping(3).forward(batch)) {
            numbers.put("forward", pass.numbers().logProbs());
            pass.backward(derivatives);
        }
        Memory.run(() -> model.weights()
                .trainable()
                .forEach((name, leaf) -> numbers.put(name, Tensors.toFloats(Gradients.dense(leaf)))));
        return numbers;
    }

    private static Map<String, float[]> rewardStep(TorchRewardModel model) {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        PackedBatch batch = RandomBatches.batch(1, 2, 2, VOCABULARY, 5);
        float[] derivatives = new float[batch.numResponseTokens()];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = i % 2 == 0 ? 1 : -0.5f;
        }
        try (TorchOptimizer optimizer = model.optimizer(OptimizerSpec.RmsProp.DEFAULT)) {
            numbers.put("scored", model.score(batch).of(TokenQuantity.SCORE));
            try (ForwardPass pass = model.forward(batch)) {
                pass.backward(Map.of(TokenQuantity.SCORE, derivatives));
            }
            putGradients(numbers, model.weights());
            optimizer.step(1e-3, 1);
            numbers.put("scored again", model.score(batch).of(TokenQuantity.SCORE));
        }
        return numbers;
    }

    private static TorchLanguageModel moved(TorchLanguageModel model, ObjectNode config, ComputeSpec compute) {
        return new TorchLanguageModel(
                config, ArchitectureSpec.parse(config, "here"), SecondDevice.copied(model.weights()), compute);
    }

    private static void assertSame(Map<String, float[]> there, Map<String, float[]> here, double tolerance) {
        assertThat(there.keySet()).isEqualTo(here.keySet());
        here.forEach((name, expected) -> assertThat(there.get(name)).as(name).containsExactly(expected, within((float)
                (tolerance * Math.max(1, largest(expected))))));
    }

    private static ObjectNode config(String architecture) {
        return TinyModels.config(architecture).put("vocab_size", VOCABULARY);
    }

    private static double largest(float[] numbers) {
        double largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }
}
