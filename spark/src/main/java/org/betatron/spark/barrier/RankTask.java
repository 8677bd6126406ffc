package org.betatron.spark.barrier;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.betatron.core.rank.RankException;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.RunRequest;
import org.betatron.runs.recipe.Recipe;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One rank of a run: a task of a barrier stage.
///
/// All tasks end together, and know how the others ended. Where a rank was lost, the stage is tried
/// once more;
/// whatever would fail again is given back as an outcome, because Spark tries again what throws.
final class RankTask implements Function1<Iterator<Object>, Iterator<RankReport>>, Serializable {

    private static final long serialVersionUID = 1L;

    private final RankedRun run;

    RankTask(RankedRun run) {
        this.run = run;
    }

    @Override
    public Iterator<RankReport> apply(Iterator<Object> nothing) {
        BarrierTaskContext context = BarrierTaskContext.get();
        RankReport report = new RankReport(context.partitionId(), context.stageAttemptNumber() + 1, outcome(context));
        return CollectionConverters.asScala(List.of(report).iterator());
    }

    private RankOutcome outcome(BarrierTaskContext context) {
        if (context.stageAttemptNumber() > 1) {
            return new RankOutcome(
                    RankOutcome.End.FAILED,
                    "the ranks were lost twice, most likely for their memory (spark.executor.memoryOverhead is what"
                            + " libtorch has); the run can be resumed",
                    0);
        }
        Meeting meeting = Meeting.of(context, run);
        if (meeting.problem().isPresent()) {
            return new RankOutcome(RankOutcome.End.WRONG, meeting.problem().get(), 0);
        }
        RankOutcome own = carryOut(context, meeting);
        List<RankOutcome> all = gather(context, own);
        boolean isDecided = all.stream().anyMatch(one -> one.isFailure() && one.end() != RankOutcome.End.LOST);
        if (own.isFailure() && !isDecided && context.stageAttemptNumber() == 0) {
            throw new RankException(own.text());
        }
        return own;
    }

    private RankOutcome carryOut(BarrierTaskContext context, Meeting meeting) {
        try {
            RankPlace place = meeting.place(run.timeout());
            return RankOutcome.of(run.run(meeting.goesOn(), new RankedRun.Placing() {
                @Override
                public <R extends Recipe> RunRequest<R> placed(RunRequest<R> request) {
                    return request.withPlace(place).withStop(context::isInterrupted);
                }
            }));
        } catch (RuntimeException | LinkageError e) {
            return RankOutcome.of(e);
        }
    }

    /// Waits for all, as a barrier does.
    private static List<RankOutcome> gather(BarrierTaskContext context, RankOutcome own) {
        String said = JsonMapper.shared()
                .createObjectNode()
                .put("end", own.end().name())
                .put("text", own.text())
                .put("step", own.step())
                .toString();
        return Stream.of(context.allGather(said))
                .map(message -> JsonMapper.shared().readTree(message))
                .map(RankTask::outcome)
                .toList();
    }

    private static RankOutcome outcome(JsonNode said) {
        return new RankOutcome(
                RankOutcome.End.valueOf(said.path("end").asString()),
                said.path("text").asString(),
                said.path("step").asLong());
    }
}
