package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.ResumeSettings;

/// A run to be carried out.
///
/// ```java
/// RunRequest.begin(recipe, Path.of("out/dpo")).withListener(event -> ...)
/// ```
///
/// @param resolved      its recipe
/// @param out           its directory, which is new or empty unless the run is resumed
/// @param resuming      whether it goes on from its last checkpoint
/// @param listener      hears what happens
/// @param stopRequested asked between steps
/// @param place         which of the processes of the run this one is
public record RunRequest<R extends Recipe>(
        Resolved<R> resolved,
        Path out,
        boolean resuming,
        RunListener listener,
        BooleanSupplier stopRequested,
        RankPlace place) {

    /// A run of one process.
    public RunRequest(
            Resolved<R> resolved, Path out, boolean resuming, RunListener listener, BooleanSupplier stopRequested) {
        this(resolved, out, resuming, listener, stopRequested, RankPlace.ALONE);
    }

    /// @param recipe what is to be done
    /// @param out    directory of the run, new or empty
    /// @return a new run that nobody watches or stops
    public static <R extends Recipe> RunRequest<R> begin(R recipe, Path out) {
        return begin(Resolved.of(recipe), out);
    }

    /// @param recipe what is to be done
    /// @param out    directory of the run, new or empty
    /// @return a new run that nobody watches or stops
    public static <R extends Recipe> RunRequest<R> begin(Resolved<R> recipe, Path out) {
        return new RunRequest<>(recipe, out, false, RunListener.NONE, () -> false);
    }

    /// @param type kind of recipe that the run has
    /// @param run  directory of a run that was begun
    /// @param overrides settings that change from here on, `path.to.key=value`; see
    ///     [ResumeSettings]
    /// @return its continuation from the last checkpoint
    /// @throws org.betatron.runs.recipe.RecipeException if its recipe cannot be read, or a setting
    ///     must stay
    public static <R extends Recipe> RunRequest<R> resume(Class<R> type, Path run, String... overrides) {
        return new RunRequest<>(
                ResumeSettings.read(run, type, List.of(overrides)), run, true, RunListener.NONE, () -> false);
    }

    public R recipe() {
        return resolved.recipe();
    }

    /// @return the same run, whose recipe names the commit of everything that it names on the hub
    RunRequest<R> pinned() {
        return resuming ? this : new RunRequest<>(resolved.pinned(), out, false, listener, stopRequested, place);
    }

    /// @return the same run, with somebody who watches
    public RunRequest<R> withListener(RunListener newListener) {
        return new RunRequest<>(resolved, out, resuming, newListener, stopRequested, place);
    }

    /// @param newStopRequested asked between steps; once it says yes, the run writes a checkpoint
    ///     and ends
    /// @return the same run, with somebody who may stop it
    public RunRequest<R> withStop(BooleanSupplier newStopRequested) {
        return new RunRequest<>(resolved, out, resuming, listener, newStopRequested, place);
    }

    /// @param newPlace which of several processes this one is; all are given the same run, and rank
    ///     0 writes its directory, which all must see
    /// @return the same run, as one of these
    public RunRequest<R> withPlace(RankPlace newPlace) {
        return new RunRequest<>(resolved, out, resuming, listener, stopRequested, newPlace);
    }
}
