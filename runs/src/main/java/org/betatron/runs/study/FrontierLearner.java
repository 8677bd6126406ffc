package org.betatron.runs.study;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.betatron.runs.AlignRun;
import org.betatron.runs.OnlineRun;
import org.betatron.runs.PolicyRun;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;

/// What a method of a study of frontiers learns from.
public enum FrontierLearner {

    /// The pairs of the data.
    PAIRS(StudyScale.BATCH_SIZE, 0) {
        @Override
        Trainer trainer(Workshop workshop, FrontierWorkshop.Run run, Path start, List<String> keys) {
            return ready(workshop, workshop.recipe(FrontierWorkshop.arm(run, keys), run.seed(), start), AlignRun::run);
        }
    },

    /// Pairs of the model's own answers.
    OWN_PAIRS(StudyScale.ANSWERS / 4, 4) {
        @Override
        Trainer trainer(Workshop workshop, FrontierWorkshop.Run run, Path start, List<String> keys) {
            return ready(workshop, resolve(OnlineRecipe.class, workshop, run, start, keys), OnlineRun::run);
        }
    },

    /// Scores of the model's own answers.
    SCORES(StudyScale.ANSWERS, 8) {
        @Override
        Trainer trainer(Workshop workshop, FrontierWorkshop.Run run, Path start, List<String> keys) {
            return ready(workshop, resolve(PolicyRecipe.class, workshop, run, start, keys), PolicyRun::run);
        }
    };

    /// In recipe keys, stands for the directory of the reward model.
    static final String REWARD_MODEL = "%M";

    private final int rows;
    private final int samples;

    /// @param rows    of a step
    /// @param samples own answers to each prompt; 0 where there are none
    FrontierLearner(int rows, int samples) {
        this.rows = rows;
        this.samples = samples;
    }

    /// Trains a run whose recipe is complete.
    interface Trainer {

        /// @param directory of the run
        RunResult train(Path directory);
    }

    /// @return recipe keys of everything that learns so, which those of a method override
    List<String> keys() {
        return isOwn()
                ? List.of(
                        "train.batchSize=" + rows,
                        "train.microBatchSize=" + rows,
                        "rollout.samples=" + samples,
                        "rollout.maxNewTokens=" + FrontierWorkshop.MAX_NEW_TOKENS)
                : List.of();
    }

    /// @return whether the model writes what is learned from
    boolean isOwn() {
        return samples > 0;
    }

    /// @param start where it begins
    /// @param keys  of the recipe
    /// @throws org.betatron.runs.recipe.RecipeException if settings do not go together
    abstract Trainer trainer(Workshop workshop, FrontierWorkshop.Run run, Path start, List<String> keys);

    private static <R extends Recipe> Resolved<R> resolve(
            Class<R> type, Workshop workshop, FrontierWorkshop.Run run, Path start, List<String> keys) {
        String rewardModel = FrontierWorkshop.hasRewardModel(run)
                ? workshop.rewardModel(run.model(), run.world(), run.data(), run.seed())
                        .toString()
                : "";
        RecipeReader reader = workshop.reader(
                FrontierWorkshop.arm(
                        run,
                        keys.stream()
                                .map(key -> key.replace(REWARD_MODEL, rewardModel))
                                .toList()),
                run.seed(),
                start);
        return workshop.checked(run.method() + ", " + run.setting(), reader.resolve(type));
    }

    private static <R extends Recipe> Trainer ready(
            Workshop workshop, Resolved<R> recipe, Function<RunRequest<R>, RunResult> run) {
        return directory -> run.apply(RunRequest.begin(recipe, directory)
                .withListener(workshop.warnings())
                .withStop(workshop.stop()));
    }
}
