package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.cli.display.Displays;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.StopSignal;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.ResumeSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The options of every command that trains. Each is short for a recipe key, and passes through the
/// same checks.
final class RunOptions {

    /// Names of presets, in the help of the option that takes one.
    static final String PRESETS = "beta-dpo, dpo, auto or published-code";

    @Option(names = "--recipe", paramLabel = "FILE", description = "Recipe to run; options override it.")
    @Nullable
    Path recipe;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Hugging Face directory, adapter or GGUF file to start from (model).")
    @Nullable
    String model;

    @Option(
            names = "--adapter",
            paramLabel = "lora|none",
            description = "Train small matrices beside the model's weights instead of these (adapter).")
    @Nullable
    String adapter;

    @Option(names = "--data", paramLabel = "FILE", description = "Training file; may be repeated (data.files).")
    List<String> data = List.of();

    @Option(
            names = "--eval",
            paramLabel = "FILE",
            description = "File to measure on; may be repeated (data.evaluation).")
    List<String> evaluation = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Directory of the run; new or empty.")
    @Nullable
    Path out;

    @Option(names = "--resume", paramLabel = "DIR", description = "Go on with the run in DIR from its last checkpoint.")
    @Nullable
    Path resume;

    @Option(names = "--steps", paramLabel = "N", description = "Optimizer steps (train.length).")
    @Nullable
    Long steps;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data (train.length).")
    @Nullable
    Integer epochs;

    @Option(names = "--learning-rate", paramLabel = "X", description = "Highest learning rate (train.learningRate).")
    @Nullable
    Double learningRate;

    @Option(names = "--batch-size", paramLabel = "N", description = "Rows per optimizer step (train.batchSize).")
    @Nullable
    Integer batchSize;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of order, split and selection (train.seed).")
    @Nullable
    Long seed;

    @Option(
            names = DeviceOption.NAME,
            paramLabel = DeviceOption.LABEL,
            description = "Where the model computes (compute.device).")
    @Nullable
    String device;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any recipe key, for example train.maxGradientNorm=1; may be repeated.")
    List<String> set = List.of();

    @Option(names = "--print-recipe", description = "Print the resolved recipe and stop.")
    boolean printRecipe;

    @Spec(Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    /// Reads recipe and options into one resolved recipe; of a run that is resumed, its own recipe
    /// and what may change in it.
    ///
    /// @param more values of a command's own options by recipe path, null where not given
    <R extends Recipe> Resolved<R> resolve(Class<R> type, Map<String, @Nullable String> more) {
        if (resume != null) {
            refuseOverrides(more);
            return ResumeSettings.read(resume, type, set);
        }
        return reader(more).resolve(type);
    }

    /// @param more values of a command's own options by recipe path, null where not given
    /// @return a new reader of recipe and options
    RecipeReader reader(Map<String, @Nullable String> more) {
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        reader.option("model", model)
                .option("adapter.type", adapter)
                .option("data.files", data.isEmpty() ? null : data)
                .option("data.evaluation", evaluation.isEmpty() ? null : evaluation)
                .option("train.learningRate", learningRate)
                .option("train.batchSize", batchSize)
                .option("train.seed", seed)
                .option("compute.device", device);
        more.forEach(reader::option);
        if (steps != null && epochs != null) {
            throw new ParameterException(spec.commandLine(), "--steps and --epochs exclude each other");
        }
        if (steps != null) {
            reader.option("train.length.type", "steps").option("train.length.count", steps);
        }
        if (epochs != null) {
            reader.option("train.length.type", "epochs").option("train.length.count", epochs);
        }
        return reader.overrides(set);
    }

    /// Prints the recipe if that is all that was asked for.
    ///
    /// @return whether it was
    boolean prints(Resolved<?> resolved) {
        if (printRecipe) {
            spec.commandLine().getOut().print(resolved.yaml());
            spec.commandLine().getOut().flush();
        }
        return printRecipe;
    }

    /// @return the run
    /// @throws ParameterException if it has no directory
    <R extends Recipe> RunRequest<R> request(Resolved<R> resolved) {
        Path directory = resume != null ? resume : out;
        if (directory == null) {
            throw new ParameterException(spec.commandLine(), "--out DIR must be given: where the run leaves its files");
        }
        StopSignal.install();
        RunListener display = Displays.of(spec.commandLine().getOut(), Displays.isTerminal());
        return new RunRequest<>(resolved, directory, resume != null, display, StopSignal::wasRequested)
                .withPlace(RankPlace.of(System.getenv()));
    }

    private void refuseOverrides(Map<String, @Nullable String> more) {
        boolean overrides = recipe != null
                || model != null
                || adapter != null
                || !data.isEmpty()
                || !evaluation.isEmpty()
                || out != null
                || steps != null
                || epochs != null
                || learningRate != null
                || batchSize != null
                || seed != null
                || device != null
                || more.values().stream().anyMatch(Objects::nonNull);
        if (overrides) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--resume goes on with the recipe of the run: no other option of the run can have an effect but --set"
                            + " of what changes memory and speed only");
        }
    }
}
