package org.betatron.torch.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.betatron.torch.error.ModelException;
import org.betatron.torch.weight.HeadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownModelsTest {

    /// Totals of the published models. For Pythia they follow from
    /// `2 V E + L (12 E^2 + 13 E) + 2 E`.
    @ParameterizedTest
    @CsvSource({
        "pythia-14m,    14067712",
        "pythia-70m,    70426624",
        "pythia-160m,  162322944",
        "pythia-410m,  405334016",
        "pythia-1.4b, 1414647808",
        "pythia-2.8b, 2775208960",
        "smollm2-135m, 134515008",
        "smollm2-1.7b, 1711376384",
        "llama3.2-1b, 1235814400",
        "llama3.2-3b, 3212749824",
        "llama3-8b,   8030261248",
        "llama3.1-8b, 8030261248",
        "mistral-7b-v0.1, 7241732096",
        "mistral-7b,  7248023552",
        "qwen2.5-0.5b, 494032768",
        "qwen2.5-1.5b, 1543714304",
        "qwen2.5-7b,  7615616512",
        "qwen3-0.6b,  596049920",
        "qwen3-1.7b,  1720574976",
        "qwen3-4b,    4022468096",
        "qwen3-8b,    8190735360",
        "gemma2-2b,   2614341888",
        "gemma3-270m, 268098176",
        "gemma3-1b,   999885952",
        "phi-3-mini,  3821079552",
        "phi-4-mini,  3836021760",
        "phi-4,       14659507200",
        "olmo2-1b,    1484916736",
        "smollm3-3b,  3075098624",
        "gpt2,        124439808",
        "gpt2-medium, 354823168",
        "gpt2-xl,     1557611200"
    })
    void numberOfParameters(String name, long expected) {
        assertThat(ArchitectureSpec.parse(KnownModels.config(name), name)
                        .architecture()
                        .blueprint()
                        .numParameters())
                .isEqualTo(expected);
    }

    @Test
    void everyConfigurationIsOfAFamilyAndKnownToTheLastKey() {
        assertThat(KnownModels.names()).startsWith("pythia-14m").allSatisfy(name -> {
            assertThat(ArchitectureSpec.unknownSettings(KnownModels.config(name), name))
                    .isEmpty();
            assertThat(name + " "
                            + KnownModels.config(name)
                                    .path("architectures")
                                    .path(0)
                                    .asString())
                    .endsWith(" "
                            + ArchitectureSpec.parse(KnownModels.config(name), name)
                                    .architecture()
                                    .blueprint()
                                    .architectureName(HeadKind.VOCABULARY));
        });
    }

    @Test
    void configIsACopy() {
        KnownModels.config("pythia-14m").put("hidden_size", 1);
        assertThat(KnownModels.config("pythia-14m").path("hidden_size").asInt()).isEqualTo(128);
    }

    @Test
    void unknownNameListsTheKnownOnes() {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> KnownModels.config("pythia-70"))
                .withMessage(
                        "model name must be one of " + String.join(", ", KnownModels.names()) + " but was 'pythia-70'");
    }
}
