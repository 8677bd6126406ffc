package org.betatron.runs.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.GapSpec;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.objective.RowKind;
import org.betatron.core.rank.RankPlace;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.transform.GapCriterion;
import org.betatron.hub.HubException;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.compute.BaseFormat;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.TrainSpec;
import org.betatron.training.online.PairRounds;
import org.betatron.training.online.PolicyRollouts;
import org.betatron.training.online.SettingProblem;
import org.betatron.training.reference.ReferenceUpdateSpec;

/// Checks across settings: what is missing, and what was set but cannot have an effect. Everything
/// is
/// found before a model or a data file is opened.
public final class RecipeChecks {

    private final List<String> problems = new ArrayList<>();
    private final Set<String> explicit;

    private RecipeChecks(Set<String> explicit) {
        this.explicit = explicit;
    }

    /// @param where    where the recipe stands, for the message
    /// @param resuming whether the recipe is that of a run which has begun: it was checked then,
    ///     and now
    ///     spells out every setting, defaults too
    /// @throws RecipeException with every problem
    public static void check(String where, Resolved<?> resolved, boolean resuming) {
        RecipeChecks checks = new RecipeChecks(resuming ? Set.of() : resolved.explicit());
        Recipe recipe = resolved.recipe();
        checks.data(recipe.data(), recipe.model());
        checks.transforms(recipe.data());
        checks.training(recipe.train());
        checks.adapter(recipe);
        checks.device(recipe.compute());
        switch (recipe) {
            case AlignRecipe align -> checks.align(align);
            case RewardRecipe _ ->
                checks.refuse("compute.keptLogitsMiB", "has no effect: a reward model has no logits");
            case SftRecipe sft -> checks.texts(sft);
            case PromptedRecipe prompted -> checks.prompted(prompted);
        }
        checks.finish(where);
    }

    private void adapter(Recipe recipe) {
        boolean adapts = recipe.adapter() instanceof AdapterSpec.Lora
                || (!recipe.model().isEmpty() && AdapterFiles.isAdapter(Path.of(recipe.model())));
        if (recipe.compute().base() != BaseFormat.WEIGHTS && !adapts) {
            problems.add("compute.base: must be weights without an adapter: what is kept in another format cannot be"
                    + " trained; set adapter=lora");
        }
        if (recipe.adapter() instanceof AdapterSpec.None) {
            if (!adapts && recipe.adapter().dropout() > 0) {
                refuse("adapter.dropout", "has no effect without an adapter: set adapter=lora");
            }
            return;
        }
        if (!recipe.train().frozen().isEmpty()) {
            refuse("train.frozen", "has no effect: beside an adapter no weight of the model trains");
        }
        if (isAdapter(recipe.model())) {
            problems.add("adapter: " + recipe.model() + " is an adapter already: leave adapter out to train it on, or"
                    + " merge it first to begin another one");
        }
        if (recipe instanceof AlignRecipe align && !align.reference().model().isEmpty()) {
            problems.add("reference.model: must not be given beside an adapter: the model without its adapter is the"
                    + " reference, and no second one is needed");
        }
        if (recipe instanceof AlignRecipe align
                && align.reference().update() instanceof ReferenceUpdateSpec.Blend
                && recipe.adapter() instanceof AdapterSpec.Lora lora
                && lora.dora()) {
            problems.add("reference.update: must be none with adapter.dora: what lies between two sets of lengths and"
                    + " directions is no such set");
        }
    }

    private void texts(SftRecipe recipe) {
        if (!recipe.data().transforms().isEmpty()) {
            refuse("data.transforms", "has no effect: texts have no label to flip and no gap");
        }
        if (recipe.data().batches() != BatchGrouping.SHUFFLED) {
            refuse("data.batches", "must be shuffled: texts are not grouped");
        }
    }

    /// Rewards that are given in Java are not known here, so that there are none is found when they
    /// are opened.
    private void prompted(PromptedRecipe recipe) {
        DataSection<?> data = recipe.data();
        String asked = "has no effect: the rows are prompts, which are asked as they are";
        if (!data.transforms().isEmpty()) {
            refuse("data.transforms", asked);
        }
        if (data.format() != PreferenceFormat.AUTO) {
            refuse("data.format", asked);
        }
        if (!data.truncation().equals(DataSection.TRUNCATION)) {
            refuse("data.truncation", asked);
        }
        if (data.batches() != BatchGrouping.SHUFFLED) {
            refuse("data.batches", asked);
        }
        for (int i = 0; i < recipe.rewards().size(); i++) {
            String path = RewardSourceSpec.PATH + "[" + i + "].";
            recipe.rewards().get(i).problems().forEach(problem -> problems.add(path + problem));
            if (recipe.rewards().get(i) instanceof RewardSourceSpec.Model model
                    && !model.path().isBlank()) {
                requireModel(path + "path", model.path());
            }
        }
        if (recipe.adapter().dropout() > 0) {
            refuse(
                    "adapter.dropout",
                    "must be 0: log-probs of answers when they were written, and when they are"
                            + " learned from, are compared with each other");
        }
        if (!recipe.reference().cache().isEmpty()) {
            refuse("reference.cache", "has no effect: the reference runs beside the policy, which writes the rows");
        }
        if (!recipe.needsReference()) {
            if (!recipe.reference().equals(ReferenceSection.DEFAULT)) {
                refuse("reference", "has no effect: nothing is compared with a reference");
            }
        } else if (!recipe.reference().model().isEmpty()) {
            requireModel("reference.model", recipe.reference().model());
        }
        switch (recipe) {
            case PolicyRecipe policy -> policy(policy);
            case OnlineRecipe online -> online(online);
        }
    }

    private void policy(PolicyRecipe recipe) {
        if (!recipe.policy().hasCritic()) {
            if (!recipe.critic().isEmpty()) {
                refuse("critic", "has no effect: only policy=ppo has a critic");
            }
        } else if (!recipe.critic().isEmpty()) {
            requireModel("critic", recipe.critic());
        }
        add(PolicyRollouts.problems(recipe.policy(), recipe.rollout()));
        add(PolicyRollouts.problems(recipe.rollout(), recipe.train().batchSize()));
    }

    private void add(List<SettingProblem> found) {
        found.forEach(problem -> problems.add(problem.path() + ": " + problem.what()));
    }

    private void online(OnlineRecipe recipe) {
        Alignment alignment = recipe.alignment().create();
        if (alignment.objective().rows() == RowKind.ANSWERS) {
            problems.add("alignment.objective: must be one of pairs: labelled answers are not made here");
        }
        add(PairRounds.problems(recipe.pairs(), recipe.rollout()));
        if (!recipe.pairs().needsScores() && alignment.needsScores()) {
            problems.add("alignment: needs scores of both answers, and pairs=data has none: set pairs=best");
        }
        looksAtNoGap(recipe.alignment(), alignment);
    }

    private void looksAtNoGap(AlignmentSpec spec, Alignment alignment) {
        if (!alignment.looksAtGaps()
                && !alignment.objective().keepsStatistics()
                && !alignment.calibration().keepsStatistics()
                && !spec.gap().equals(GapSpec.DEFAULT)) {
            refuse("alignment.gap", "has no effect with calibration fixed and selection none, which look at no gap");
        }
        if (spec.objective() instanceof ObjectiveSpec.Nll
                && alignment.calibration().isDynamic()) {
            refuse("alignment.calibration", "has no effect: nll has no beta");
        }
    }

    private void align(AlignRecipe recipe) {
        Alignment alignment = recipe.alignment().create();
        looksAtNoGap(recipe.alignment(), alignment);
        if (!alignment.inputs().needsReference()) {
            if (!recipe.reference().equals(ReferenceSection.DEFAULT)) {
                refuse("reference", "has no effect: this objective uses no reference");
            }
        } else if (!recipe.reference().model().isEmpty()) {
            requireModel("reference.model", recipe.reference().model());
        }
        if (recipe.reference().isLive(alignment) && !recipe.reference().cache().isEmpty()) {
            refuse("reference.cache", "has no effect: the reference runs beside the policy");
        }
        rows(recipe, alignment);
    }

    private void rows(AlignRecipe recipe, Alignment alignment) {
        RowKind kind = alignment.objective().rows();
        if (!recipe.rows().suits(kind)) {
            problems.add("rows: must be " + kind.name().toLowerCase(Locale.ROOT) + ", which this objective learns from,"
                    + " but was " + recipe.rows().name().toLowerCase(Locale.ROOT));
        }
        if (recipe.rows().isAnswers(kind)) {
            if (recipe.data().format() != PreferenceFormat.AUTO) {
                refuse("data.format", "has no effect on labelled answers, whose layout is detected");
            }
            if (alignment.needsScores()) {
                problems.add("alignment: gaps of explicit scores must be of pairs but the rows are labelled answers");
            }
            if (recipe.alignment().calibration() instanceof CalibrationSpec.Perturbation) {
                problems.add("alignment.calibration: perturbation compares two responses but the rows are labelled"
                        + " answers");
            }
        }
    }

    /// Checks whether a run can be that of several processes.
    ///
    /// @param where what the recipe is called in messages
    /// @param ranks how many processes, ≥ 2
    /// @throws RecipeException if it runs as one, or there are fewer rows in a batch than processes
    public static void checkRanks(String where, Recipe recipe, int ranks) {
        if (recipe instanceof PromptedRecipe) {
            throw new RecipeException(
                    where,
                    List.of("learning from own answers runs as one process: unset " + RankPlace.RANK + " and "
                            + RankPlace.WORLD_SIZE + "; sft, align and reward run as several"));
        }
        int batchSize = recipe.train().batchSize();
        if (batchSize < ranks) {
            throw new RecipeException(
                    where,
                    List.of("train.batchSize: must be at least the number of ranks, " + ranks
                            + ", as each computes some rows of a batch, but was " + batchSize));
        }
    }

    /// Checks only whether models can compute where they are to.
    ///
    /// @throws RecipeException if they cannot
    public static void checkDevice(String where, ComputeSection compute) {
        RecipeChecks checks = new RecipeChecks(Set.of());
        checks.device(compute);
        checks.finish(where);
    }

    private void data(DataSection<?> data, String model) {
        if (model.isEmpty()) {
            problems.add("model: must be given (--model DIR)");
        } else {
            requireModel("model", model);
        }
        if (data.files().isEmpty()) {
            problems.add("data.files: must be given (--data FILE)");
        }
        data.files().forEach(file -> requireData("data.files", file, DataPlace::files));
        data.evaluation().forEach(file -> requireData("data.evaluation", file, DataPlace::measured));
        if (!data.evaluation().isEmpty() && data.heldOut() != DataSection.HELD_OUT) {
            refuse("data.heldOut", "has no effect where data.evaluation names files");
        }
    }

    private void transforms(DataSection<?> data) {
        // Where a file is missing, that is what has to be said.
        boolean areThere = problems.isEmpty();
        List<Path> files = areThere ? data.paths() : List.of();
        for (int i = 0; i < data.transforms().size(); i++) {
            String path = "data.transforms[" + i + "].sides";
            data.transforms().get(i).sidesIfAny().ifPresent(sides -> {
                sides.gapIfAny()
                        .map(GapCriterion::file)
                        .filter(file -> !file.isEmpty())
                        .ifPresent(file -> requireFile(path + ".gap.file", file));
                sides.namedFiles().stream()
                        .filter(file -> areThere && !files.contains(Path.of(file)))
                        .forEach(file -> problems.add(path + ".high: must be one of data.files but was " + file));
            });
        }
    }

    private void device(ComputeSection compute) {
        compute.device().problem().ifPresent(problem -> problems.add("compute.device: " + problem));
        if (compute.device().kind() == ComputeDevice.Kind.CUDA && compute.lanes() != ComputeSection.DEFAULT.lanes()) {
            refuse("compute.lanes", "has no effect on a graphics card, which one operator fills");
        }
    }

    private void training(TrainSpec train) {
        if (train.decay() == Decay.CONSTANT && train.finalRatio() != 0) {
            refuse("train.finalRatio", "has no effect with decay constant");
        }
    }

    /// Refuses a value that has no effect, if the user set it. Callers let defaults pass: a printed
    /// recipe
    /// spells them out, and has to be readable again.
    private void refuse(String path, String why) {
        explicit.stream()
                .filter(set -> set.equals(path) || set.startsWith(path + "."))
                .reduce((_, deepest) -> deepest)
                .ifPresent(set -> problems.add(set + ": " + why));
    }

    /// What cannot be had is told elsewhere.
    private static boolean isAdapter(String model) {
        try {
            return !model.isEmpty() && AdapterFiles.isAdapter(ModelName.path(Path.of(model)));
        } catch (HubException | DataException e) {
            return false;
        }
    }

    private void requireModel(String path, String model) {
        Path place;
        try {
            place = ModelName.path(Path.of(model));
        } catch (HubException | DataException e) {
            problems.add(path + ": " + e.getMessage());
            return;
        }
        if (!Files.isDirectory(place) && !(ModelDirectory.isGguf(place) && Files.isRegularFile(place))) {
            problems.add(
                    path + ": must be an existing directory, a file that ends in .gguf, or ORG/NAME on the hub, but "
                            + model + " is " + (Files.exists(place) ? "another file" : "missing"));
        }
    }

    /// Finds what a name stands for, which fetches it if it is on the hub.
    private void requireData(String path, String given, Function<String, List<Path>> find) {
        try {
            find.apply(given).forEach(file -> requireFile(path, file.toString()));
        } catch (HubException | DataException e) {
            problems.add(path + ": " + e.getMessage());
        }
    }

    private void requireFile(String path, String file) {
        if (!Files.isRegularFile(Path.of(file))) {
            problems.add(path + ": must be an existing file but " + file + " is "
                    + (Files.isDirectory(Path.of(file))
                            ? "a directory"
                            : Files.exists(Path.of(file))
                                    ? "a pipe or a device: write its rows into a file first"
                                    : "missing"));
        }
    }

    private void finish(String where) {
        if (!problems.isEmpty()) {
            throw new RecipeException(where, problems);
        }
    }
}
