package org.betatron.torch.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.betatron.torch.error.ModelException;
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
        "llama3-8b,   8030261248"
    })
    void numberOfParameters(String name, long expected) {
        assertThat(ArchitectureSpec.parse(KnownModels.config(name), name)
                        .architecture()
                        .blueprint()
                        .numParameters())
                .isEqualTo(expected);
    }

    @Test
    void namesCoverEveryConfiguration() {
        assertThat(KnownModels.names())
                .containsExactly(
                        "pythia-14m",
                        "pythia-70m",
                        "pythia-160m",
                        "pythia-410m",
                        "pythia-1.4b",
                        "pythia-2.8b",
                        "llama3-8b");
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
                .withMessage("model name must be one of pythia-14m, pythia-70m, pythia-160m, pythia-410m, pythia-1.4b,"
                        + " pythia-2.8b, llama3-8b but was 'pythia-70'");
    }
}
