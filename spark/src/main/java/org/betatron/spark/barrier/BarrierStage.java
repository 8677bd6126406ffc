package org.betatron.spark.barrier;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.training.run.RunDirectoryException;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/// Carries out a run on executors: as many tasks as it has ranks, which begin together or not at
/// all.
public final class BarrierStage {

    /// How long executors that were asked for may be coming; Spark waits as long before it begins.
    private static final String REGISTRATION = "spark.scheduler.maxRegisteredResourcesWaitingTime";

    private static final ClassTag<RankReport> TAG = ClassTag$.MODULE$.apply(RankReport.class);

    private BarrierStage() {}

    /// What came of a run.
    ///
    /// @param completed whether every step is done; else it was asked to stop, and can be resumed
    /// @param steps     steps that are done
    /// @param attempts  of the stage: 2 where a rank was lost, and the run went on from a
    ///     checkpoint
    /// @param directory of the run
    public record Finished(boolean completed, long steps, int attempts, Path directory) {}

    /// @param session of a cluster with an executor for each rank
    /// @throws RankedRunException       if a rank cannot begin, or the ranks fail
    /// @throws IllegalArgumentException if the cluster has too few executors, before anything is
    ///     written
    public static Finished run(SparkSession session, RankedRun run) {
        RecipeChecks.check("recipe", run.recipe(), run.resuming());
        requireOwn(run);
        SparkContext context = session.sparkContext();
        requireExecutors(context, run.ranks());
        List<RankReport> reports = collect(context, run);
        reports.stream()
                .map(RankReport::outcome)
                .filter(RankOutcome::isFailure)
                .min(Comparator.comparing(RankOutcome::end))
                .ifPresent(failure -> {
                    throw new RankedRunException(failure.text(), failure.end() == RankOutcome.End.WRONG);
                });
        RankReport first = reports.getFirst();
        return new Finished(
                first.outcome().end() == RankOutcome.End.COMPLETED,
                first.outcome().step(),
                first.attempt(),
                run.directory());
    }

    /// Spark tries a barrier stage again only if its results go to another stage: so the reports
    /// are dealt out
    /// anew before the driver gets them.
    ///
    /// @return what each rank reports, in order
    private static List<RankReport> collect(SparkContext context, RankedRun run) {
        List<Object> numbers =
                IntStream.range(0, run.ranks()).mapToObj(rank -> (Object) rank).toList();
        RDD<RankReport> reports = JavaSparkContext.fromSparkContext(context)
                .parallelize(numbers, run.ranks())
                .rdd()
                .barrier()
                .mapPartitions(new RankTask(run), false, TAG);
        return new JavaRDD<>(reports, TAG)
                .repartition(1).collect().stream()
                        .sorted(Comparator.comparingInt(RankReport::rank))
                        .toList();
    }

    private static void requireOwn(RankedRun run) {
        Path out = run.directory();
        String[] there = out.toFile().list();
        if (!run.resuming() && Files.exists(out) && (there == null || there.length > 0)) {
            throw new RunDirectoryException(out + " must be an empty directory, or not exist, for a new run");
        }
    }

    private static void requireExecutors(SparkContext context, int ranks) {
        if (context.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new IllegalArgumentException("ranks begin together, so their executors must be there: set"
                    + " spark.dynamicAllocation.enabled=false and spark.executor.instances=" + ranks);
        }
        if (ranks > 1 && context.isLocal()) {
            throw new IllegalArgumentException("a master " + context.master() + " is one process, and each of the "
                    + ranks + " ranks needs its own: submit to a cluster, or to local-cluster[" + ranks + ",1,MB]");
        }
        long deadline =
                System.nanoTime() + TimeUnit.SECONDS.toNanos(context.getConf().getTimeAsSeconds(REGISTRATION, "30s"));
        while (!suffices(context, ranks) && System.nanoTime() < deadline) {
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for executors", e);
            }
        }
        if (!suffices(context, ranks)) {
            throw new IllegalArgumentException(ranks + " ranks need as many executors with a free slot each, but the"
                    + " cluster has " + executors(context) + " executors with " + slots(context)
                    + " slots: lower the number of ranks, or raise spark.executor.instances; nothing was written");
        }
    }

    private static boolean suffices(SparkContext context, int ranks) {
        return slots(context) >= ranks && (context.isLocal() || executors(context) >= ranks);
    }

    /// @return executors that are there; the driver counts itself
    private static int executors(SparkContext context) {
        return context.getExecutorMemoryStatus().size() - (context.isLocal() ? 0 : 1);
    }

    private static int slots(SparkContext context) {
        return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    }
}
