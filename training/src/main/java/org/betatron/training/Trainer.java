package org.betatron.training;

import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.FORWARD_PASSES;
import static org.betatron.core.run.MetricNames.GRADIENT_NORM;
import static org.betatron.core.run.MetricNames.LEARNING_RATE;
import static org.betatron.core.run.MetricNames.REFERENCE_UPDATES;
import static org.betatron.core.run.MetricNames.SKIPPED_STEPS;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.util.Map;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Checkpoints;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.MetricsLog;
import org.betatron.training.run.ProcessMemory;
import org.betatron.training.run.TrainingException;
import org.betatron.training.run.TrainingState;

/// The training loop, the same for every kind of learning.
///
/// ```text
/// rows of the step (drawn, or made) -> packed micro-batches -> forward all
///   -> decide once over the whole optimizer batch
///   -> backward -> clip -> step, each model by itself -> metrics -> evaluate / checkpoint
/// ```
///
/// A number that is not finite ends the run before the weights of that step change; the last
/// checkpoint stays. A step that has nothing to teach leaves weights and moments alone and is
/// counted.
///
/// Used once, by one thread.
public final class Trainer<R extends TokenizedRow, Q, S> {

    /// PyTorch's `clip_grad_norm_` adds this to the norm.
    private static final double CLIP_EPSILON = 1e-6;

    private final TrainingJob<R, Q, S> job;
    private final TrainSpec spec;
    private final LearningRule<R, Q, S> rule;
    private final long totalSteps;

    /// Bytes that a batch may keep for its backward pass.
    private final double graphLimit;

    private final LearningRateSchedule schedule;
    private final Ranks ranks;
    private final MetricsLog log;
    private final Checkpoints checkpoints;

    /// @throws IllegalArgumentException if the rule's rows have no such length as the job asks for
    public Trainer(TrainingJob<R, Q, S> job) {
        this.job = job;
        this.spec = job.spec();
        this.rule = job.rule();
        this.totalSteps = rule.source().totalSteps(spec);
        this.graphLimit =
                spec.graphMemory() * ProcessMemory.ofMachine() / job.ranks().sizeHere();
        this.schedule = spec.schedule(totalSteps);
        this.ranks = job.ranks();
        this.log = job.directory().metrics();
        this.checkpoints = job.directory().checkpoints(spec.keepCheckpoints());
    }

    /// Where the run is, and what its rule remembers.
    private record Now<S>(TrainingState state, S memory) {

        long step() {
            return state.step();
        }
    }

    /// Trains from the first step on.
    ///
    /// @throws TrainingException if the run cannot go on
    public TrainingOutcome<S> start() {
        // An earlier session may have ended before its first checkpoint.
        if (ranks.isFirst()) {
            log.cutBackTo(-1);
        }
        if (spec.warmupSteps() >= totalSteps) {
            job.listener()
                    .warning("warmupSteps is " + spec.warmupSteps() + " but the run has " + totalSteps
                            + " steps: the learning rate never reaches " + spec.learningRate());
        }
        Now<S> start = new Now<>(TrainingState.START, rule.stateFormat().start());
        if (spec.evaluateEvery() > 0) {
            evaluate(start);
        }
        return loop(start);
    }

    /// Goes on where a checkpoint was written, as if the run had never stopped.
    ///
    /// @param checkpoint the checkpoint that the models of the job were opened from
    /// @throws TrainingException if it belongs to another run, or the run cannot go on
    public TrainingOutcome<S> resume(Checkpoint checkpoint) {
        job.identity().requireSame(checkpoint.identity(), "checkpoint " + checkpoint.directory());
        S memory = checkpoint.memory(rule.stateFormat());
        job.learners().forEach(checkpoint::restore);
        long step = checkpoint.state().step();
        long logged = step - step % spec.logEvery();
        if (ranks.isFirst() && log.cutBackTo(step) < logged) {
            job.listener()
                    .warning(log.file() + " lacks what was logged up to step " + logged
                            + ", before the step that the run goes on from: plots and reports will lack it");
        }
        return loop(new Now<>(checkpoint.state(), memory));
    }

    private TrainingOutcome<S> loop(Now<S> start) {
        StepClock clock = new StepClock(start.state().elapsedSeconds(), ranks);
        Now<S> now = start;
        job.listener().started(now.step(), totalSteps);
        while (!isDone(now)) {
            ranks.reached("step " + (now.step() + 1));
            // Whoever is asked to stop: all do, at the same step.
            if (ranks.any(job.stopRequested().getAsBoolean())) {
                if (now.step() > start.step() && !isDue(spec.checkpointEvery(), now.step())) {
                    checkpoint(now);
                }
                return new TrainingOutcome<>(now.state(), now.memory(), End.STOPPED);
            }
            now = step(now, clock);
            if (isDue(spec.evaluateEvery(), now.step()) || isDone(now)) {
                evaluate(now);
            }
            if (isDue(spec.checkpointEvery(), now.step())) {
                checkpoint(now);
            }
        }
        return new TrainingOutcome<>(now.state(), now.memory(), End.COMPLETED);
    }

    private boolean isDone(Now<S> now) {
        return now.step() >= totalSteps || (now.step() > 0 && rule.isDone(now.memory()));
    }

    private Now<S> step(Now<S> before, StepClock clock) {
        long step = before.step() + 1;
        clock.beginStep();
        StepRows<R, S> rows = rule.source().draw(spec, step, before.state().position(), before.memory());
        RowBatch batch = rows.packed(spec.packing(job.model()));
        SharedBatch shared = SharedBatch.of(batch, ranks);
        // What follows is decided by these two, which are known before a model sees the batch.
        double totalWeight = Decider.weight(
                rule, rows.data(), IntStream.range(0, batch.size()).map(batch::row));
        BatchPass pass = passFor(shared.own());
        Lesson<S> lesson = pass.run(
                job.model()
                        .dropping(RandomStreams.stream(spec.seed(), "dropout", step)
                                .nextLong()),
                shared,
                new Decider<>(rule, rows.data(), new StepPlace(step, totalSteps), rows.state(), totalWeight));
        Metrics norms = update(step, lesson);
        clock.endStep(batch, shared.own());
        TrainingState after = new TrainingState(
                step,
                before.state().position() + batch.size(),
                before.state().skippedSteps() + (lesson.teaches() ? 0 : 1),
                clock.elapsedSeconds());
        Now<S> now = new Now<>(after, moveReference(step, lesson.decision().state()));
        report(now, lesson.decision().metrics(), norms, pass, clock);
        return now;
    }

    /// @param share rows of this rank
    /// @return the way that every rank goes: what one has no memory for, none does
    private BatchPass passFor(RowBatch share) {
        BatchPass own = BatchPass.of(rule.decidesRowByRow(), job.model().graphBytes(share.numTokens()), graphLimit);
        return own != BatchPass.ONE_BY_ONE && ranks.any(own == BatchPass.TWICE) ? BatchPass.TWICE : own;
    }

    /// Moves every model that the batch taught anything.
    ///
    /// @return norm of each gradient before it was clipped, 0 where there was no update
    private Metrics update(long step, Lesson<S> lesson) {
        boolean teaches = lesson.teaches();
        Metrics.Builder norms = Metrics.builder();
        for (Learner learner : job.learners()) {
            // The gradients of all ranks become one here.
            double norm = teaches ? learner.optimizer().gradientNorm() : 0;
            String name = learner.name().equals(Learner.MAIN) ? "" : "/" + learner.name();
            if (!Double.isFinite(norm)) {
                throw new TrainingException(
                        "step " + step + ": gradient norm" + (name.isEmpty() ? "" : " of " + learner.name())
                                + " is " + norm + "; loss " + lesson.decision().loss()
                                + " is finite, so a derivative overflowed in the model; weights were not changed");
            }
            norms.put(TRAIN + GRADIENT_NORM + name, norm);
        }
        Metrics all = norms.build();
        int index = 0;
        for (double norm : all.values().values()) {
            Learner learner = job.learners().get(index++);
            if (norm > 0) {
                double scale = Math.min(1, spec.maxGradientNorm() / (norm + CLIP_EPSILON));
                learner.optimizer().step(learner.rate() * schedule.at(step), scale);
            }
        }
        return all;
    }

    private S moveReference(long step, S memory) {
        return job.movingReference()
                .filter(reference -> reference.isDue(step))
                .map(reference -> reference.follow(job.learners().getFirst().model(), memory))
                .orElse(memory);
    }

    private void report(Now<S> now, Metrics decided, Metrics norms, BatchPass pass, StepClock clock) {
        TrainingState state = now.state();
        Metrics.Builder metrics = Metrics.builder()
                .putAll(decided.under(TRAIN))
                .putAll(norms)
                .put(TRAIN + LEARNING_RATE, schedule.at(state.step()))
                .put(TRAIN + FORWARD_PASSES, pass == BatchPass.TWICE ? 2 : 1)
                .put(TRAIN + SKIPPED_STEPS, (double) state.skippedSteps());
        job.movingReference()
                .ifPresent(reference ->
                        metrics.put(TRAIN + REFERENCE_UPDATES, (double) reference.numUpdates(state.step())));
        if (isDue(spec.logEvery(), state.step()) || isDone(now)) {
            clock.report(metrics);
            keep(state.step(), metrics.build());
        }
        job.listener().stepDone(state.step(), metrics.build());
    }

    private void evaluate(Now<S> now) {
        long step = now.step();
        ranks.reached("evaluation after step " + step);
        Metrics metrics = job.evaluation().evaluate(now.memory()).under(EVAL);
        if (metrics.values().isEmpty()) {
            return;
        }
        for (Map.Entry<String, Double> metric : metrics.values().entrySet()) {
            if (!Double.isFinite(metric.getValue())) {
                job.listener().warning("step " + step + ": " + metric.getKey() + " is " + metric.getValue());
            }
        }
        keep(step, metrics);
        job.listener().evaluated(step, metrics);
    }

    private void keep(long step, Metrics metrics) {
        if (ranks.isFirst()) {
            log.append(step, metrics);
        }
        job.listener().logged(step, metrics);
    }

    private void checkpoint(Now<S> now) {
        ranks.reached("checkpoint of step " + now.step());
        if (!ranks.isFirst()) {
            job.learners().forEach(learner -> learner.optimizer().contribute());
            return;
        }
        job.listener()
                .checkpointWritten(checkpoints.write(
                        job.learners(),
                        job.movingReference().map(MovingReference::model),
                        job.identity(),
                        now.state(),
                        rule.stateFormat().write(now.memory())));
    }

    private static boolean isDue(int every, long step) {
        return every > 0 && step % every == 0;
    }
}
