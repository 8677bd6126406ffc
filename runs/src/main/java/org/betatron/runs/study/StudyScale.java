package org.betatron.runs.study;

import java.util.List;
import org.betatron.data.world.WorldSpec;

/// How large a study is.
///
/// @param supervisedSteps of fine-tuning, one for all arms of a seed and size
/// @param steps           of alignment, in batches of [#BATCH_SIZE]; an arm may ask for another
///     number
/// @param questions       rows to measure on
/// @param threads         of one operation; 0 for one per core
public record StudyScale(int supervisedSteps, int steps, int questions, int threads) {

    /// One pass over the training pairs; an arm of the medium model takes about ten seconds on one
    /// core.
    public static final StudyScale DEFAULT = new StudyScale(400, 48, 320, 1);

    /// Whether everything works, within minutes; its numbers mean nothing.
    public static final StudyScale QUICK = new StudyScale(40, 8, 40, 1);

    /// Name of the world that most arms learn from: half of the pairs of low gap, a tenth outliers.
    static final String WORLD = "world";

    /// Name of the world without outliers.
    static final String CLEAN_WORLD = "clean-world";

    /// Name of the world in which a fifth of the labels is flipped.
    static final String FLIPPED_WORLD = "flipped-world";

    /// Name of the world whose outliers are all preferred to the ordinary answer.
    static final String PREFERRED_OUTLIERS_WORLD = "preferred-outliers-world";

    static final List<Double> TEMPERATURES = List.of(0.0, 0.25, 0.5, 0.75, 1.0);
    static final int TRAINING_PAIRS = 1536;
    static final int BATCH_SIZE = 32;

    /// Own answers of an optimizer step, where these are learned from.
    static final int ANSWERS = 32;
    static final double LOW_GAP = WorldSpec.LOW_GAP;

    /// Optimizer steps of a reward model: three passes over the training pairs.
    private static final int REWARD_STEPS = 144;

    private static final double OUTLIERS = 0.1;
    private static final double FLIPS = 0.2;

    /// So many that those of a mixture are there, whatever its share.
    private static final int POOL = 4000;

    public StudyScale withThreads(int other) {
        return new StudyScale(supervisedSteps, steps, questions, other);
    }

    boolean isQuick() {
        return steps == QUICK.steps;
    }

    WorldSpec world(String name, long seed) {
        WorldSpec base = WorldSpec.DEFAULT;
        boolean flipped = name.equals(FLIPPED_WORLD);
        return new WorldSpec(
                base.texts(),
                flipped ? TRAINING_PAIRS : POOL,
                base.evaluation(),
                base.lowGap(),
                name.equals(CLEAN_WORLD) ? 0 : OUTLIERS,
                flipped ? FLIPS : 0,
                name.equals(PREFERRED_OUTLIERS_WORLD) ? 1 : 0,
                base.temperature(),
                seed);
    }

    /// @return recipe keys of fine-tuning
    List<String> supervised(long seed) {
        return List.of(
                "train.length.type=steps",
                "train.length.count=" + supervisedSteps,
                "train.batchSize=" + BATCH_SIZE,
                "train.microBatchSize=" + BATCH_SIZE,
                "train.learningRate=5e-3",
                "train.warmupSteps=30",
                "train.decay=cosine",
                "train.finalRatio=0.05",
                "train.maxGradientNorm=1",
                "train.evaluateEvery=0",
                "train.checkpointEvery=0",
                "train.seed=" + seed,
                "compute.threads=" + threads);
    }

    /// @return recipe keys of a reward model
    List<String> rewarded(long seed) {
        return List.of(
                "train.length.type=steps",
                "train.length.count=" + Math.min(REWARD_STEPS, 3 * steps),
                "train.batchSize=" + BATCH_SIZE,
                "train.microBatchSize=" + BATCH_SIZE,
                "train.learningRate=1e-3",
                "train.warmupSteps=10",
                "train.decay=cosine",
                "train.evaluateEvery=0",
                "train.checkpointEvery=0",
                "train.seed=" + seed,
                "compute.threads=" + threads);
    }

    /// @return recipe keys of alignment, which those of an arm override
    List<String> aligned(long seed) {
        return List.of(
                "train.length.type=steps",
                "train.length.count=" + steps,
                "train.batchSize=" + BATCH_SIZE,
                "train.microBatchSize=" + BATCH_SIZE,
                "train.learningRate=5e-4",
                "train.warmupSteps=10",
                "train.evaluateEvery=0",
                "train.checkpointEvery=0",
                "train.seed=" + seed,
                "compute.threads=" + threads);
    }
}
