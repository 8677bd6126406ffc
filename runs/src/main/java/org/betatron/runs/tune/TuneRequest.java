package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.betatron.runs.recipe.RecipeReader;

/// A tuning to be carried out.
///
/// @param base      makes a new reader of the recipe that is varied
/// @param grid      its settings
/// @param measuring what they are chosen by
/// @param limit     divergence from the start that is allowed at the end, and at which settings are
///     compared, nats per answer
/// @param budget    what it may cost
/// @param keep      one of so many settings goes on at each rung
/// @param out       its directory, which is new or empty, or was begun by the same tuning
/// @param progress  hears what is going on, a line at a time
/// @param stop      asked between steps; once it says yes, the tuning ends and can be gone on with
public record TuneRequest(
        Supplier<RecipeReader> base,
        TuneGrid grid,
        Measuring measuring,
        double limit,
        TuneBudget budget,
        int keep,
        Path out,
        Consumer<String> progress,
        BooleanSupplier stop) {

    /// What best-of-150 reaches at most (log n - (n - 1) / n); ours.
    public static final double DEFAULT_LIMIT = 4;

    /// A third goes on, as in Hyperband (Li et al. 2018, arXiv 1603.06560).
    public static final int DEFAULT_KEEP = 3;

    public TuneRequest {
        if (!(limit > 0 && limit < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("--kl must be above 0 but was " + limit);
        }
        if (keep < 2) {
            throw new IllegalArgumentException("--halving must be at least 2 but was " + keep);
        }
    }
}
