package org.betatron.torch.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.betatron.torch.TestDevice;
import org.betatron.torch.TinyModels;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlueprintTest {

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @Test
    void everythingFollowsFromTheParts() {
        Blueprint blueprint =
                ArchitectureSpec.parse(TinyModels.neox(), "here").architecture().blueprint();
        Map<String, List<Long>> shapes = blueprint.weights().stream()
                .collect(Collectors.toMap(
                        WeightSpec::name,
                        weight -> LongStream.of(weight.shape()).boxed().toList()));
        assertThat(blueprint.weights().getFirst().name()).isEqualTo("gpt_neox.embed_in.weight");
        assertThat(blueprint.weights().getLast().name()).isEqualTo("embed_out.weight");
        assertThat(shapes)
                .hasSize(1 + 2 * 12 + 2 + 1)
                .containsEntry("gpt_neox.layers.1.attention.query_key_value.weight", List.of(96L, 32L))
                .containsEntry("gpt_neox.layers.1.attention.query_key_value.bias", List.of(96L))
                .containsEntry("gpt_neox.final_layer_norm.bias", List.of(32L));
        assertThat(blueprint.layerOf("gpt_neox.layers.1.mlp.dense_h_to_4h.bias"))
                .contains(1);
        assertThat(blueprint.layerOf("gpt_neox.embed_in.weight")).isEmpty();
        assertThat(blueprint.layerWeights(0)).hasSize(12);
        assertThat(blueprint.layerWeights(1)).hasSize(14).contains("gpt_neox.final_layer_norm.weight");
        assertThat(blueprint.adapterTargets())
                .hasSize(2 * 4)
                .contains(new LinearPart("gpt_neox.layers.0.attention.dense", 32, 32, true));
    }

    @ParameterizedTest
    @CsvSource({"gpt_neox, GPTNeoX", "llama, Llama", "gemma2, Gemma2"})
    void modelsAreSavedUnderTheNamesOfTheirFamily(String architecture, String family) {
        Blueprint blueprint = ArchitectureSpec.parse(TinyModels.config(architecture), "here")
                .architecture()
                .blueprint();
        assertThat(blueprint.architectureName(HeadKind.VOCABULARY)).isEqualTo(family + "ForCausalLM");
        assertThat(blueprint.architectureName(HeadKind.TIED)).isEqualTo(family + "ForCausalLM");
        assertThat(blueprint.architectureName(HeadKind.SCORE)).isEqualTo(family + "ForSequenceClassification");
    }

    /// A norm may begin at zero, whatever it is called.
    @Test
    void weightsBeginAsTheirPartsSay() {
        Parts parts = new Parts("layer.");
        parts.norm("around_one", 2, NormPart.Kind.ROOT_MEAN_SQUARE, 1e-6, 0);
        parts.norm("plain", 2, NormPart.Kind.LAYER, 1e-6, 1);
        parts.linear("map", 50, 40, true);
        Blueprint blueprint = new Blueprint(
                ModelClasses.of("Made"),
                new EmbeddingPart("tokens", 3, 2, 1),
                List.of(parts.list()),
                new NormPart("last", 2, NormPart.Kind.ROOT_MEAN_SQUARE, 1e-6, 1),
                new LinearPart("head", 3, 2, false),
                HeadKind.SCORE,
                0.5,
                List.of());
        try (Parameters weights = WeightLoader.initialize(blueprint, ComputeSpec.DEFAULT.on(TestDevice.DEVICE), 1)) {
            assertThat(weights.names())
                    .containsExactly(
                            "tokens.weight",
                            "layer.around_one.weight",
                            "layer.plain.weight",
                            "layer.plain.bias",
                            "layer.map.weight",
                            "layer.map.bias",
                            "last.weight",
                            "score.weight");
            assertThat(values(weights, "layer.around_one.weight")).containsOnly(0);
            assertThat(values(weights, "layer.plain.weight")).containsOnly(1);
            assertThat(values(weights, "layer.plain.bias")).containsOnly(0);
            assertThat(values(weights, "layer.map.bias")).containsOnly(0);
            double squares = 0;
            for (float number : values(weights, "layer.map.weight")) {
                squares += number * number;
            }
            assertThat(Math.sqrt(squares / 2000)).isBetween(0.45, 0.55);
        }
    }

    private static float[] values(Parameters weights, String name) {
        return Memory.compute(() -> Tensors.toFloats(weights.get(name).values()));
    }
}
