package org.betatron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.JointModel;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyLanguageModelTest {

    private final TinyLanguageModel model = TinyLanguageModel.random(7, 3, 20, 1);
    private final PackedBatch batch = RandomBatches.batch(2, 3, 2, 7, 5);

    @Test
    void gradientAgreesWithCentralDifferences() {
        float[] derivatives = new float[batch.numResponseTokens()];
        var random = RandomStreams.stream(3, "derivatives", 0);
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = random.nextFloat(-1, 1);
        }
        try (ForwardPass pass = model.forward(batch)) {
            pass.backward(derivatives);
        }
        GradientChecker.assertGradient(
                weights -> dot(derivatives, model.logProbs(batch, weights)), model.weights(), model.gradient(), 1e-8);
    }

    @Test
    void entropyAndDivergenceAreLanesOfTheirOwn() {
        TinyLanguageModel reference = TinyLanguageModel.random(7, 3, 20, 2);
        float[] entropies = new float[batch.numResponseTokens()];
        float[] divergences = new float[batch.numResponseTokens()];
        Arrays.fill(entropies, 0.5f);
        Arrays.fill(divergences, -0.25f);
        VocabularyRequest request =
                new VocabularyRequest(Set.of(TokenQuantity.ENTROPY, TokenQuantity.REFERENCE_KL), 0, reference);
        try (ForwardPass pass = model.forward(batch, request)) {
            pass.backward(Map.of(TokenQuantity.ENTROPY, entropies, TokenQuantity.REFERENCE_KL, divergences));
        }
        GradientChecker.assertGradient(
                weights -> dot(entropies, model.entropies(batch, weights))
                        + dot(divergences, model.divergences(batch, weights, reference)),
                model.weights(),
                model.gradient(),
                1e-8);
    }

    @Test
    void aPolicyAndItsCriticGoTogether() {
        TinyCritic critic = new TinyCritic(7, 20);
        float[] derivatives = new float[batch.numResponseTokens()];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = 1 + i;
        }
        JointModel both = new JointModel(List.of(model, critic));
        try (ForwardPass pass = both.forward(batch)) {
            assertThat(pass.numbers().all()).containsOnlyKeys(TokenQuantity.LOG_PROB, TokenQuantity.SCORE);
            pass.backward(Map.of(TokenQuantity.LOG_PROB, derivatives, TokenQuantity.SCORE, derivatives));
        }
        GradientChecker.assertGradient(
                weights -> dot(derivatives, critic.values(batch, weights)), critic.weights(), critic.gradient(), 1e-8);
        GradientChecker.assertGradient(
                weights -> dot(derivatives, model.logProbs(batch, weights)), model.weights(), model.gradient(), 1e-8);
        assertThatThrownBy(() -> new JointModel(List.of(model, model)).score(batch))
                .hasMessage("models that go together must compute different quantities but two compute LOG_PROB");
    }

    @Test
    void probabilitiesOfTheNextTokenSumToOne() {
        double sum = 0;
        for (int token = 0; token < 7; token++) {
            PackedBatch one = PackedBatch.builder()
                    .add(new int[] {1, 2}, new int[] {token})
                    .build();
            sum += Math.exp(model.logProbs(one, model.weights())[0]);
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
    }

    @Test
    void decoderGivesTheLogitsThatScoringUses() {
        int[] prompt = {1, 2};
        int[] response = {4, 0};
        PackedBatch one = PackedBatch.builder().add(prompt, response).build();
        try (Decoder decoder = model.startDecoding()) {
            int sequence = decoder.begin();
            decoder.append(sequence, prompt);
            float[] logits = decoder.append(sequence, 4);
            double normalizer = 0;
            for (float logit : logits) {
                normalizer += Math.exp(logit);
            }
            assertThat(logits[0] - Math.log(normalizer))
                    .isCloseTo(model.score(one).logProbs()[1], within(1e-5));
        }
    }

    @Test
    void savedModelIsEqualBitForBit(@TempDir Path directory) throws IOException {
        model.save(directory);
        assertThat(TinyLanguageModel.load(directory).weights()).containsExactly(model.weights());
    }

    @Test
    void refusesWhatTheContractForbids() {
        PackedBatch unknown =
                PackedBatch.builder().add(new int[] {1}, new int[] {7}).build();
        PackedBatch tooLong = PackedBatch.builder().add(new int[19], new int[2]).build();
        assertThatThrownBy(() -> model.score(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token id must be in [0, 7) but was 7");
        assertThatThrownBy(() -> model.score(tooLong))
                .hasMessage("prompt plus response must be at most 20 tokens long but a sequence had 21");
        ForwardPass pass = model.forward(batch);
        float[] derivatives = new float[batch.numResponseTokens()];
        pass.backward(derivatives);
        assertThatThrownBy(() -> pass.backward(derivatives))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("backward was called twice or after close");
        assertThat(Arrays.stream(model.gradient()).sum()).isZero();
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < b.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
