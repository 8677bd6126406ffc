package org.betatron.torch.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.torch.TinyModels;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers of the whole vocabulary against plain double precision on logits that the decoder gives, and the
/// gradient of the divergence against that of the log-probabilities of every token.
class VocabularyStatisticsTest {

    private static final double EXTRAPOLATION = 0.3;
    private static final int V = TinyModels.VOCABULARY;

    private static final int[] PROMPT = tokens(1, 7);
    private static final int[] RESPONSE = tokens(2, 9);

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void numbersAreThoseOfThePlainDefinition(String architecture) {
        try (TorchLanguageModel model = TinyModels.model(architecture, 1);
                TorchLanguageModel reference = TinyModels.model(architecture, 2)) {
            PackedBatch batch =
                    PackedBatch.builder().add(PROMPT, RESPONSE, tokens(3, 1)).build();
            VocabularyRequest request = new VocabularyRequest(
                    EnumSet.complementOf(EnumSet.of(TokenQuantity.SCORE)), EXTRAPOLATION, reference);
            double[][] policy = logProbs(model);
            double[][] other = logProbs(reference);
            TokenNumbers scored = model.score(batch, request);
            for (TokenQuantity quantity : scored.all().keySet()) {
                double expected = 0;
                for (int t = 0; t < RESPONSE.length; t++) {
                    expected += plain(quantity, policy[t], other[t], RESPONSE[t]);
                }
                assertThat(scored.sum(quantity, 0)).as(quantity.name()).isCloseTo(expected, within(2e-4));
                try (ForwardPass pass = model.forward(batch, request)) {
                    assertThat(pass.numbers().sum(quantity, 0)).isEqualTo(scored.sum(quantity, 0));
                    assertThat(pass.numbers().sum(quantity, 1)).isEqualTo(scored.sum(quantity, 1));
                }
            }
            assertThat(scored.logProbs()).isEqualTo(model.score(batch).logProbs());
        }
    }

    /// `KL(q || p) = -sum_v q_v log p_v + constant`: its gradient is that of the log-probabilities of all tokens,
    /// weighted by `-q`.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void gradientOfTheDivergenceIsThatOfAllLogProbs(String architecture) {
        try (TorchLanguageModel model = TinyModels.model(architecture, 1);
                TorchLanguageModel reference = TinyModels.model(architecture, 2)) {
            double[][] other = logProbs(reference);
            double[] factors = {0.5, -1, 0, 2, 0.25, 0, 0, 1, -0.125};
            double[] derivatives = {0, 1, 0.5, 0, 0, -2, 0, 0.25, 1};
            for (int t = 0; t < RESPONSE.length; t++) {
                PackedBatch.Builder builder = PackedBatch.builder();
                int[] prompt = new int[PROMPT.length + t];
                System.arraycopy(PROMPT, 0, prompt, 0, PROMPT.length);
                System.arraycopy(RESPONSE, 0, prompt, PROMPT.length, t);
                int[][] every = new int[V][];
                float[] weights = new float[V];
                for (int v = 0; v < V; v++) {
                    every[v] = new int[] {v};
                    weights[v] =
                            (float) (-factors[t] * Math.exp(other[t][v]) + (v == RESPONSE[t] ? derivatives[t] : 0));
                }
                try (ForwardPass pass = model.forward(builder.add(prompt, every).build())) {
                    pass.backward(weights);
                }
            }
            Map<String, float[]> expected = takeGradients(model);

            VocabularyRequest request = new VocabularyRequest(Set.of(TokenQuantity.REFERENCE_KL), 0, reference);
            try (ForwardPass pass =
                    model.forward(PackedBatch.builder().add(PROMPT, RESPONSE).build(), request)) {
                pass.backward(Map.of(
                        TokenQuantity.LOG_PROB, floats(derivatives), TokenQuantity.REFERENCE_KL, floats(factors)));
            }
            Map<String, float[]> gradients = takeGradients(model);
            double norm = Math.sqrt(squares(expected));
            assertThat(norm).isPositive();
            expected.forEach((name, values) -> {
                for (int i = 0; i < values.length; i++) {
                    assertThat((double) Objects.requireNonNull(gradients.get(name))[i])
                            .as("%s[%d]", name, i)
                            .isCloseTo(values[i], within(1e-5 * norm));
                }
            });
            assertThat(squares(takeGradients(reference))).isZero();
        }
    }

    /// Of numbers in float32, so a step has to be wide and what it shows is coarse.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void entropyHasItsOwnGradient(String architecture) {
        PackedBatch batch = PackedBatch.builder().add(PROMPT, RESPONSE).build();
        VocabularyRequest request = new VocabularyRequest(Set.of(TokenQuantity.ENTROPY), 0, null);
        float[] factors = new float[RESPONSE.length];
        for (int t = 0; t < factors.length; t++) {
            factors[t] = 1 + t;
        }
        try (TorchLanguageModel model = TinyModels.model(architecture, 1)) {
            try (ForwardPass pass = model.forward(batch, request)) {
                pass.backward(Map.of(TokenQuantity.ENTROPY, factors));
            }
            Map<String, float[]> gradients = takeGradients(model);
            double squares = squares(gradients);
            assertThat(squares).isPositive();
            // Along the gradient, the sum grows by step * |g|^2.
            double step = 5e-3 / Math.sqrt(squares);
            double growth = weighted(model, batch, request, factors, gradients, step)
                    - weighted(model, batch, request, factors, gradients, -2 * step);
            assertThat(growth / (2 * step * squares)).isCloseTo(1, within(0.02));
        }
    }

    /// @return the sum of entropies after every weight moved along its gradient
    private static double weighted(
            TorchLanguageModel model,
            PackedBatch batch,
            VocabularyRequest request,
            float[] factors,
            Map<String, float[]> gradients,
            double step) {
        Memory.runWithoutGradient(() -> Memory.run(() -> gradients.forEach((name, values) -> {
            Tensor weight = model.weights().get(name).values();
            weight.detach().add_(Tensors.floats(values, weight).view(weight.sizes()), new Scalar(step));
        })));
        float[] entropies = model.score(batch, request).of(TokenQuantity.ENTROPY);
        double sum = 0;
        for (int t = 0; t < factors.length; t++) {
            sum += factors[t] * entropies[t];
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void movingTowardsAnotherModelBlendsItsWeights(String architecture) {
        PackedBatch batch = PackedBatch.builder().add(PROMPT, RESPONSE).build();
        try (TorchLanguageModel model = TinyModels.model(architecture, 1);
                TorchLanguageModel other = TinyModels.model(architecture, 2)) {
            String name = model.weights().names().getFirst();
            float before = first(model, name);
            model.moveTowards(other, 0.25);
            assertThat(first(model, name)).isCloseTo(0.75f * before + 0.25f * first(other, name), within(1e-6f));
            model.moveTowards(other, 1);
            assertThat(model.score(batch).logProbs())
                    .isEqualTo(other.score(batch).logProbs());
        }
        try (TorchLanguageModel model = TinyModels.model(architecture, 1);
                TinyLanguageModel other = TinyLanguageModel.random(V, 4, 64, 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.moveTowards(other, 1))
                    .withMessage("other must be a model with the same weights");
            VocabularyRequest request = new VocabularyRequest(Set.of(TokenQuantity.REFERENCE_KL), 0, other);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.score(batch, request))
                    .withMessage("reference must be a TorchLanguageModel like the model but was a TinyLanguageModel");
            try (ForwardPass pass = model.forward(batch)) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> pass.backward(Map.of(TokenQuantity.REFERENCE_KL, new float[9])))
                        .withMessage("REFERENCE_KL was not asked for in the forward pass");
            }
        }
    }

    private static float first(TorchLanguageModel model, String name) {
        return Memory.compute(() -> Tensors.toFloats(model.weights().get(name).values())[0]);
    }

    private static double plain(TokenQuantity quantity, double[] logP, double[] logQ, int target) {
        double sum = 0;
        double normalizer = 0;
        boolean isTowards = quantity == TokenQuantity.INTERPOLATED || quantity == TokenQuantity.INTERPOLATED_KL;
        double sign = isTowards ? -1 : 1;
        double mean = 0;
        for (int v = 0; v < V; v++) {
            sum += switch (quantity) {
                case ENTROPY -> -Math.exp(logP[v]) * logP[v];
                case REFERENCE_KL -> Math.exp(logQ[v]) * (logQ[v] - logP[v]);
                case LOG_COLLISION -> Math.exp(2 * logP[v]);
                default -> 0;
            };
            double logit = (1 + sign * EXTRAPOLATION) * logP[v] - sign * EXTRAPOLATION * logQ[v];
            normalizer += Math.exp(logit);
            mean += Math.exp(logit) * (logit - logQ[v]);
        }
        return switch (quantity) {
            case REFERENCE_LOG_PROB -> logQ[target];
            case SCORE -> throw new AssertionError("not one of the vocabulary");
            case LOG_PROB -> logP[target];
            case REFERENCE_KL, ENTROPY -> sum;
            case LOG_COLLISION -> Math.log(sum);
            case EXTRAPOLATED, INTERPOLATED ->
                (1 + sign * EXTRAPOLATION) * logP[target] - sign * EXTRAPOLATION * logQ[target] - Math.log(normalizer);
            case EXTRAPOLATED_KL, INTERPOLATED_KL -> mean / normalizer - Math.log(normalizer);
        };
    }

    /// @return log-probabilities of all tokens at each token of the response, `[t][v]`
    private static double[][] logProbs(TorchLanguageModel model) {
        double[][] all = new double[RESPONSE.length][];
        try (Decoder decoder = model.startDecoding()) {
            int sequence = decoder.begin();
            float[] logits = decoder.append(sequence, PROMPT);
            for (int t = 0; t < RESPONSE.length; t++) {
                all[t] = logSoftmax(logits);
                logits = decoder.append(sequence, RESPONSE[t]);
            }
        }
        return all;
    }

    private static double[] logSoftmax(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double[] logProbs = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            logProbs[v] = logits[v] - Math.log(sum);
        }
        return logProbs;
    }

    private static Map<String, float[]> takeGradients(TorchLanguageModel model) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Memory.run(() -> model.weights().values().forEach((name, weight) -> {
            if (weight.grad().defined()) {
                gradients.put(name, Tensors.toFloats(Gradients.dense(weight)));
            }
        }));
        model.weights().clearGradients();
        return gradients;
    }

    private static double squares(Map<String, float[]> gradients) {
        double sum = 0;
        for (float[] values : gradients.values()) {
            for (float value : values) {
                sum += (double) value * value;
            }
        }
        return sum;
    }

    private static int[] tokens(long seed, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = RandomBatches.tokens(RandomStreams.stream(seed, "tokens", i), V, 1)[0];
        }
        return tokens;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
