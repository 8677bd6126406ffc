package org.betatron.runs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.torch.tensor.DataType;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.TrainLength;
import org.betatron.training.reference.ReferenceUpdateSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {

    @TempDir
    private Path directory;

    @Test
    void defaultsPrintAndReadBack() throws IOException {
        Resolved<AlignRecipe> align = new RecipeReader().resolve(AlignRecipe.class);
        assertThat(align.recipe()).isEqualTo(AlignRecipe.DEFAULT);
        assertThat(align.explicit()).isEmpty();
        assertThat(read(align.yaml()).recipe()).isEqualTo(AlignRecipe.DEFAULT);

        Resolved<SftRecipe> sft = new RecipeReader().resolve(SftRecipe.class);
        assertThat(sft.recipe()).isEqualTo(SftRecipe.DEFAULT);
        Path file = Files.writeString(directory.resolve("sft.yaml"), sft.yaml());
        assertThat(new RecipeReader().file(file).resolve(SftRecipe.class).recipe())
                .isEqualTo(SftRecipe.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alignment: published-code",
                "{alignment: {preset: dpo, objective: ipo}, optimizer: rmsprop}",
                "{alignment: {objective: simpo, calibration: population, aggregation: drdpo}}",
                "{train: {maxGradientNorm: .inf, length: {type: steps, count: 7}, decay: cosine, finalRatio: 0.1}}",
                "{compute: {device: cuda:1, precision: bf16, weights: bf16, saveAs: bf16}, data: {files: [a, b], format: hh, heldOut: 100}}",
                "{data: {transforms: [flip, {type: flip, rate: 0.4, draw: independent, seed: 3}]}}",
                "{data: {transforms: {type: split, keep: high, sides: {type: threshold, low: -1, high: 2.5, gap: {file: g, measure: signed}}}}}",
                "{data: {transforms: [{type: mixture, size: 100, highShare: 0.4, sides: {type: files, high: b}}, mixture, split]}}",
                "{model: 'models/a: b', data: {files: '#odd'}, reference: {cache: 'yes'}}"
            })
    void whatIsPrintedReadsBackToTheSameRecipe(String yaml) throws IOException {
        Resolved<AlignRecipe> resolved = read(yaml);
        Resolved<AlignRecipe> again = read(resolved.yaml());
        assertThat(again.recipe()).isEqualTo(resolved.recipe());
        assertThat(again.yaml()).isEqualTo(resolved.yaml());
    }

    @Test
    void everyRecipeOfTheProjectReadsBack() throws IOException {
        Path recipes = Path.of("..", "recipes");
        if (!Files.isDirectory(recipes)) {
            return;
        }
        List<Path> files;
        try (var all = Files.walk(recipes)) {
            files = all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            boolean isSft = Files.readString(file).lines().noneMatch(line -> line.startsWith("alignment:"))
                    && String.valueOf(file.getFileName()).contains("sft");
            if (isSft) {
                requireReadsBack(file, SftRecipe.class);
            } else {
                requireReadsBack(file, AlignRecipe.class);
            }
        }
    }

    private <R extends Recipe> void requireReadsBack(Path file, Class<R> type) throws IOException {
        Resolved<R> resolved = new RecipeReader().file(file).resolve(type);
        Path copy = Files.writeString(directory.resolve("copy.yaml"), resolved.yaml());
        assertThat(new RecipeReader().file(copy).resolve(type).recipe())
                .as(file.toString())
                .isEqualTo(resolved.recipe());
    }

    @Test
    void emptyFileIsTheDefault() throws IOException {
        assertThat(read("").recipe()).isEqualTo(AlignRecipe.DEFAULT);
        assertThat(read("# nothing yet\n").recipe()).isEqualTo(AlignRecipe.DEFAULT);
    }

    @Test
    void everyKindOfValueArrives() throws IOException {
        AlignRecipe recipe = read("""
                model: models/sft
                reference: {model: models/base}
                data:
                  files: [one.jsonl, two.jsonl.gz]
                  format: hh
                  heldOut: 256
                  truncation: {maxTokens: 300}
                alignment:
                  objective: {type: ipo, beta: 0.2, lengthNormalized: true}
                  calibration: {type: batch, sensitivity: 0.3}
                  gap: {source: margin, momentum: 0.5}
                optimizer: {type: rmsprop, smoothing: 0.9}
                train: {learningRate: 5e-7, decay: linear, seed: 3}
                compute: {precision: bf16}
                """).recipe();

        assertThat(recipe.model()).isEqualTo("models/sft");
        assertThat(recipe.reference())
                .isEqualTo(new ReferenceSection("models/base", "", ReferenceUpdateSpec.None.DEFAULT));
        assertThat(recipe.data().files()).containsExactly("one.jsonl", "two.jsonl.gz");
        assertThat(recipe.data().format()).isEqualTo(PreferenceFormat.HH);
        assertThat(recipe.data().heldOut()).isEqualTo(256);
        assertThat(recipe.data().truncation().maxTokens()).isEqualTo(300);
        assertThat(recipe.data().truncation().maxPromptTokens()).isEqualTo(256);
        assertThat(recipe.alignment().objective()).isEqualTo(new ObjectiveSpec.Ipo(0.2, true));
        assertThat(recipe.alignment().calibration()).isEqualTo(new CalibrationSpec.Batch(0.3, 0.01, 10));
        assertThat(recipe.alignment().gap().source()).isEqualTo(GapSource.MARGIN);
        assertThat(recipe.alignment().gap().momentum()).isEqualTo(0.5);
        assertThat(recipe.optimizer()).isEqualTo(new OptimizerSpec.RmsProp(0.9, 1e-8));
        assertThat(recipe.train().learningRate()).isEqualTo(5e-7);
        assertThat(recipe.train().decay()).isEqualTo(Decay.LINEAR);
        assertThat(recipe.train().seed()).isEqualTo(3);
        assertThat(recipe.compute().precision()).isEqualTo(DataType.BF16);
    }

    @ParameterizedTest
    @CsvSource({"5e-7, 5e-7", "5E-7, 5e-7", "5.0e-7, 5e-7", "1, 1.0", "'5e-7', 5e-7", "0.001, 1e-3", "+2e-5, 2e-5"})
    void numbersMayBeWrittenAsPeopleDo(String written, double value) throws IOException {
        assertThat(read("train: {learningRate: " + written + "}")
                        .recipe()
                        .train()
                        .learningRate())
                .isEqualTo(value);
        assertThat(with("train.learningRate=" + written).train().learningRate()).isEqualTo(value);
    }

    @Test
    void tagAloneChoosesAnAlternativeWithItsDefaults() throws IOException {
        AlignRecipe recipe =
                read("{alignment: {objective: simpo, calibration: instance, selection: none, aggregation: drdpo}}")
                        .recipe();
        assertThat(recipe.alignment().objective()).isEqualTo(ObjectiveSpec.SimPo.DEFAULT);
        assertThat(recipe.alignment().calibration()).isEqualTo(CalibrationSpec.Instance.DEFAULT);
        assertThat(recipe.alignment().selection()).isEqualTo(SelectionSpec.None.DEFAULT);
        assertThat(recipe.alignment().aggregation()).isEqualTo(AggregationSpec.DrDpo.DEFAULT);
    }

    @Test
    void presetsAreStartingPoints() throws IOException {
        assertThat(read("alignment: beta-dpo").recipe().alignment()).isEqualTo(AlignmentSpec.DEFAULT);
        assertThat(read("alignment: dpo").recipe().alignment()).isEqualTo(AlignmentSpec.DPO);
        assertThat(read("alignment: {preset: published-code}").recipe().alignment())
                .isEqualTo(AlignmentSpec.PUBLISHED_CODE);
        assertThat(with("alignment.preset=dpo").alignment()).isEqualTo(AlignmentSpec.DPO);

        AlignmentSpec changed = read("alignment: {preset: dpo, objective: {type: cdpo, labelSmoothing: 0.2}}")
                .recipe()
                .alignment();
        assertThat(changed.objective()).isEqualTo(new ObjectiveSpec.Cdpo(0.1, 0.2));
        assertThat(changed.calibration()).isEqualTo(CalibrationSpec.Fixed.DEFAULT);
    }

    @Test
    void presetOfTheFileAndOverrideWorkTogether() throws IOException {
        Path file = Files.writeString(directory.resolve("r.yaml"), "alignment: dpo\n");
        AlignmentSpec overridden = new RecipeReader()
                .file(file)
                .overrides(List.of("alignment.objective.beta=0.5"))
                .resolve(AlignRecipe.class)
                .recipe()
                .alignment();
        assertThat(overridden.objective()).isEqualTo(new ObjectiveSpec.Dpo(0.5));
        assertThat(overridden.calibration()).isEqualTo(CalibrationSpec.Fixed.DEFAULT);

        AlignmentSpec replaced = new RecipeReader()
                .file(file)
                .option("alignment.preset", "published-code")
                .resolve(AlignRecipe.class)
                .recipe()
                .alignment();
        assertThat(replaced).isEqualTo(AlignmentSpec.PUBLISHED_CODE);
    }

    @Test
    void choiceOfTheFileAndOverrideOfItsParameterWorkTogether() throws IOException {
        for (String yaml : List.of("alignment: {objective: simpo}", "alignment: {objective: {type: simpo}}")) {
            Path file = Files.writeString(directory.resolve("r.yaml"), yaml);
            AlignRecipe recipe = new RecipeReader()
                    .file(file)
                    .overrides(List.of("alignment.objective.targetMargin=0.5"))
                    .resolve(AlignRecipe.class)
                    .recipe();
            assertThat(recipe.alignment().objective()).isEqualTo(new ObjectiveSpec.SimPo(2, 0.5));
        }
    }

    @Test
    void overridesTakeNestedValues() {
        assertThat(with("alignment.objective={type: cdpo, labelSmoothing: 0.3}")
                        .alignment()
                        .objective())
                .isEqualTo(new ObjectiveSpec.Cdpo(0.1, 0.3));
        assertThat(with("data.files=[a, b]").data().files()).containsExactly("a", "b");
        assertThat(with("data.files=a").data().files()).containsExactly("a");
        AlignRecipe several = with("train.batchSize=16", "train={microBatchSize: 2, seed: 9}", "model=m=1");
        assertThat(several.train().batchSize()).isEqualTo(16);
        assertThat(several.train().microBatchSize()).isEqualTo(2);
        assertThat(several.train().seed()).isEqualTo(9);
        assertThat(several.model()).isEqualTo("m=1");
    }

    @Test
    void laterOverridesWin() {
        assertThat(with("train.seed=1", "train.seed=2").train().seed()).isEqualTo(2);
        assertThat(with("alignment.objective=ipo", "alignment.objective=simpo")
                        .alignment()
                        .objective())
                .isEqualTo(ObjectiveSpec.SimPo.DEFAULT);
    }

    @Test
    void lengthMayChangeItsType() throws IOException {
        Path file = Files.writeString(directory.resolve("r.yaml"), "train: {length: {type: epochs, count: 3}}");
        assertThat(new RecipeReader()
                        .file(file)
                        .option("train.length.type", "steps")
                        .option("train.length.count", 500L)
                        .resolve(AlignRecipe.class)
                        .recipe()
                        .train()
                        .length())
                .isEqualTo(new TrainLength.Steps(500));
        refused("train: {length: steps}", "train.length.count: must be given");
    }

    @Test
    void explicitPathsAreThoseThatTheUserSet() {
        Resolved<AlignRecipe> resolved = new RecipeReader()
                .option("model", "m")
                .option("data.files", null)
                .overrides(List.of("alignment.gap.source=margin"))
                .resolve(AlignRecipe.class);
        assertThat(resolved.explicit()).containsExactly("model", "alignment", "alignment.gap", "alignment.gap.source");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train: {batchsize: 3}                 | train.batchsize: unknown key; did you mean batchSize?",
                "train: {lerningRate: 3}               | train.lerningRate: unknown key; did you mean learningRate?",
                "trian: {}                             | trian: unknown key; did you mean train?",
                "compute: {zzzzzz: 1}                  | compute.zzzzzz: unknown key; known keys are device, precision, weights, base, threads, saveAs, keptLogitsMiB, shortLastLayer, recompute, moments, lanes",
                "alignment: {objective: {beat: 1}}     | alignment.objective.beat: unknown key; did you mean beta?",
                "train: {batchSize: many}              | train.batchSize: must be a whole number but was 'many'",
                "train: {batchSize: 6.5}               | train.batchSize: must be a whole number but was 6.5",
                "train: {batchSize: [8]}               | train.batchSize: must be a whole number but was [8]",
                "train: {learningRate: high}           | train.learningRate: must be a number but was 'high'",
                "train: {learningRate: .nan}           | train.learningRate: must be a number but was NaN",
                "train: {learningRate: }               | train.learningRate: must be a number but was null",
                "train: 5                              | train: must be a group of keys but was 5",
                "train: fast                           | train: must be a group of keys but was \"fast\"",
                "data: pairs.jsonl                     | data: must be a group of keys but was \"pairs.jsonl\"",
                "alignment:                            | alignment: must be a group of keys but was null",
                "model: {name: a}                      | model: must be text but was {\"name\":\"a\"}",
                "model:                                | model: must be text but was null",
                "data: {files: {a: b}}                 | data.files: must be text, or a list of texts, but was {\"a\":\"b\"}",
                "data: {files: [a, [b]]}               | data.files: must be text, or a list of texts, but was [\"a\",[\"b\"]]",
                "data: {files: [a, null]}              | data.files: must be text, or a list of texts, but was [\"a\",null]",
                "alignment: {objective: {type: ipo, lengthNormalized: maybe}} | alignment.objective.lengthNormalized: must be true or false but was \"maybe\"",
                "alignment: {objective: dop}           | alignment.objective.type: must be one of the 38 that `betatron objective list` shows but was 'dop'; did you mean dpo or aot or cdpo?",
                "alignment: {objective: {type: }}      | alignment.objective.type: must be one of the 38 that `betatron objective list` shows but was ''",
                "optimizer: sgd                        | optimizer.type: must be one of adamw, rmsprop but was 'sgd'",
                "train: {length: {type: hours, count: 2}} | train.length.type: must be one of epochs, steps but was 'hours'",
                "data: {transforms: shuffle}           | data.transforms[0].type: must be one of flip, split, mixture but was 'shuffle'",
                "data: {transforms: {rate: 0.1}}       | data.transforms[0]: must be one of flip, split, mixture, or a group of keys with such a type, but was {\"rate\":0.1}",
                "data: {transforms: [flip, 5]}         | data.transforms[1]: must be one of flip, split, mixture, or a group of keys with such a type, but was 5",
                "data: {transforms: }                  | data.transforms[0]: must be one of flip, split, mixture, or a group of keys with such a type, but was null",
                "data: {transforms: [flip, {type: flip, rat: 1}]} | data.transforms[1].rat: unknown key; did you mean rate?",
                "data: {transforms: [{type: flip, rate: 2}]} | data.transforms[0]: rate must be in [0, 1] but was 2.0",
                "data: {transforms: [flip, {type: flip, draw: some}]} | data.transforms[1].draw: must be one of exact, independent but was 'some'",
                "data: {transforms: [{type: split, keep: middle}]} | data.transforms[0].keep: must be one of low, high but was 'middle'",
                "data: {transforms: [{type: split, sides: thirds}]} | data.transforms[0].sides.type: must be one of quantile, threshold, files but was 'thirds'",
                "data: {transforms: [{type: split, sides: {low: 0.7}}]} | data.transforms[0].sides: low + high must be ≤ 1 but was 1.2",
                "data: {transforms: [{type: split, sides: {type: threshold, low: 1}}]} | data.transforms[0].sides.high: must be given",
                "data: {transforms: [{type: split, sides: files}]} | data.transforms[0].sides: high must name at least one file",
                "data: {transforms: [{type: mixture, size: -1}]} | data.transforms[0]: size must be ≥ 0 but was -1.0",
                "alignment: {preset: best}             | alignment.preset: must be one of beta-dpo, dpo, auto, published-code but was \"best\"",
                "alignment: best                       | alignment.preset: must be one of beta-dpo, dpo, auto, published-code but was \"best\"",
                "alignment: {gap: {source: log}}        | alignment.gap.source: must be one of reward, margin, score but was 'log'",
                "alignment: {objective: {type: wpo, objective: {type: dpoo}}} | alignment.objective.objective.type: must be one of the 38 that `betatron objective list` shows but was 'dpoo'; did you mean dpo or cdpo or ipo?",
                "alignment: {objective: {type: sum, terms: [{weight: 0}]}} | alignment.objective.terms[0]: weight must be finite and not 0 but was 0.0",
                "alignment: {objective: {type: sum, terms: [{objective: bco}, {objective: alphadpo}]}} | alignment.objective: terms must hold at most one objective that keeps running statistics (bco, alphadpo)",
                "alignment: {objective: {type: sum, terms: [{objective: dpo}, 5]}} | alignment.objective.terms[1]: must be a group of keys but was 5",
                "alignment: {objective: {type: fdpo, alpha: 0.3}} | alignment.objective: alpha must be 0.5 unless divergence is alpha but was 0.3",
                "reference: {update: {type: blend, share: 0}} | reference.update: share must be in (0, 1] but was 0.0",
                "compute: {device: gpu}                | compute.device: must be cpu, cuda or cuda:N but was 'gpu'",
                "compute: {device: cuda:200}           | compute.device: must be cpu, cuda or cuda:N but was 'cuda:200'",
                "compute: {precision: int8}            | compute.precision: must be one of fp32, fp16, bf16 but was 'int8'",
                "alignment: {objective: {beta: 0}}     | alignment.objective: beta must be > 0 but was 0.0",
                "alignment: {objective: {type: cdpo, labelSmoothing: 0.7}} | alignment.objective: labelSmoothing must be in (0, 0.5) but was 0.7",
                "alignment: {selection: {keep: 1.5}}   | alignment.selection: keep must be in (0, 1] but was 1.5",
                "alignment: {gap: {momentum: 1}}       | alignment.gap: momentum must be in [0, 1) but was 1.0",
                "train: {microBatchSize: 0}            | train: microBatchSize must be ≥ 1 but was 0",
                "train: {batchSize: 99999999999}       | train.batchSize: must be in [-2147483648, 2147483647] but was 99999999999",
                "train: {length: {type: epochs, count: 99999999999}} | train.length.count: must be in [-2147483648, 2147483647] but was 99999999999",
                "train: {length: {type: steps, count: 0}} | train.length: steps must be ≥ 1 but was 0",
                "compute: {precision: fp16}            | compute: precision must be fp32 or bf16 but was fp16, whose range is too small without loss scaling",
                "compute: {weights: fp16}              | compute: weights must be fp32 or bf16 but was fp16, whose range is too small for training",
                "data: {heldOut: -1}                   | data: heldOut must be a share below 1 or a count but was -1.0",
                "alignment: {objective: {labelSmoothing: 0.1}} | alignment.objective.labelSmoothing: unknown key; known keys are type, beta",
                "alignment: {objective: {type: ipo, targetMargin: 1}} | alignment.objective.targetMargin: unknown key; known keys are type, beta, lengthNormalized",
                "optimizer: {type: rmsprop, beta1: 0.9} | optimizer.beta1: unknown key; known keys are type, smoothing, epsilon"
            })
    void oneProblemIsNamedByPathAndValue(String yaml, String problem) {
        refused(yaml, problem);
    }

    @Test
    void objectivesMayBeMadeOfObjectives() throws IOException {
        Path file = Files.writeString(directory.resolve("nested.yaml"), """
                alignment:
                  objective:
                    type: sum
                    terms:
                      - {weight: 0.8, objective: {beta: 0.2}}
                      - {weight: 0.2, objective: {type: wpo, objective: {type: ipo, lengthNormalized: true}}}
                      - {objective: nll}
                """);
        Resolved<AlignRecipe> resolved = new RecipeReader().file(file).resolve(AlignRecipe.class);
        ObjectiveSpec expected = new ObjectiveSpec.Sum(List.of(
                new ObjectiveSpec.Sum.Term(0.8, new ObjectiveSpec.Dpo(0.2)),
                new ObjectiveSpec.Sum.Term(0.2, new ObjectiveSpec.Wpo(new ObjectiveSpec.Ipo(0.1, true), true)),
                new ObjectiveSpec.Sum.Term(1, ObjectiveSpec.Nll.DEFAULT)));
        assertThat(resolved.recipe().alignment().objective()).isEqualTo(expected);
        Path printed = Files.writeString(directory.resolve("printed.yaml"), resolved.yaml());
        assertThat(new RecipeReader().file(printed).resolve(AlignRecipe.class).recipe())
                .isEqualTo(resolved.recipe());
    }

    @Test
    void allProblemsAreReportedTogether() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"), """
                modle: x
                train: {batchSize: many, learningRate: -1}
                data: {heldOut: -1}
                alignment:
                  objective: perplexity
                  calibration: {type: batch, minRatio: 0}
                  gap: {source: log}
                """);
        assertThatThrownBy(() -> new RecipeReader()
                        .file(file)
                        .overrides(List.of("compute.threads=-1", "nonsense"))
                        .resolve(AlignRecipe.class))
                .isInstanceOf(RecipeException.class)
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .containsExactlyInAnyOrder(
                                file + " has 9 problems:",
                                "  --set nonsense: must have the form path.to.key=value",
                                "  modle: unknown key; did you mean model?",
                                "  train.batchSize: must be a whole number but was 'many'",
                                "  train: learningRate must be > 0 but was -1.0",
                                "  data: heldOut must be a share below 1 or a count but was -1.0",
                                "  alignment.objective.type: must be one of the 38 that `betatron objective list` shows but was"
                                        + " 'perplexity'",
                                "  alignment.calibration: minRatio must be in (0, 1] but was 0.0",
                                "  alignment.gap.source: must be one of reward, margin, score but was 'log'",
                                "  compute: threads must be at least 0 but was -1"));
    }

    @Test
    void fileThatIsNoRecipeIsRefused() throws IOException {
        Path missing = directory.resolve("missing.yaml");
        assertThatThrownBy(() -> new RecipeReader().file(missing))
                .isInstanceOf(RecipeException.class)
                .hasMessage(missing + ": cannot be read: there is no such file");
        assertThatThrownBy(() -> read("- a\n- b\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessage(directory.resolve("r.yaml") + ": a recipe must be keys with values");
        assertThatThrownBy(() -> read("train: {batchSize: 3\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("r.yaml: is not valid YAML: ");
        assertThatThrownBy(() -> read("train: {seed: 1}\ntrain: {seed: 2}\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("is not valid YAML: Duplicate property \"train\"");
        assertThatThrownBy(() -> read("train: {seed: 1}\n---\ntrain: {seed: 2}\n"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("is not valid YAML: ");
    }

    private Resolved<AlignRecipe> read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("r.yaml"), yaml);
        return new RecipeReader().file(file).resolve(AlignRecipe.class);
    }

    private static AlignRecipe with(String... overrides) {
        return new RecipeReader()
                .overrides(List.of(overrides))
                .resolve(AlignRecipe.class)
                .recipe();
    }

    private void refused(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(RecipeException.class)
                .hasMessage(directory.resolve("r.yaml") + ": " + problem);
    }
}
