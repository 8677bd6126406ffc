package org.betatron.training;

import java.util.Map;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.data.packing.RowBatch;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Checkpoints;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.MetricsLog;
import org.betatron.training.run.ProcessMemory;
import org.betatron.training.run.TrainingException;
import org.betatron.training.run.TrainingState;

/// The training loop, the same for every kind of learning.
///
/// ```text
/// rows of the step -> packed micro-batches -> forward all
///   -> decide once over the whole optimizer batch
///   -> backward -> clip -> step -> metrics -> evaluate / checkpoint
/// ```
///
/// A number that is not finite ends the run before the weights of that step change; the last
/// checkpoint stays. A step that has nothing to teach leaves weights and moments alone and is
/// counted.
///
/// Used once, by one thread.
public final class Trainer {

    /// PyTorch's `clip_grad_norm_` adds this to the norm.
    private static final double CLIP_EPSILON = 1e-6;

    private final TrainingJob job;
    private final TrainSpec spec;
    private final long totalRows;
    private final long totalSteps;
    private final LearningRateSchedule schedule;
    private final MetricsLog log;
    private final Checkpoints checkpoints;

    public Trainer(TrainingJob job) {
        this.job = job;
        this.spec = job.spec();
        int numRows = job.rule().rows().size();
        this.totalRows = spec.length().totalRows(numRows, spec.batchSize());
        this.totalSteps = spec.totalSteps(numRows);
        this.schedule = spec.schedule(totalSteps);
        this.log = job.directory().metrics();
        this.checkpoints = job.directory().checkpoints(spec.keepCheckpoints());
    }

    /// Trains from the first step on.
    ///
    /// @throws TrainingException if the run cannot go on
    public TrainingOutcome start() {
        // An earlier session may have ended before its first checkpoint.
        log.cutBackTo(-1);
        if (spec.warmupSteps() >= totalSteps) {
            job.listener()
                    .warning("warmupSteps is " + spec.warmupSteps() + " but the run has " + totalSteps
                            + " steps: the learning rate never reaches " + spec.learningRate());
        }
        if (spec.evaluateEvery() > 0) {
            evaluate(TrainingState.START);
        }
        return loop(TrainingState.START);
    }

    /// Goes on where a checkpoint was written, as if the run had never stopped.
    ///
    /// @param checkpoint the checkpoint that the model of the job was opened from
    /// @throws TrainingException if it belongs to another run, or the run cannot go on
    public TrainingOutcome resume(Checkpoint checkpoint) {
        job.identity().requireSame(checkpoint.identity(), "checkpoint " + checkpoint.directory());
        checkpoint.loadOptimizer(job.optimizer());
        log.cutBackTo(checkpoint.state().step());
        return loop(checkpoint.state());
    }

    private TrainingOutcome loop(TrainingState start) {
        StepClock clock = new StepClock(start.elapsedSeconds());
        TrainingState state = start;
        job.listener().started(state.step(), totalSteps);
        while (state.step() < totalSteps) {
            if (job.stopRequested().getAsBoolean()) {
                if (state.step() > start.step() && !isDue(spec.checkpointEvery(), state.step())) {
                    checkpoint(state);
                }
                return new TrainingOutcome(state, End.STOPPED);
            }
            state = step(state, clock);
            if (isDue(spec.evaluateEvery(), state.step()) || state.step() == totalSteps) {
                evaluate(state);
            }
            if (isDue(spec.checkpointEvery(), state.step())) {
                checkpoint(state);
            }
        }
        return new TrainingOutcome(state, End.COMPLETED);
    }

    private TrainingState step(TrainingState before, StepClock clock) {
        long step = before.step() + 1;
        clock.beginStep();
        RowBatch batch = RowBatch.of(job.rule().rows(), rowsFrom(before.position()), spec.packing());
        BatchPass pass = wayOf(batch);
        StepDecision decision =
                pass.run(job.model(), batch, new BatchPass.Decider(job.rule(), step, before.alignment()));
        double gradientNorm = decision.teaches() ? update(step, decision) : 0;
        clock.endStep(batch);
        TrainingState after = new TrainingState(
                step,
                before.position() + batch.size(),
                moveReference(step, decision.state()),
                before.skippedSteps() + (decision.teaches() ? 0 : 1),
                clock.elapsedSeconds());
        report(after, decision, gradientNorm, pass, clock);
        return after;
    }

    private BatchPass wayOf(RowBatch batch) {
        if (job.rule().decidesRowByRow()) {
            return BatchPass.ONE_BY_ONE;
        }
        long needed = job.model().graphBytes(batch.numTokens());
        return needed <= spec.graphMemory() * ProcessMemory.ofMachine() ? BatchPass.TOGETHER : BatchPass.TWICE;
    }

    /// @return norm of the gradient before it was clipped
    private double update(long step, StepDecision decision) {
        double norm = job.optimizer().gradientNorm();
        if (!Double.isFinite(norm)) {
            throw new TrainingException("step " + step + ": gradient norm is " + norm + "; loss " + decision.loss()
                    + " is finite, so a derivative overflowed in the model; weights were not changed");
        }
        double scale = Math.min(1, spec.maxGradientNorm() / (norm + CLIP_EPSILON));
        job.optimizer().step(schedule.at(step), scale);
        return norm;
    }

    private AlignmentState moveReference(long step, AlignmentState state) {
        return job.movingReference()
                .filter(reference -> reference.isDue(step))
                .map(reference -> reference.follow(job.model(), state))
                .orElse(state);
    }

    private int[] rowsFrom(long position) {
        int[] rows = new int[(int) Math.min(spec.batchSize(), totalRows - position)];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = job.order().row(position + i);
        }
        return rows;
    }

    private void report(
            TrainingState state, StepDecision decision, double gradientNorm, BatchPass pass, StepClock clock) {
        Metrics.Builder metrics = Metrics.builder()
                .putAll(decision.metrics().under("train"))
                .put("train/gradientNorm", gradientNorm)
                .put("train/learningRate", schedule.at(state.step()))
                .put("train/forwardPasses", pass == BatchPass.TWICE ? 2 : 1)
                .put("train/skippedSteps", (double) state.skippedSteps());
        job.movingReference()
                .ifPresent(reference ->
                        metrics.put("train/referenceUpdates", (double) reference.numUpdates(state.step())));
        if (isDue(spec.logEvery(), state.step()) || state.step() == totalSteps) {
            clock.report(metrics);
            keep(state.step(), metrics.build());
        }
        job.listener().stepDone(state.step(), metrics.build());
    }

    private void evaluate(TrainingState state) {
        long step = state.step();
        Metrics metrics =
                job.evaluation().evaluate(job.model(), state.alignment()).under("eval");
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
        log.append(step, metrics);
        job.listener().logged(step, metrics);
    }

    private void checkpoint(TrainingState state) {
        job.listener()
                .checkpointWritten(checkpoints.write(
                        job.model(),
                        job.optimizer(),
                        job.movingReference().map(MovingReference::model),
                        job.identity(),
                        state));
    }

    private static boolean isDue(int every, long step) {
        return every > 0 && step % every == 0;
    }
}
