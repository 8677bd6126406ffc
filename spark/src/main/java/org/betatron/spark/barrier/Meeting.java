package org.betatron.spark.barrier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.betatron.core.rank.RankPlace;
import org.betatron.core.run.RunFiles;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.torch.device.NativeLibraries;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the tasks of a stage tell each other before anything is written: where rank 0 listens, who
/// shares a
/// host, what is wrong with one of them.
///
/// @param own   number of this rank
/// @param ranks what each said
/// @param host  of rank 0
record Meeting(int own, List<JsonNode> ranks, String host) {

    /// Tells the others, and hears them.
    static Meeting of(BarrierTaskContext context, RankedRun run) {
        int rank = context.partitionId();
        String said = JsonMapper.shared()
                .createObjectNode()
                .put("executor", SparkEnv.get().executorId())
                .put("host", hostOf(context, rank))
                .put("port", rank == 0 ? freePort() : 0)
                .put("goesOn", goesOn(context, run))
                .put("problem", problem(run))
                .toString();
        List<JsonNode> ranks = Stream.of(context.allGather(said))
                .map(message -> JsonMapper.shared().readTree(message))
                .toList();
        return new Meeting(rank, ranks, hostOf(context, 0));
    }

    private static String hostOf(BarrierTaskContext context, int rank) {
        String address = context.getTaskInfos()[rank].address();
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// Nothing keeps the port until rank 0 takes it; where it is gone by then, rank 0 says so, and
    /// the stage is
    /// tried again.
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("rank 0 finds no free port", e);
        }
    }

    /// A stage that is tried again goes on with what the first attempt began.
    private static boolean goesOn(BarrierTaskContext context, RankedRun run) {
        return run.resuming()
                || (context.stageAttemptNumber() > 0
                        && Files.exists(run.directory().resolve(RunFiles.RECIPE)));
    }

    /// Everything that a rank can find out by itself: one that fails later leaves the others
    /// waiting.
    ///
    /// @return why this rank cannot begin, empty if it can
    private static String problem(RankedRun run) {
        try {
            NativeLibraries.loadForRanks();
            RecipeChecks.check("recipe", run.recipe(), run.resuming());
            return "";
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage()).replaceAll("\\R\\s*", "; ");
        } catch (LinkageError e) {
            return "a library of Betatron is missing (" + e.getMessage()
                    + "): give spark-submit all jars of spark/target/jars.txt with --jars";
        }
    }

    /// @return why the ranks cannot begin, the same on all of them
    Optional<String> problem() {
        Map<String, Integer> rankOf = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
            String executor = ranks.get(rank).path("executor").asString();
            String problem = ranks.get(rank).path("problem").asString();
            if (!problem.isEmpty()) {
                problems.add("rank " + rank + " (executor " + executor + " on "
                        + ranks.get(rank).path("host").asString() + "): " + problem);
            }
            Integer before = rankOf.putIfAbsent(executor, rank);
            if (before != null) {
                problems.add("ranks " + before + " and " + rank + " are in one executor, " + executor
                        + ", and each needs a process of its own: set spark.task.cpus to spark.executor.cores, so that"
                        + " an executor takes one, and have at least " + ranks.size()
                        + " executors (a master local[N] has none)");
            }
        }
        return problems.stream().findFirst();
    }

    /// @return whether the ranks go on with a run that was begun, as rank 0 sees it
    boolean goesOn() {
        return ranks.getFirst().path("goesOn").asBoolean();
    }

    /// @return where this rank is, and where it meets the others
    RankPlace place(Duration timeout) {
        if (ranks.size() == 1) {
            return RankPlace.ALONE;
        }
        String here = ranks.get(own).path("host").asString();
        int sizeHere = (int) ranks.stream()
                .filter(rank -> rank.path("host").asString().equals(here))
                .count();
        return new RankPlace(
                own, ranks.size(), sizeHere, host, ranks.getFirst().path("port").asInt(), timeout);
    }
}
