package org.betatron.spark.submit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.spark.barrier.BarrierStage;
import org.betatron.spark.barrier.RankedRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A run and its ranks.
final class TrainOptions {

    @Option(
            names = "--ranks",
            required = true,
            paramLabel = "N",
            description = "Processes that train together, each a task in an executor of its own.")
    private int ranks;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the run, new or empty, on a file system that driver and executors share.")
    private @Nullable Path out;

    @Option(names = "--resume", paramLabel = "DIR", description = "Go on with the run in DIR from its last checkpoint.")
    private @Nullable Path resume;

    @Option(names = "--recipe", paramLabel = "FILE", description = "Recipe to run; read on the driver.")
    private @Nullable Path recipe;

    @Option(names = "--model", paramLabel = "MODEL", description = "Model to start from (model).")
    private @Nullable String model;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Training file that every executor sees; may be repeated (data.files).")
    private List<String> data = List.of();

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any recipe key, for example train.batchSize=64; may be repeated.")
    private List<String> set = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long ranks wait for each other (default ${DEFAULT-VALUE}).")
    private long timeout = RankPlace.TIMEOUT.toSeconds();

    /// Carries the run out.
    void run(Class<? extends Recipe> kind, Supplier<SparkSession> session, PrintWriter printer) {
        RankedRun run = run(kind).withTimeout(Duration.ofSeconds(timeout));
        BarrierStage.Finished finished = BarrierStage.run(session.get(), run);
        String done = finished.steps() + " steps done by " + ranks + " ranks"
                + (finished.attempts() > 1 ? ", in a second attempt after one was lost" : "");
        printer.println(
                finished.completed()
                        ? done + "; the run is in " + finished.directory()
                        : done + ", and stopped; go on with --resume " + finished.directory());
    }

    private RankedRun run(Class<? extends Recipe> kind) {
        if ((out == null) == (resume == null)) {
            throw new IllegalArgumentException("either --out DIR or --resume DIR must be given");
        }
        if (timeout < 1) {
            throw new IllegalArgumentException("--timeout must be at least 1 but was " + timeout);
        }
        if (resume != null) {
            if (recipe != null || model != null || !data.isEmpty()) {
                throw new IllegalArgumentException("--resume goes on with the recipe of the run: --recipe, --model and"
                        + " --data have no effect");
            }
            return RankedRun.resume(kind, resume, ranks, set.toArray(String[]::new));
        }
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        return RankedRun.begin(
                reader.option("model", model)
                        .option("data.files", data.isEmpty() ? null : data)
                        .overrides(set)
                        .resolve(kind),
                Objects.requireNonNull(out),
                ranks);
    }
}
