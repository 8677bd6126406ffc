package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.training.run.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordSettingsTest {

    @Test
    void settingsAreNamedByTheirPaths() {
        Settings settings = settings("data.transforms=[{type: flip, rate: 0.4}]", "data.files=[a, b]");
        assertThat(settings.values())
                .containsEntry("data.files", "[\"a\",\"b\"]")
                .containsEntry("data.transforms[0].type", "flip")
                .containsEntry("data.transforms[0].rate", "0.4")
                .containsEntry("train.learningRate", "5.0E-7")
                .containsEntry("compute.precision", "fp32")
                .containsEntry("alignment.objective.type", "dpo");
    }

    /// `isGreedy` is no setting.
    @Test
    void onlyComponentsAreSettings() {
        assertThat(RecordSettings.of(SamplingSpec.DEFAULT, SamplingSpec.GREEDY)
                        .values()
                        .keySet())
                .containsExactly("temperature", "topK", "topP", "minP", "repetitionPenalty");
    }

    @Test
    void whatWasChosenHasItsOwnDefaults() {
        Settings simpo = settings("alignment.objective=simpo");
        assertThat(simpo.values()).containsEntry("alignment.objective.type", "simpo");
        assertThat(simpo.defaults())
                .containsEntry("alignment.objective.type", "dpo")
                .containsEntry("alignment.objective.beta", simpo.values().get("alignment.objective.beta"));
    }

    /// As if the version that recorded a run had not had the setting yet.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train.frozen",
                "alignment.objective.beta",
                "alignment.selection.keep",
                "data.truncation.keep",
                "data.transforms[0].draw"
            })
    void newSettingWithItsDefaultMakesNoDifference(String path) {
        Settings settings = settings("alignment.objective=simpo", "data.transforms=[{type: flip, rate: 0.4}]");
        assertThat(settings.values()).containsKey(path);
        Map<String, String> before = new LinkedHashMap<>(settings.values());
        before.remove(path);
        assertThat(settings.differencesFrom(before)).isEmpty();
    }

    @Test
    void settingsOfTwoRecipesDifferWhereTheRecipesDo() {
        assertThat(settings("train.learningRate=1e-4")
                        .differencesFrom(settings("train.batchSize=7").values()))
                .containsExactlyInAnyOrder(
                        "train.learningRate was 5.0E-7 and is 1.0E-4",
                        "train.batchSize was 7 and is "
                                + AlignRecipe.DEFAULT.train().batchSize());
    }

    private static Settings settings(String... overrides) {
        return new RecipeReader()
                .overrides(List.of(overrides))
                .resolve(AlignRecipe.class)
                .settings();
    }
}
