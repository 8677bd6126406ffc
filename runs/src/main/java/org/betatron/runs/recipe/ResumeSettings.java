package org.betatron.runs.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.GapSpec;
import org.betatron.core.run.RunFiles;
import org.betatron.training.run.RunDirectory;

/// Settings that may change when a run goes on: those that change memory and speed only, and how a
/// judge is
/// reached. A run that was ended for its memory goes on with less of it.
///
/// What was changed stands in [RunFiles#CHANGES], over `recipe.yaml`, which stays as the run was
/// begun.
public final class ResumeSettings {

    private static final Set<String> MICRO_BATCH = Set.of("train.microBatchSize", "train.microBatchTokens");
    private static final Set<String> OTHERS = Set.of(
            "train.sharePrompts",
            "train.graphMemory",
            "train.checkpointEvery",
            "train.keepCheckpoints",
            "compute.threads",
            "compute.keptLogitsMiB",
            "compute.shortLastLayer",
            "compute.recompute",
            "compute.lanes");

    /// How a judge is reached, and with how much patience; not which one it is, nor what it is
    /// asked.
    private static final List<String> ENDPOINT =
            List.of("keyEnv", "parallel", "timeoutSeconds", "retries", "inputPrice", "outputPrice");

    private ResumeSettings() {}

    /// @return names of the settings of the recipe that may change
    public static Set<String> of(Recipe recipe) {
        Set<String> names = new LinkedHashSet<>(OTHERS);
        boolean decidesPerMicroBatch = (recipe instanceof AlignRecipe align && decidesPerMicroBatch(align.alignment()))
                || (recipe instanceof OnlineRecipe online && decidesPerMicroBatch(online.alignment()));
        if (recipe instanceof PromptedRecipe prompted) {
            names.add("rollout.atOnce");
            for (int i = 0; i < prompted.rewards().size(); i++) {
                if (prompted.rewards().get(i) instanceof RewardSourceSpec.Judge) {
                    String path = RewardSourceSpec.PATH + "[" + i + "].endpoint.";
                    ENDPOINT.forEach(name -> names.add(path + name));
                }
            }
        }
        if (!decidesPerMicroBatch) {
            names.addAll(MICRO_BATCH);
        }
        return names;
    }

    private static boolean decidesPerMicroBatch(AlignmentSpec alignment) {
        return alignment.gap().scope() == GapSpec.Scope.MICRO_BATCH;
    }

    /// Reads the recipe of a run that goes on.
    ///
    /// @param run       its directory
    /// @param overrides of the form `path.to.key=value`
    /// @throws RecipeException if the recipe cannot be read, or something else than these settings
    ///     would change
    /// @throws org.betatron.training.run.RunDirectoryException if there is no run, or its settings
    ///     are not as they were written
    public static <R extends Recipe> Resolved<R> read(Path run, Class<R> type, List<String> overrides) {
        // Damage is named before what it makes of the settings.
        Path recipe = RunDirectory.existing(run).recipeFile();
        RecipeReader reader = new RecipeReader().file(recipe);
        Resolved<R> begun = reader.resolve(type);
        Path changes = run.resolve(RunFiles.CHANGES);
        if (Files.exists(changes)) {
            reader.file(changes);
        }
        Resolved<R> resolved = reader.overrides(overrides).resolve(type);
        Set<String> free = of(begun.recipe());
        List<String> problems = new ArrayList<>();
        changes(begun, resolved).keySet().stream()
                .filter(name -> !free.contains(name))
                .forEach(name ->
                        problems.add(name + ": must stay as the run was begun; what may change when it goes on is "
                                + String.join(", ", free.stream().sorted().toList())));
        if (!problems.isEmpty()) {
            throw new RecipeException("--resume " + run, problems);
        }
        return resolved;
    }

    /// @param begun    recipe that a run was begun with
    /// @param resolved that it goes on with
    /// @return settings that differ, with their new values; one that is no longer there counts as
    ///     empty
    static Map<String, String> changes(Resolved<?> begun, Resolved<?> resolved) {
        Map<String, String> then = begun.settings().values();
        Map<String, String> changes = new LinkedHashMap<>();
        resolved.settings().values().forEach((name, value) -> {
            if (!value.equals(then.get(name))) {
                changes.put(name, value);
            }
        });
        then.keySet().stream()
                .filter(name -> !resolved.settings().values().containsKey(name))
                .forEach(name -> changes.put(name, ""));
        return changes;
    }

    /// @param changes  settings that differ, by name
    /// @param resolved what the run goes on with
    /// @return the text of a recipe that says the changes and nothing else, but for lists, which
    ///     are given as a whole
    public static String yaml(Map<String, String> changes, Resolved<?> resolved) {
        Map<String, String> written = new LinkedHashMap<>();
        changes.forEach((name, value) -> {
            int list = name.indexOf('[');
            if (list < 0) {
                written.put(name, value);
            } else {
                written.put(name.substring(0, list), RecipeReader.value(resolved.yaml(), name.substring(0, list)));
            }
        });
        return RecipeReader.yaml(written);
    }

    /// @param run      its directory
    /// @param resolved what the run goes on with
    /// @return what differs from the recipe that it was begun with, by name
    public static Map<String, String> changes(Path run, Resolved<?> resolved) {
        return changes(
                Resolved.read(run.resolve(RunFiles.RECIPE), resolved.recipe().getClass()), resolved);
    }
}
