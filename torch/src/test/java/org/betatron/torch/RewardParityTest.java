package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Scores and gradients of reward models against what `transformers` computed
/// (`parity/rewards.py`): float32 here against float64 there, responses that share a prompt and end
/// with padding among them.
class RewardParityTest {

    private static final double SCORE_TOLERANCE = 1e-5;

    /// Relative to the norm of a weight's gradient.
    private static final double GRADIENT_TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-neox-parallel-reward",
                "llama-gqa-scaled-reward",
                "qwen3-reward",
                "gemma2-reward",
                "gemma3-reward",
                "gpt2-reward"
            })
    void scores(String name) {
        RecordedModel recorded = RecordedModel.of(name);
        try (TorchRewardModel model = TorchRewardModel.load(recorded.directory(), TestDevice.in(DataType.FP32))) {
            assertScores(model.score(recorded.packed()), recorded);
            assertScores(model.score(recorded.unshared()), recorded);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-neox-parallel-reward, NONE",
        "gpt-neox-parallel-reward, SELECTIVE",
        "gpt-neox-parallel-reward, FULL",
        "llama-gqa-scaled-reward, NONE",
        "llama-gqa-scaled-reward, SELECTIVE",
        "llama-gqa-scaled-reward, FULL",
        "qwen3-reward, SELECTIVE",
        "qwen3-reward, FULL",
        "gemma2-reward, SELECTIVE",
        "gemma3-reward, SELECTIVE",
        "gpt2-reward, SELECTIVE",
        "gpt2-reward, FULL"
    })
    void gradients(String name, Recompute recompute) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        Map<String, float[]> expected = recorded.gradients();
        ComputeSpec compute =
                TestDevice.PLAIN.withShortLastLayer(recompute != Recompute.FULL).withRecompute(recompute);
        try (TorchRewardModel model = TorchRewardModel.load(recorded.directory(), compute)) {
            assertThat(expected.keySet())
                    .containsExactlyInAnyOrderElementsOf(model.weights().names());
            assertGradients(gradients(model, recorded.packed(), recorded.coefficients()), expected);
            model.weights().clearGradients();
            assertGradients(gradients(model, recorded.unshared(), recorded.coefficients()), expected);
        }
    }

    @Test
    void savedModelHasTheSameScores(@TempDir Path directory) throws IOException {
        RecordedModel recorded = RecordedModel.of("llama-gqa-scaled-reward");
        ComputeSpec compute = TestDevice.in(DataType.FP32);
        try (TorchRewardModel model = TorchRewardModel.load(recorded.directory(), compute)) {
            model.save(directory);
            try (TorchRewardModel again = TorchRewardModel.load(directory, compute)) {
                assertThat(again.score(recorded.packed()).of(TokenQuantity.SCORE))
                        .isEqualTo(model.score(recorded.packed()).of(TokenQuantity.SCORE));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gpt-neox-parallel", "llama-gqa-scaled", "llama-tied-bias", "qwen2-tied-yarn", "gemma2", "gpt2"})
    void beginsWithTheLayersOfALanguageModel(String name, @TempDir Path directory) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        ComputeSpec compute = TestDevice.in(DataType.FP32);
        try (TorchRewardModel model = TorchRewardModel.begin(recorded.directory(), 7, 3, compute);
                TorchRewardModel equal = TorchRewardModel.begin(recorded.directory(), 7, 3, compute);
                TorchRewardModel other = TorchRewardModel.begin(recorded.directory(), 7, 4, compute)) {
            float[] scores = model.score(recorded.packed()).of(TokenQuantity.SCORE);
            assertThat(equal.score(recorded.packed()).of(TokenQuantity.SCORE)).isEqualTo(scores);
            assertThat(other.score(recorded.packed()).of(TokenQuantity.SCORE)).isNotEqualTo(scores);
            assertThat(model.weights().names())
                    .contains("score.weight")
                    .doesNotContain("embed_out.weight", "lm_head.weight");
            model.save(directory);
            JsonNode config = new org.betatron.torch.files.ModelDirectory(directory).readConfig();
            assertThat(config.path("architectures").path(0).asString()).endsWith("ForSequenceClassification");
            assertThat(config.path("pad_token_id").asInt()).isEqualTo(7);
            // Its own head goes on.
            try (TorchRewardModel again = TorchRewardModel.begin(directory, 9, 5, compute)) {
                assertThat(again.score(recorded.packed()).of(TokenQuantity.SCORE))
                        .isEqualTo(scores);
                assertThat(again.remarks()).isEmpty();
            }
        }
    }

    @Test
    void languageModelsAndRewardModelsAreNotMixedUp() {
        Path reward = RecordedModel.of("gpt-neox-parallel-reward").directory();
        Path language = RecordedModel.of("gpt-neox-parallel").directory();
        ComputeSpec compute = TestDevice.in(DataType.FP32);
        assertThatThrownBy(() -> TorchLanguageModel.load(reward, compute).close())
                .isInstanceOf(ModelException.class)
                .hasMessage(reward.resolve("config.json") + " describes a reward model, which scores answers and writes"
                        + " none; a language model is needed here");
        assertThatThrownBy(() -> TorchRewardModel.load(language, compute).close())
                .isInstanceOf(ModelException.class)
                .hasMessage(language + " is a language model and scores no answers; betatron reward makes a reward"
                        + " model of it");
        try (TorchRewardModel model = TorchRewardModel.load(reward, compute)) {
            PackedBatch batch = RecordedModel.of("gpt-neox-parallel-reward").packed();
            assertThat(model.score(batch).all()).containsOnlyKeys(TokenQuantity.SCORE);
        }
    }

    private static void assertScores(TokenNumbers actual, RecordedModel recorded) {
        JsonNode expected = recorded.json().path("scores_f64");
        assertThat(actual.batch().numResponses()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.sum(TokenQuantity.SCORE, i))
                    .as("response %d", i)
                    .isCloseTo(expected.path(i).asDouble(), within(SCORE_TOLERANCE));
        }
    }

    private static Map<String, float[]> gradients(TorchRewardModel model, PackedBatch batch, float[] coefficients) {
        float[] derivatives = new float[batch.numResponseTokens()];
        for (int response = 0; response < batch.numResponses(); response++) {
            // As a sum over tokens passes its derivative on; only the last token has a score.
            int from = batch.logProbOffset(response);
            java.util.Arrays.fill(derivatives, from, from + batch.responseLength(response), coefficients[response]);
        }
        try (ForwardPass pass = model.forward(batch)) {
            pass.backward(Map.of(TokenQuantity.SCORE, derivatives));
        }
        return Memory.compute(() -> {
            Map<String, float[]> gradients = new LinkedHashMap<>();
            for (Map.Entry<String, Tensor> weight : model.weights().values().entrySet()) {
                gradients.put(
                        weight.getKey(), Tensors.toFloats(weight.getValue().grad()));
            }
            return gradients;
        });
    }

    private static void assertGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(List.copyOf(expected.keySet())).isNotEmpty();
        expected.forEach((name, gradient) -> {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < gradient.length; i++) {
                float found = actual.getOrDefault(name, new float[0])[i];
                difference += (found - gradient[i]) * (found - gradient[i]);
                norm += gradient[i] * gradient[i];
            }
            assertThat(Math.sqrt(difference) / Math.sqrt(norm))
                    .as("relative error of the gradient of %s", name)
                    .isLessThan(GRADIENT_TOLERANCE);
        });
    }
}
