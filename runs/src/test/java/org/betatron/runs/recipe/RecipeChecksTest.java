package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeChecksTest {

    @TempDir
    private Path directory;

    private List<String> complete = List.of();

    @BeforeEach
    void makeFiles() throws IOException {
        Path pairs = Files.writeString(directory.resolve("pairs.jsonl"), "{}\n");
        complete = List.of("model=" + directory, "data.files=" + pairs);
    }

    @Test
    void completeRecipePasses() {
        check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.finalRatio=0.1 | train.finalRatio: has no effect with decay constant",
                "alignment={preset: dpo, gap: {source: margin}} | alignment.gap.source: has no effect with calibration fixed and selection none, which look at no gap",
                "alignment={objective: simpo, calibration: fixed, selection: none, gap: {momentum: 0.5}} | alignment.gap.momentum: has no effect with calibration fixed and selection none, which look at no gap",
                "{alignment: {objective: simpo}, reference: {cache: c}} | reference.cache: has no effect: this objective uses no reference"
            })
    void settingWithoutEffectIsRefused(String setting, String problem) {
        List<String> settings =
                setting.startsWith("{") ? List.of("alignment.objective=simpo", "reference.cache=c") : List.of(setting);
        assertThatThrownBy(() -> check(settings.toArray(String[]::new)))
                .isInstanceOf(RecipeException.class)
                .hasMessage("recipe: " + problem);
    }

    @Test
    void combinationsThatMeanNothingAreRefusedTogether() {
        assertThatThrownBy(() -> check(
                        "alignment={preset: dpo, objective: nll, calibration: batch}",
                        "rows=answers",
                        "data.format=hh",
                        "reference.update=blend"))
                .hasMessage("""
                        recipe has 3 problems:
                          alignment.calibration.type: has no effect: nll has no beta
                          reference.update.type: has no effect: this objective uses no reference
                          data.format: has no effect on labelled answers, whose layout is detected""");
        assertThatThrownBy(() -> check("alignment={preset: dpo, objective: tdpo1}", "reference.cache=here"))
                .hasMessage("recipe: reference.cache: has no effect: the reference runs beside the policy");
        assertThatThrownBy(() -> check("alignment={preset: dpo, objective: kto}", "rows=pairs"))
                .hasMessage("recipe: rows: must be answers, which this objective learns from, but was pairs");
        assertThatThrownBy(() -> check("alignment={preset: dpo, objective: dpo}", "rows=answers"))
                .hasMessage("recipe: rows: must be pairs, which this objective learns from, but was answers");
        assertThatThrownBy(() ->
                        check("alignment={preset: beta-dpo, objective: bco, gap: {source: score}}", "rows=answers"))
                .hasMessage("recipe: alignment: gaps of explicit scores must be of pairs but the rows are labelled"
                        + " answers");
        assertThatThrownBy(() ->
                        check("alignment={preset: dpo, objective: bco, calibration: perturbation}", "rows=answers"))
                .hasMessage("recipe: alignment.calibration: perturbation compares two responses but the rows are"
                        + " labelled answers");
    }

    @Test
    void heldOutShareHasNoEffectBesideEvaluationFiles() {
        String evaluation = "data.evaluation=" + directory.resolve("pairs.jsonl");
        assertThatThrownBy(() -> check(evaluation, "data.heldOut=0.1"))
                .hasMessage("recipe: data.heldOut: has no effect where data.evaluation names files");
        assertThatCode(() -> check(evaluation)).doesNotThrowAnyException();
    }

    @Test
    void filesOfTransformsMustBeThere() {
        assertThatThrownBy(() -> check("data.transforms=[flip, {type: split, sides: {gap: {file: gone}}},"
                        + " {type: mixture, sides: {type: files, high: [a, b]}}]"))
                .hasMessage("""
                        recipe has 3 problems:
                          data.transforms[1].sides.gap.file: must be an existing file but gone is missing
                          data.transforms[2].sides.high: must be one of data.files but was a
                          data.transforms[2].sides.high: must be one of data.files but was b""");
        check("data.transforms={type: mixture, sides: {type: files, high: " + directory.resolve("pairs.jsonl") + "}}");
    }

    @Test
    void textsHaveNothingToTransform() {
        Resolved<SftRecipe> sft = new RecipeReader()
                .overrides(complete)
                .overrides(List.of("data.transforms=flip"))
                .resolve(SftRecipe.class);
        assertThatThrownBy(() -> RecipeChecks.check("recipe", sft, false))
                .hasMessage("recipe: data.transforms: has no effect: texts have no label to flip and no gap");
    }

    @Test
    void sameSettingsPassWhereTheyHaveAnEffect() {
        check("train.finalRatio=0.1", "train.decay=cosine");
        check("alignment={preset: dpo, selection: gaussian, gap: {source: margin}}");
        check("alignment={preset: dpo, calibration: batch, gap: {source: margin}}");
        check("reference.cache=c");
        check("alignment.objective=simpo");
        check("alignment.preset=published-code", "alignment.calibration=fixed", "alignment.selection=none");
    }

    /// `--print-recipe` spells out every default, and `--resume` reads what a run wrote.
    @Test
    void printedRecipesPass() throws IOException {
        String evaluation = "data.evaluation=" + directory.resolve("pairs.jsonl");
        for (List<String> settings :
                List.of(List.of("alignment.preset=dpo"), List.of("alignment.objective=simpo"), List.of(evaluation))) {
            Path printed = Files.writeString(
                    directory.resolve("printed.yaml"),
                    resolved(settings.toArray(String[]::new)).yaml());
            Resolved<AlignRecipe> again = new RecipeReader().file(printed).resolve(AlignRecipe.class);
            RecipeChecks.check("recipe", again, false);
            RecipeChecks.check("recipe", again, true);
        }
    }

    @Test
    void everythingMissingIsReportedTogether() {
        Resolved<AlignRecipe> empty = new RecipeReader()
                .overrides(List.of("reference.model=" + directory.resolve("nowhere"), "train.finalRatio=1"))
                .resolve(AlignRecipe.class);
        assertThatThrownBy(() -> RecipeChecks.check("recipe", empty, false))
                .isInstanceOf(RecipeException.class)
                .hasMessage("""
                        recipe has 4 problems:
                          model: must be given (--model DIR)
                          data.files: must be given (--data FILE)
                          train.finalRatio: has no effect with decay constant
                          reference.model: must be an existing directory, a file that ends in .gguf, or ORG/NAME on the hub, but %s is missing""", directory.resolve("nowhere"));
    }

    @Test
    void pathsOfTheWrongKindAreRefused() throws IOException {
        Path pairs = directory.resolve("pairs.jsonl");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> check("model=" + pairs, "data.files=" + empty, "data.evaluation=gone"))
                .hasMessage("""
                        recipe has 3 problems:
                          model: must be an existing directory, a file that ends in .gguf, or ORG/NAME on the hub, but %s is another file
                          data.files: %s: no file there holds rows by its name (.parquet, .arrow, .jsonl, .ndjson, .json, .jsonl.gz, .ndjson.gz, .json.gz, .txt); there is nothing
                          data.evaluation: must be an existing file but gone is missing""", pairs, empty);
    }

    @Test
    void aDirectoryStandsForItsFiles() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path test = Files.writeString(data.resolve("test.jsonl"), "{}\n");
        Path train = Files.writeString(data.resolve("train.jsonl"), "{}\n");
        Resolved<AlignRecipe> named = resolved("data.files=" + data, "data.evaluation=['" + data + "#test']");

        RecipeChecks.check("recipe", named, false);

        assertThat(named.recipe().data().paths()).containsExactly(train);
        assertThat(named.recipe().data().evaluationPaths()).containsExactly(test);
        assertThat(named.pinned()).isSameAs(named);
    }

    @Test
    void supervisedRecipesAreCheckedToo() {
        Resolved<SftRecipe> sft = new RecipeReader()
                .overrides(complete)
                .overrides(List.of("train.finalRatio=0.5"))
                .resolve(SftRecipe.class);
        assertThatThrownBy(() -> RecipeChecks.check("recipe", sft, false))
                .hasMessage("recipe: train.finalRatio: has no effect with decay constant");
        assertThatCode(() -> RecipeChecks.check("recipe", sft, true)).doesNotThrowAnyException();
    }

    private void check(String... settings) {
        RecipeChecks.check("recipe", resolved(settings), false);
    }

    private Resolved<AlignRecipe> resolved(String... settings) {
        List<String> all = new ArrayList<>(complete);
        all.addAll(List.of(settings));
        return new RecipeReader().overrides(all).resolve(AlignRecipe.class);
    }
}
