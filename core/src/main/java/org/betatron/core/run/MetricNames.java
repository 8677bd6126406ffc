package org.betatron.core.run;

/// Names of the numbers that a run leaves in [RunFiles#METRICS], for those who write them and those
/// who read them: of a training step after [#TRAIN], of an evaluation after [#EVAL]; the last five
/// stand by themselves.
///
/// `docs/metrics.md` says more of each.
public final class MetricNames {

    /// Number of the step that a line is of.
    public static final String STEP = "step";

    /// Before names of numbers of one training step.
    public static final String TRAIN = "train/";

    /// Before names of numbers over all rows to measure on.
    public static final String EVAL = "eval/";

    /// Optimized: kept pairs at their betas, or per response token; nats.
    public static final String LOSS = "loss";

    /// Supervised: exponential of the loss.
    public static final String PERPLEXITY = "perplexity";

    /// Supervised: tokens that the loss is a mean of; tokens.
    public static final String RESPONSE_TOKENS = "responseTokens";

    /// Mean of beta_0 times score of chosen responses; nats.
    public static final String REWARD_CHOSEN = "reward/chosen";

    /// The same of rejected ones; nats.
    public static final String REWARD_REJECTED = "reward/rejected";

    /// Mean of chosen minus rejected score, without beta; nats.
    public static final String MARGIN = "margin";

    /// Pairs with a margin above 0; share.
    public static final String ACCURACY = "accuracy";

    /// Labelled answers that are desirable; share.
    public static final String DESIRABLE = "desirable";

    /// Pairs in the order of the data's own scores; share.
    public static final String AGREEMENT = "agreement";

    /// Mean log-probability of a whole chosen response; nats.
    public static final String LOGP_CHOSEN = "logp/chosen";

    /// The same of rejected ones; nats.
    public static final String LOGP_REJECTED = "logp/rejected";

    /// Pairs whose chosen response lost probability; share.
    public static final String CHOSEN_BELOW_REFERENCE = "chosenBelowReference";

    /// Mean beta of kept pairs.
    public static final String BETA = "beta";

    /// Mean beta of kept pairs over beta_0.
    public static final String BETA_RATIO = "betaRatio";

    /// Beta decisions that met a bound; share.
    public static final String BETA_CLAMPED = "betaClamped";

    /// Mean gap of kept pairs minus `M_0`; unit of the gap.
    public static final String GAP_KEPT = "gap/keptMinusMean";

    /// `M_0` of the batch; unit of the gap.
    public static final String GAP_MEAN = "gap/mean";

    /// `sigma` of the batch; unit of the gap.
    public static final String GAP_DEVIATION = "gap/deviation";

    /// Pairs that were learned from; share.
    public static final String KEPT = "kept";

    /// Euclidean norm before clipping; 0 where there was no update.
    public static final String GRADIENT_NORM = "gradientNorm";

    /// Of this step.
    public static final String LEARNING_RATE = "learningRate";

    /// 2 where the batch was too large to keep what its backward pass needs; passes.
    public static final String FORWARD_PASSES = "forwardPasses";

    /// Steps so far without anything to learn; steps.
    public static final String SKIPPED_STEPS = "skippedSteps";

    /// How often a moving reference has moved.
    public static final String REFERENCE_UPDATES = "referenceUpdates";

    /// Tokens per second since the last line, in steps; 1/s.
    public static final String TOKENS_PER_SECOND = "speed/tokensPerSecond";

    /// Rows likewise; 1/s.
    public static final String ROWS_PER_SECOND = "speed/rowsPerSecond";

    /// Tokens of rows that another row's computation served; share.
    public static final String SHARED_TOKENS = "speed/sharedTokens";

    /// Largest resident size of the process, where the system tells; bytes.
    public static final String PEAK_BYTES = "memory/peakBytes";

    /// Since the start of the run, over all its sessions; s.
    public static final String ELAPSED_SECONDS = "time/elapsedSeconds";

    private MetricNames() {}
}
