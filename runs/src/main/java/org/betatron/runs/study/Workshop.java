package org.betatron.runs.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.betatron.core.run.RunFiles;
import org.betatron.data.world.WorldData;
import org.betatron.data.world.WorldModel;
import org.betatron.evaluation.study.Arm;
import org.betatron.runs.RewardRun;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.SftRun;
import org.betatron.runs.model.ModelInitialization;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.recipe.SftRecipe;
import org.betatron.runs.recipe.SharedReferences;
import org.betatron.training.run.Fingerprint;

/// What arms of all studies share: worlds, supervised models and reference log-probs, made when
/// first asked for and kept.
///
/// @param root     directory of everything
/// @param scale    how large a study is
/// @param progress hears what is made
/// @param stop     asked between steps
record Workshop(Path root, StudyScale scale, Consumer<String> progress, BooleanSupplier stop) {

    /// Digits of a fingerprint that tell settings apart.
    private static final int NAME_LENGTH = 16;

    /// @return directory of a world
    Path world(String name, long seed) {
        Path directory = seedDirectory(seed).resolve(name);
        // Written last, so its presence says that all of them are there.
        if (!Files.exists(directory.resolve("world.json"))) {
            deleteTree(directory);
            WorldData.write(scale.world(name, seed), directory);
        }
        return directory;
    }

    /// @return directory of the supervised model, empty if it was stopped
    Path start(String size, long seed) {
        List<String> settings = scale.supervised(seed);
        Path directory = seedDirectory(seed).resolve("sft-" + size + "-" + fingerprint(settings));
        Path model = directory.resolve(RunFiles.MODEL);
        if (Files.exists(model)) {
            return model;
        }
        Path world = world(StudyScale.WORLD, seed);
        deleteTree(directory);
        progress.accept("seed " + seed + ": supervised fine-tuning of the " + size + " model ...");
        Path initial = seedDirectory(seed).resolve("initial-" + size);
        deleteTree(initial);
        ModelInitialization.run(
                world.resolve(WorldModel.valueOf(size.toUpperCase(Locale.ROOT)).fileName())
                        .toString(),
                world.toString(),
                initial,
                seed);
        Resolved<SftRecipe> recipe = new RecipeReader()
                .option("model", initial.toString())
                .option("data.files", List.of(world.resolve("sft.jsonl").toString()))
                .overrides(settings)
                .resolve(SftRecipe.class);
        RecipeChecks.check("study", recipe, false);
        return SftRun.run(RunRequest.begin(recipe, directory)
                        .withListener(warnings())
                        .withStop(stop))
                .model()
                .orElseThrow(StudyStopped::new);
    }

    /// @return recipe of an arm, with the reference log-probs that it can share with others
    Resolved<AlignRecipe> recipe(Arm arm, long seed, Path start) {
        return checked(
                arm.line() + " " + arm.x(),
                SharedReferences.in(
                        seedDirectory(seed), reader(arm, seed, start).resolve(AlignRecipe.class)));
    }

    /// @param what it is of
    /// @return the same recipe
    /// @throws org.betatron.runs.recipe.RecipeException if settings do not go together
    <R extends Recipe> Resolved<R> checked(String what, Resolved<R> resolved) {
        RecipeChecks.check("study, " + what, resolved, false);
        return resolved;
    }

    /// @param size  of the model
    /// @param world whose pairs it learns from
    /// @param data  recipe keys of these
    /// @return directory of a reward model that was trained from the supervised model
    Path rewardModel(String size, String world, List<String> data, long seed) {
        List<String> settings = new ArrayList<>(scale.rewarded(seed));
        settings.addAll(data);
        List<String> all = new ArrayList<>(settings);
        all.addAll(scale.supervised(seed));
        all.add(world);
        Path directory = seedDirectory(seed).resolve("reward-" + size + "-" + fingerprint(all));
        Path model = directory.resolve(RunFiles.MODEL);
        if (Files.exists(model)) {
            return model;
        }
        Path start = start(size, seed);
        deleteTree(directory);
        progress.accept("seed " + seed + ": a reward model of the " + size + " size ...");
        Resolved<RewardRecipe> recipe = checked(
                "reward model",
                reader(new Arm("reward model", "", size, world, settings), List.of(), seed, start)
                        .resolve(RewardRecipe.class));
        return RewardRun.run(RunRequest.begin(recipe, directory)
                        .withListener(warnings())
                        .withStop(stop))
                .model()
                .orElseThrow(StudyStopped::new);
    }

    /// @return of an arm, what it says put over what all say
    RecipeReader reader(Arm arm, long seed, Path start) {
        return reader(arm, scale.aligned(seed), seed, start);
    }

    private RecipeReader reader(Arm arm, List<String> common, long seed, Path start) {
        Path world = world(arm.world(), seed);
        return new RecipeReader()
                .option("model", start.toString())
                .option("data.files", List.of(world.resolve("pairs.jsonl").toString()))
                .option(
                        "data.evaluation",
                        List.of(world.resolve("evaluation.jsonl").toString()))
                .overrides(common)
                .overrides(arm.settings());
    }

    /// @return where the cell of an arm is kept: the same for arms that are the same, whatever
    ///     study they are of
    Path cell(Arm arm, long seed) {
        String what = String.join(
                "\n", arm.model(), arm.world(), arm.settings().toString(), scale.toString(), Long.toString(seed));
        return root.resolve("cells").resolve(fingerprint(List.of(what)));
    }

    private Path seedDirectory(long seed) {
        return root.resolve("seed-" + seed);
    }

    static String fingerprint(List<String> parts) {
        return Fingerprint.of(String.join("\n", parts)).substring(0, NAME_LENGTH);
    }

    /// @return tells of the warnings of a run, and of nothing else
    RunListener warnings() {
        return event -> {
            if (event instanceof RunEvent.Warning(String message)) {
                progress.accept("warning: " + message);
            }
        };
    }

    static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
