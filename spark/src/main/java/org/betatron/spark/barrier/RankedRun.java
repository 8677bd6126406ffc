package org.betatron.spark.barrier;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RewardRun;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.SftRun;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.recipe.SftRecipe;

/// A run that several executors carry out together. Goes to them with every task.
///
/// @param kind     class of its recipe
/// @param yaml     its recipe
/// @param explicit paths that the user set in it
/// @param out      directory of the run, on a file system that all executors see
/// @param resuming whether it goes on from its last checkpoint
/// @param ranks    processes, at least 1: as many tasks of one stage, each in an executor of its
///     own
/// @param timeout  how long ranks wait for each other
public record RankedRun(
        Class<? extends Recipe> kind,
        String yaml,
        Set<String> explicit,
        String out,
        boolean resuming,
        int ranks,
        Duration timeout)
        implements Serializable {

    public RankedRun {
        explicit = Set.copyOf(explicit);
        if (ranks < 1) {
            throw new IllegalArgumentException("the number of ranks must be at least 1 but was " + ranks);
        }
        if (!List.of(AlignRecipe.class, SftRecipe.class, RewardRecipe.class).contains(kind)) {
            throw new IllegalArgumentException("align, sft and reward run as several ranks; " + kind.getSimpleName()
                    + " runs as one process, without Spark");
        }
    }

    /// @param recipe what is to be done; its files lie where all executors see them
    /// @param out    directory of the run, new or empty
    /// @param ranks  processes
    public static RankedRun begin(Resolved<?> recipe, Path out, int ranks) {
        Resolved<?> absolute = AbsolutePaths.of(recipe);
        return new RankedRun(
                absolute.recipe().getClass(),
                absolute.yaml(),
                recipe.explicit(),
                out.toAbsolutePath().normalize().toString(),
                false,
                ranks,
                RankPlace.TIMEOUT);
    }

    /// @param kind      class of the recipe that the run has
    /// @param run       directory of a run that was begun
    /// @param ranks     processes, as many as it had or others
    /// @param overrides settings that change from here on
    /// @return its continuation from the last checkpoint
    /// @throws RecipeException if its recipe cannot be read, or a setting must stay
    public static RankedRun resume(Class<? extends Recipe> kind, Path run, int ranks, String... overrides) {
        Resolved<?> recipe = RunRequest.resume(kind, run, overrides).resolved();
        return new RankedRun(
                kind,
                recipe.yaml(),
                recipe.explicit(),
                run.toAbsolutePath().normalize().toString(),
                true,
                ranks,
                RankPlace.TIMEOUT);
    }

    /// @return the same run, whose ranks wait for each other as long as this
    public RankedRun withTimeout(Duration newTimeout) {
        return new RankedRun(kind, yaml, explicit, out, resuming, ranks, newTimeout);
    }

    /// @return the directory of the run
    Path directory() {
        return Path.of(out);
    }

    /// @return its recipe
    Resolved<? extends Recipe> recipe() {
        return read(kind);
    }

    private <R extends Recipe> Resolved<R> read(Class<R> type) {
        Resolved<R> read = new RecipeReader().text("recipe", yaml).resolve(type);
        return new Resolved<>(read.recipe(), read.yaml(), explicit);
    }

    /// Carries out the part of one rank.
    ///
    /// @param placing makes the rank's request of one without a place
    RunResult run(boolean goesOn, Placing placing) {
        if (kind == AlignRecipe.class) {
            return AlignRun.run(placing.placed(request(AlignRecipe.class, goesOn)));
        }
        return kind == SftRecipe.class
                ? SftRun.run(placing.placed(request(SftRecipe.class, goesOn)))
                : RewardRun.run(placing.placed(request(RewardRecipe.class, goesOn)));
    }

    /// Gives a run its place among others.
    interface Placing {

        /// @return the same run, as one rank
        <R extends Recipe> RunRequest<R> placed(RunRequest<R> request);
    }

    private <R extends Recipe> RunRequest<R> request(Class<R> type, boolean goesOn) {
        if (goesOn && !resuming) {
            return RunRequest.resume(type, directory());
        }
        RunRequest<R> begun = RunRequest.begin(read(type), directory());
        return resuming
                ? new RunRequest<>(begun.resolved(), begun.out(), true, begun.listener(), begun.stopRequested())
                : begun;
    }
}
