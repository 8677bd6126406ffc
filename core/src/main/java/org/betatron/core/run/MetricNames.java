package org.betatron.core.run;

/// Names of the numbers that a run leaves in [RunFiles#METRICS], for those who write them and those
/// who read them: of a training step after [#TRAIN], of an evaluation after [#EVAL]; the last five
/// stand by themselves. What is known of answers that the policy wrote stands after [#TRAIN] and
/// [#ROLLOUT], and right after [#EVAL].
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

    /// Before names of numbers of the newest rollout that a step learned from.
    public static final String ROLLOUT = "rollout/";

    /// Mean of what scored answers are worth; with a slash and the name of a source after it, what
    /// that source alone says, without its weight.
    public static final String SCORE = "score";

    /// Unbiased deviation of scores over all answers.
    public static final String SCORE_DEVIATION = "scoreDeviation";

    /// Answers without a score; share.
    public static final String UNSCORED = "unscored";

    /// Mean length of an answer, the token that ended it included; tokens.
    public static final String TOKENS = "tokens";

    /// Answers that were cut at the most tokens; share.
    public static final String CUT = "cut";

    /// Answers of no characters but spaces; share.
    public static final String EMPTY = "empty";

    /// Prompts whose scored answers all have the same score; share.
    public static final String FLAT_GROUPS = "flatGroups";

    /// Different answers to a prompt over answers to it, mean over prompts; share.
    public static final String DISTINCT = "distinct";

    /// Prompts that others were asked instead of; prompts.
    public static final String DISCARDED_PROMPTS = "discardedPrompts";

    /// Mean reward of scored answers: the score with all that is taken off.
    public static final String REWARD = "reward";

    /// Mean of log-probs of whole answers minus those of the reference; nats.
    public static final String KL = "kl";

    /// The same from a reference that moves; nats.
    public static final String KL_PREVIOUS = "klPrevious";

    /// Prompts whose answers made a pair; share.
    public static final String USABLE = "usable";

    /// The part of the loss that is the surrogate's.
    public static final String LOSS_POLICY = "loss/policy";

    /// The part that is the divergence's.
    public static final String LOSS_KL = "loss/kl";

    /// The part that is the critic's.
    public static final String LOSS_CRITIC = "loss/critic";

    /// Tokens that teach nothing since their probability fell too far; share.
    public static final String CLIPPED_LOW = "clipped/low";

    /// Tokens that teach nothing since it rose too far; share.
    public static final String CLIPPED_HIGH = "clipped/high";

    /// From the policy that wrote the answers, mean of answers; nats.
    public static final String KL_UPDATE = "kl/update";

    /// From the reference, mean of the batch's answers; nats.
    public static final String KL_REFERENCE = "kl/reference";

    /// Cost of a nat in the next rollout; reward per nat.
    public static final String KL_COEFFICIENT = "kl/coefficient";

    /// Minus the mean log-prob of a token that was drawn; nats per token.
    public static final String ENTROPY = "entropy";

    /// Largest distance of a log-ratio from 0; nats.
    public static final String LARGEST_LOG_RATIO = "logRatio/largest";

    /// Largest distance of the decoder's log-probs from those of a training pass; nats.
    public static final String DECODER_DIFFERENCE = "decoder/largestDifference";

    /// In which answers were written, in this step; s.
    public static final String GENERATION_SECONDS = "time/generationSeconds";

    /// In which they were scored; s.
    public static final String SCORING_SECONDS = "time/scoringSeconds";

    /// In which policy, reference and critic said what they think of them; s.
    public static final String COMPARING_SECONDS = "time/comparingSeconds";

    /// In which was learned from them; s.
    public static final String UPDATE_SECONDS = "time/updateSeconds";

    /// Euclidean norm before clipping; 0 where there was no update. With a slash and its name after
    /// it, of a model beside the policy: `critic`.
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

    /// Processes that make the run together; left out where there is one.
    public static final String RANKS = "ranks/size";

    /// With the number of a rank after it: tokens that it has computed per second of its computing,
    /// since the last line; 1/s.
    public static final String RANK_TOKENS_PER_SECOND = "ranks/tokensPerSecond/";

    /// Likewise: time of its steps in which it stood still until others were there; share.
    public static final String RANK_WAITING = "ranks/waiting/";

    /// Likewise: time of its steps in which it exchanged gradients and weights; share.
    public static final String RANK_EXCHANGING = "ranks/exchanging/";

    /// Largest resident size of the process, where the system tells; bytes.
    public static final String PEAK_BYTES = "memory/peakBytes";

    /// Since the start of the run, over all its sessions; s.
    public static final String ELAPSED_SECONDS = "time/elapsedSeconds";

    private MetricNames() {}
}
