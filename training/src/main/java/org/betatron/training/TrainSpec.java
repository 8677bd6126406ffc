package org.betatron.training;

import static org.betatron.core.Numbers.require;

import java.util.List;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.data.packing.Packing;
import org.betatron.training.LearningRateSchedule.Decay;

/// How a run trains, whatever it learns.
///
/// Where a count of steps says "every", 0 means never.
///
/// @param length          how long
/// @param batchSize       rows per optimizer step, ≥ 1
/// @param microBatchSize  most rows that go through the model at once, ≥ 1; changes
///     memory and speed only, unless an alignment decides per micro-batch
/// @param microBatchTokens most tokens that go through the model at once, ≥ 1, or 0 for what suits
///     the model, see [DifferentiableModel#tokensAtOnce]; a longer row goes by itself. Changes
///     memory and speed only
/// @param sharePrompts    whether rows of a batch with equal prompts share one, and equal responses
///     to it as well: computed once, the same update up to rounding
/// @param learningRate    highest learning rate, > 0
/// @param warmupSteps     steps over which the learning rate rises to it, ≥ 0
/// @param decay           what the learning rate does afterwards
/// @param finalRatio      learning rate of the last step over the highest, in [0, 1]; read by
///     decays that are not constant
/// @param maxGradientNorm gradients that are longer are scaled down to this, > 0; infinite for
///     never
/// @param evaluateEvery   steps between evaluations on held-out rows; there is one after the last
///     step in any case, and one before the first unless this is 0
/// @param checkpointEvery steps between checkpoints; a stop writes one in any case
/// @param keepCheckpoints newest checkpoints that stay on disk, ≥ 1
/// @param logEvery        steps between lines of metrics, ≥ 1
/// @param graphMemory     share of the machine's memory up to which an optimizer batch may keep
///     what its backward pass needs, where it is decided about as a whole, in [0, 1]. A batch that
///     would keep more is scored first and computed again, micro-batch by micro-batch and only
///     where there is something to learn: slower, the same update, less memory
/// @param seed            seed of order, selection and dropout
/// @param frozen          weights that stay as they are: patterns of their names in the files of
///     the model, in the glob syntax of [java.nio.file.FileSystem#getPathMatcher]
public record TrainSpec(
        TrainLength length,
        int batchSize,
        int microBatchSize,
        int microBatchTokens,
        boolean sharePrompts,
        double learningRate,
        int warmupSteps,
        Decay decay,
        double finalRatio,
        double maxGradientNorm,
        int evaluateEvery,
        int checkpointEvery,
        int keepCheckpoints,
        int logEvery,
        double graphMemory,
        long seed,
        List<String> frozen) {

    /// Batch size 64, learning rate 5e-7, 150 warm-up steps, then constant, gradient norm 10, one
    /// epoch: the published code of DPO, on which that of beta-DPO rests (`config/config.yaml` and
    /// README). The rest is ours: at most 8 rows at once and tokens as suits the model, graphs of a
    /// batch that is decided about as a whole within 0.4 of the memory, evaluation and checkpoint
    /// every 100 steps.
    public static final TrainSpec DEFAULT = new TrainSpec(
            new TrainLength.Epochs(1),
            64,
            8,
            0,
            true,
            5e-7,
            150,
            Decay.CONSTANT,
            0,
            10,
            100,
            100,
            2,
            1,
            0.4,
            0,
            List.of());

    /// Without a graph one layer's numbers exist at a time.
    private static final int SCORED_TOKENS = 2048;

    public TrainSpec {
        frozen = List.copyOf(frozen);
        Counts.require("batchSize", batchSize >= 1, "≥ 1", batchSize);
        Counts.require("microBatchSize", microBatchSize >= 1, "≥ 1", microBatchSize);
        Counts.require("microBatchTokens", microBatchTokens >= 0, "≥ 0", microBatchTokens);
        require("learningRate", learningRate > 0 && learningRate < Double.POSITIVE_INFINITY, "> 0", learningRate);
        Counts.require("warmupSteps", warmupSteps >= 0, "≥ 0", warmupSteps);
        require("finalRatio", finalRatio >= 0 && finalRatio <= 1, "in [0, 1]", finalRatio);
        require("maxGradientNorm", maxGradientNorm > 0, "> 0", maxGradientNorm);
        Counts.require("evaluateEvery", evaluateEvery >= 0, "≥ 0", evaluateEvery);
        Counts.require("checkpointEvery", checkpointEvery >= 0, "≥ 0", checkpointEvery);
        Counts.require("keepCheckpoints", keepCheckpoints >= 1, "≥ 1", keepCheckpoints);
        Counts.require("logEvery", logEvery >= 1, "≥ 1", logEvery);
        require("graphMemory", graphMemory >= 0 && graphMemory <= 1, "in [0, 1]", graphMemory);
    }

    /// @return the same training at another highest learning rate
    public TrainSpec withLearningRate(double newLearningRate) {
        return new TrainSpec(
                length,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                newLearningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training for another length
    public TrainSpec withLength(TrainLength newLength) {
        return new TrainSpec(
                newLength,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training with other batches
    public TrainSpec withBatchSize(int newBatchSize) {
        return new TrainSpec(
                length,
                newBatchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training with another warm-up
    public TrainSpec withWarmupSteps(int newWarmupSteps) {
        return new TrainSpec(
                length,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                newWarmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training with checkpoints at other steps
    public TrainSpec withCheckpointEvery(int newCheckpointEvery) {
        return new TrainSpec(
                length,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                newCheckpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training measured at other steps
    public TrainSpec withEvaluateEvery(int newEvaluateEvery) {
        return new TrainSpec(
                length,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                newEvaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                seed,
                frozen);
    }

    /// @return the same training with another seed
    public TrainSpec withSeed(long newSeed) {
        return new TrainSpec(
                length,
                batchSize,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                learningRate,
                warmupSteps,
                decay,
                finalRatio,
                maxGradientNorm,
                evaluateEvery,
                checkpointEvery,
                keepCheckpoints,
                logEvery,
                graphMemory,
                newSeed,
                frozen);
    }

    /// @return how rows go through a model that is trained on them
    public Packing packing(DifferentiableModel model) {
        return packing(model.tokensAtOnce());
    }

    /// @return how rows go through a model that only looks at them
    public Packing packing() {
        return packing(SCORED_TOKENS);
    }

    /// @param suitable tokens that go through the model at once where [#microBatchTokens] does not
    ///     say
    /// @return how rows go through a model
    public Packing packing(int suitable) {
        return new Packing(microBatchSize, microBatchTokens == 0 ? suitable : microBatchTokens, sharePrompts);
    }

    /// @param numRows rows of the data set, ≥ 1
    /// @return optimizer steps of the whole run
    public long totalSteps(int numRows) {
        return Math.ceilDiv(length.totalRows(numRows, batchSize), (long) batchSize);
    }

    /// @param totalSteps optimizer steps of the whole run
    public LearningRateSchedule schedule(long totalSteps) {
        return new LearningRateSchedule(learningRate, warmupSteps, decay, finalRatio, totalSteps);
    }
}
