package org.betatron.runs.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.runs.recipe.RecipeReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneGridTest {

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void makeFiles() throws IOException {
        Files.writeString(directory.resolve("pairs.jsonl"), "");
    }

    private RecipeReader base(String... overrides) {
        return new RecipeReader()
                .option("model", directory.toString())
                .option("data.files", List.of(directory.resolve("pairs.jsonl").toString()))
                .option(
                        "data.evaluation",
                        List.of(directory.resolve("pairs.jsonl").toString()))
                .overrides(List.of("alignment.preset=dpo"))
                .overrides(List.of(overrides));
    }

    private TuneGrid grid(String... axes) {
        return new TuneGrid(this::base, Arrays.stream(axes).map(TuneAxis::parse).toList());
    }

    @Test
    void betaAndLearningRateAreVariedAroundTheRecipe() {
        TuneGrid grid = new TuneGrid(() -> base("alignment.objective.beta=0.2", "train.learningRate=1e-5"), List.of());
        assertThat(grid.lines())
                .containsExactly(
                        "alignment.objective.beta: 0.02, 0.06, 0.2, 0.6, 2.0",
                        "train.learningRate: 3.0E-6, 1.0E-5, 3.0E-5");
        assertThat(grid.size()).isEqualTo(15);
        assertThat(grid.settings().getFirst().name()).isEqualTo("beta 0.02, learningRate 3.0E-6");
        assertThat(grid.settings().getFirst().resolved().recipe().train().learningRate())
                .isEqualTo(3e-6);
    }

    @Test
    void whatIsGivenReplacesTheUsual() {
        assertThat(grid("alignment.objective.beta=0.1,0.5").lines())
                .containsExactly("alignment.objective.beta: 0.1, 0.5", "train.learningRate: 1.5E-7, 5.0E-7, 1.5E-6");
        // One value holds it still; the name says what differs alone.
        assertThat(grid("alignment.objective.beta=0.1", "train.learningRate=1e-6,2e-6")
                        .settings())
                .extracting(TuneSetting::name)
                .containsExactly("learningRate 1.0E-6", "learningRate 2.0E-6");
        // A choice takes the place of the beta in it.
        assertThat(grid("alignment.objective=[dpo,{type: ipo, beta: 0.3}]"
                                .replace("[", "")
                                .replace("]", ""))
                        .lines())
                .containsExactly(
                        "alignment.objective: dpo, {\"type\":\"ipo\",\"beta\":0.3}",
                        "train.learningRate: 1.5E-7, 5.0E-7, 1.5E-6");
        assertThat(grid("optimizer.beta2=0.9,0.99", "train.learningRate=1e-6", "alignment.objective.beta=0.1")
                        .settings())
                .extracting(TuneSetting::name)
                .containsExactly("beta2 0.9", "beta2 0.99");
    }

    @Test
    void everySettingHasADirectoryOfItsOwn() {
        assertThat(grid().settings().get(1).directory(2)).isEqualTo("002-beta-0.01-learningRate-5.0E-7");
        assertThat(Stream.of(grid("alignment.objective={type: ipo, beta: 0.1},dpo")
                                .settings()
                                .getFirst())
                        .map(setting -> setting.directory(1)))
                .containsExactly("001-objective-type-ipo-beta-0.1-learningRate-1.5E-7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.lerningRate=1,2 | train.lerningRate: unknown key; did you mean learningRate?",
                "alignment.objective.beta=0.1,-1 | beta must be > 0",
                "train.seed=1,2 | --vary train.seed: must be the same for all settings",
                "train.length.count=1,2 | --vary train.length.count: must be the same for all settings",
                "compute=1,2 | --vary compute: must be the same for all settings",
                "train.batchSize=8,16 | give the length in steps, --steps N",
                "data.batches=shuffled,by-gap | give the length in steps, --steps N",
                "train.learningRate=1e-6,1e-6 | --vary train.learningRate: a value may be given once",
                "alignment.objective=dpo,{type: dpo} | are the same recipe",
                "train.finalRatio=0.1,0.2 | train.finalRatio: has no effect with decay constant",
                "beta | --vary beta: must have the form path.to.key=value,value,...",
                "optimizer.beta2= | must have a value at least",
                "optimizer.beta2=[1 | the values are not valid YAML",
            })
    void whatCannotBeVariedIsRefused(String axis, String message) {
        assertThatThrownBy(() -> grid(axis)).hasMessageContaining(message);
    }

    @Test
    void thereMustBeSomethingToChoose() {
        assertThatThrownBy(() -> grid("alignment.objective.beta=0.1", "train.learningRate=1e-6"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the grid has one setting, so there is nothing to choose: give a key more than one value,"
                        + " --vary KEY=V1,V2");
        assertThatThrownBy(() -> grid("optimizer.beta2=0.9,0.99", "optimizer=adamw,rmsprop"))
                .hasMessage("--vary optimizer: overlaps with --vary optimizer.beta2; give each key once, with all its"
                        + " values");
    }

    /// Where the length is in steps, it does not matter how many rows a pass has.
    @Test
    void batchesMayBeVariedInRunsOfAsManySteps() {
        assertThat(new TuneGrid(
                                () -> base("train.length={type: steps, count: 9}"),
                                List.of(
                                        TuneAxis.parse("train.batchSize=8,16"),
                                        TuneAxis.parse("train.learningRate=1e-6")))
                        .size())
                .isEqualTo(10);
    }
}
