package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.parallel.BatchPart;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Ways of computing the same thing agree, on random models and ragged batches.
class RandomModelTest {

    private static final double LOG_PROB_TOLERANCE = 1e-5; // nats
    private static final double GRADIENT_TOLERANCE = 1e-5; // of the gradient's norm

    /// Groups of one prompt and one to four responses, each of 1 to 19 tokens.
    private record Groups(List<int[]> prompts, List<List<int[]>> responses) {

        static Groups random(long seed) {
            RandomGenerator random = RandomStreams.stream(seed, "groups", 0);
            Groups groups = new Groups(new ArrayList<>(), new ArrayList<>());
            for (int group = 0; group < 6; group++) {
                groups.prompts.add(RandomBatches.tokens(random, TinyModels.VOCABULARY, 19));
                List<int[]> responses = new ArrayList<>();
                for (int i = 0; i < 1 + group % 4; i++) {
                    responses.add(RandomBatches.tokens(random, TinyModels.VOCABULARY, 19));
                }
                groups.responses.add(responses);
            }
            return groups;
        }

        PackedBatch shared() {
            PackedBatch.Builder builder = PackedBatch.builder();
            for (int group = 0; group < prompts.size(); group++) {
                builder.add(prompts.get(group), responses.get(group).toArray(int[][]::new));
            }
            return builder.build();
        }

        PackedBatch unshared() {
            PackedBatch.Builder builder = PackedBatch.builder();
            for (int group = 0; group < prompts.size(); group++) {
                for (int[] response : responses.get(group)) {
                    builder.add(prompts.get(group), response);
                }
            }
            return builder.build();
        }

        List<PackedBatch> oneByOne() {
            List<PackedBatch> batches = new ArrayList<>();
            for (int group = 0; group < prompts.size(); group++) {
                for (int[] response : responses.get(group)) {
                    batches.add(PackedBatch.builder()
                            .add(prompts.get(group), response)
                            .build());
                }
            }
            return batches;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void packedEqualsUnsharedEqualsOneByOne(String architecture) {
        for (long seed = 1; seed <= 2; seed++) {
            Groups groups = Groups.random(seed);
            try (TorchLanguageModel model = model(architecture, seed)) {
                float[] shared = model.score(groups.shared()).logProbs();
                assertClose(model.score(groups.unshared()).logProbs(), shared);
                assertClose(scoreOneByOne(model, groups.oneByOne()), shared);
                try (ForwardPass pass = model.forward(groups.shared())) {
                    assertThat(pass.numbers().logProbs()).isEqualTo(shared);
                }

                float[] derivatives = derivatives(shared.length, seed);
                Map<String, float[]> expected = gradients(model, List.of(groups.shared()), derivatives);
                assertGradients(gradients(model, List.of(groups.unshared()), derivatives), expected);
                assertGradients(gradients(model, groups.oneByOne(), derivatives), expected);
            }
        }
    }

    /// Each shortcut, and all that save memory, against the plain computation.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void everyWayOfComputing(String architecture) {
        PackedBatch batch = RandomBatches.batch(6, 12, 2, TinyModels.VOCABULARY, 19);
        assertThat(BatchPart.divide(batch, 2)).hasSize(2);
        assertThat(BatchPart.divide(batch, 3)).hasSize(3);
        float[] derivatives = derivatives(batch.numResponseTokens(), 6);
        derivatives[3] = 0;
        ComputeSpec plain = TestDevice.PLAIN;
        float[] expected;
        Map<String, float[]> expectedGradients;
        try (TorchLanguageModel model = model(architecture, 6, plain)) {
            expected = model.score(batch).logProbs();
            expectedGradients = gradients(model, List.of(batch), derivatives);
        }
        for (ComputeSpec compute : List.of(
                TestDevice.PLAIN.withKeptLogitsMiB(1),
                TestDevice.PLAIN.withShortLastLayer(true),
                TestDevice.PLAIN.withRecompute(Recompute.FULL),
                TestDevice.PLAIN.withKeptLogitsMiB(1).withShortLastLayer(true).withRecompute(Recompute.FULL),
                TestDevice.PLAIN.withLanes(2),
                TestDevice.PLAIN.withRecompute(Recompute.SELECTIVE),
                TestDevice.PLAIN
                        .withShortLastLayer(true)
                        .withRecompute(Recompute.FULL)
                        .withLanes(3),
                ComputeSpec.DEFAULT)) {
            try (TorchLanguageModel model = model(architecture, 6, compute)) {
                assertClose(model.score(batch).logProbs(), expected);
                try (ForwardPass pass = model.forward(batch)) {
                    assertClose(pass.numbers().logProbs(), expected);
                }
                assertGradients(gradients(model, List.of(batch), derivatives), expectedGradients);
            }
        }
    }

    /// Parts of a batch run side by side, in whatever order; sums of floats must not show it.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void lanesGiveTheSameBitsEveryTime(String architecture) {
        PackedBatch batch = RandomBatches.batch(7, 12, 2, TinyModels.VOCABULARY, 19);
        assertThat(BatchPart.divide(batch, 3)).hasSize(3);
        float[] derivatives = derivatives(batch.numResponseTokens(), 7);
        ComputeSpec compute = TestDevice.PLAIN
                .withShortLastLayer(true)
                .withRecompute(Recompute.SELECTIVE)
                .withLanes(3);
        try (TorchLanguageModel model = model(architecture, 7, compute)) {
            float[] logProbs = model.score(batch).logProbs();
            Map<String, float[]> first = gradients(model, List.of(batch, batch), twice(derivatives));
            for (int i = 0; i < 20; i++) {
                assertThat(model.score(batch).logProbs()).isEqualTo(logProbs);
                Map<String, float[]> again = gradients(model, List.of(batch, batch), twice(derivatives));
                first.forEach(
                        (name, gradient) -> assertThat(again.get(name)).as(name).isEqualTo(gradient));
            }
        }
    }

    private static float[] twice(float[] values) {
        float[] both = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, both, values.length, values.length);
        return both;
    }

    /// Dropped pairs: no derivative, no gradient, whatever else is in the batch.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void responsesWithoutDerivativeDoNotContribute(String architecture) {
        Groups groups = Groups.random(4);
        List<PackedBatch> oneByOne = groups.oneByOne();
        PackedBatch all = groups.shared();
        float[] derivatives = derivatives(all.numResponseTokens(), 4);
        List<PackedBatch> kept = new ArrayList<>();
        List<Float> keptDerivatives = new ArrayList<>();
        for (int response = 0; response < all.numResponses(); response++) {
            int from = all.logProbOffset(response);
            int to = from + all.responseLength(response);
            if (response % 3 == 0) {
                kept.add(oneByOne.get(response));
                for (int i = from; i < to; i++) {
                    keptDerivatives.add(derivatives[i]);
                }
            } else {
                Arrays.fill(derivatives, from, to, 0);
            }
        }
        float[] keptOnly = new float[keptDerivatives.size()];
        for (int i = 0; i < keptOnly.length; i++) {
            keptOnly[i] = keptDerivatives.get(i);
        }
        try (TorchLanguageModel model = model(architecture, 4)) {
            assertGradients(gradients(model, List.of(all), derivatives), gradients(model, kept, keptOnly));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void decodingEqualsScoring(String architecture) {
        Groups groups = Groups.random(5);
        try (TorchLanguageModel model = model(architecture, 5)) {
            for (PackedBatch sequence : groups.oneByOne()) {
                float[] scored = model.score(sequence).logProbs();
                for (int pieceLength : new int[] {1, 3, 7}) {
                    assertDecoding(model, sequence, pieceLength, scored);
                }
            }
        }
    }

    /// @param pieceLength tokens per append; what follows the last of each piece is compared
    private static void assertDecoding(
            TorchLanguageModel model, PackedBatch sequence, int pieceLength, float[] scored) {
        int[] tokens = sequence.tokenIds();
        int promptLength = sequence.promptLength(0);
        try (Decoder decoder = model.startDecoding()) {
            int number = decoder.begin();
            for (int from = 0; from + pieceLength < tokens.length; from += pieceLength) {
                int next = from + pieceLength;
                float[] logits = decoder.append(number, Arrays.copyOfRange(tokens, from, next));
                if (next >= promptLength) {
                    assertThat(logProb(logits, tokens[next]))
                            .as("token %d in pieces of %d", next, pieceLength)
                            .isCloseTo(scored[next - promptLength], within(LOG_PROB_TOLERANCE));
                }
            }
        }
    }

    private static double logProb(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - logits[token]);
        }
        return -Math.log(sum);
    }

    private static TorchLanguageModel model(String architecture, long seed) {
        return model(architecture, seed, ComputeSpec.DEFAULT);
    }

    private static TorchLanguageModel model(String architecture, long seed, ComputeSpec compute) {
        boolean ownNames = architecture.equals("gpt2"); // which cannot be beside the usual ones
        ObjectNode config = TinyModels.config(architecture)
                .put(ownNames ? "n_layer" : "num_hidden_layers", 3)
                .put(ownNames ? "n_embd" : "hidden_size", 64)
                .put("initializer_range", 0.1);
        return TorchLanguageModel.initialize(config, "random", seed, compute);
    }

    private static float[] scoreOneByOne(TorchLanguageModel model, List<PackedBatch> batches) {
        int numTokens =
                batches.stream().mapToInt(PackedBatch::numResponseTokens).sum();
        float[] all = new float[numTokens];
        int offset = 0;
        for (PackedBatch batch : batches) {
            float[] some = model.score(batch).logProbs();
            System.arraycopy(some, 0, all, offset, some.length);
            offset += some.length;
        }
        return all;
    }

    private static Map<String, float[]> gradients(
            TorchLanguageModel model, List<PackedBatch> batches, float[] derivatives) {
        int offset = 0;
        for (PackedBatch batch : batches) {
            try (ForwardPass pass = model.forward(batch)) {
                int end = offset + batch.numResponseTokens();
                pass.backward(Arrays.copyOfRange(derivatives, offset, end));
                offset = end;
            }
        }
        Map<String, float[]> gradients = Memory.compute(() -> {
            Map<String, float[]> copies = new LinkedHashMap<>();
            model.weights()
                    .values()
                    .forEach((name, weight) -> copies.put(name, Tensors.toFloats(Gradients.dense(weight))));
            return copies;
        });
        model.weights().clearGradients();
        return gradients;
    }

    private static float[] derivatives(int length, long seed) {
        RandomGenerator random = RandomStreams.stream(seed, "derivatives", 0);
        float[] derivatives = new float[length];
        for (int i = 0; i < length; i++) {
            derivatives[i] = (float) random.nextGaussian();
        }
        return derivatives;
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("token %d", i).isCloseTo(expected[i], within(LOG_PROB_TOLERANCE));
        }
    }

    private static void assertGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, gradient) -> {
            float[] wanted = expected.getOrDefault(name, new float[0]);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < gradient.length; i++) {
                difference += Math.pow((double) gradient[i] - wanted[i], 2);
                norm += Math.pow(wanted[i], 2);
            }
            assertThat(Math.sqrt(difference))
                    .as("difference of the gradient of %s", name)
                    .isLessThanOrEqualTo(GRADIENT_TOLERANCE * Math.sqrt(norm));
        });
    }
}
