package org.betatron.training.online;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.JointModel;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.policy.PolicySpec;
import org.betatron.data.row.TokenizedRow;
import org.betatron.generation.Answer;
import org.betatron.testkit.TinyCritic;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.testkit.TinyWeights;
import org.betatron.training.Evaluation;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.LearningRule;
import org.betatron.training.RowSource;
import org.betatron.training.StepRows;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingJob;
import org.betatron.training.TrainingListener;
import org.betatron.training.preference.PairDecider;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.reference.Reference;
import org.betatron.training.reference.ReferenceUpdateSpec;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;

/// Runs of the tiny model on its own answers.
final class OnlineFixtures {

    static final int VOCABULARY = 10;
    static final String CRITIC = "critic";

    private static final int WANTED = 4;
    private static final RunIdentity IDENTITY = new RunIdentity(Settings.NONE, "recipe", "prompts-1");
    private static final List<int[]> PROMPTS =
            List.of(new int[] {1, 2}, new int[] {3}, new int[] {5, 1, 0}, new int[] {8, 8});

    /// Share of the token that is wanted.
    static final ToDoubleFunction<Answer> SHARE = answer ->
            IntStream.of(answer.tokenIds()).filter(id -> id == WANTED).count() / (double) answer.tokenIds().length;

    private OnlineFixtures() {}

    static TinyLanguageModel policy() {
        return TinyLanguageModel.random(VOCABULARY, 6, 40, 1);
    }

    static Prompts prompts() {
        return Prompts.shuffled(PROMPTS, List.of("a", "b", "c", "d"), 3);
    }

    static RolloutScorer scorer(ToDoubleFunction<Answer> reward) {
        return new RolloutScorer() {
            @Override
            public String identity() {
                return "test";
            }

            @Override
            public AnswerScores score(List<Answer> answers) {
                double[] scores = answers.stream().mapToDouble(reward).toArray();
                return new AnswerScores(scores, Map.of("share", scores));
            }
        };
    }

    /// Four answers of up to five tokens.
    static RolloutSpec rollout(int batches, int epochs) {
        return new RolloutSpec(4, 5, List.of(), 1, batches, epochs, 0, 8);
    }

    static RolloutWriter writer(TinyLanguageModel policy, RolloutSpec spec, ToDoubleFunction<Answer> reward) {
        return new RolloutWriter(
                policy, new NumberTokenizer(VOCABULARY), prompts(), spec, scorer(reward), new RolloutClock());
    }

    /// Steps of eight rows in micro-batches of three; a checkpoint every five steps, so that one
    /// falls between two steps that share what was written.
    static TrainSpec spec(TrainLength length, double learningRate) {
        return new TrainSpec(
                length,
                8,
                3,
                1000,
                true,
                learningRate,
                0,
                Decay.CONSTANT,
                0,
                Double.POSITIVE_INFINITY,
                0,
                5,
                1,
                1,
                1,
                7,
                List.of());
    }

    /// One run: what a test may look at, and where it may be ended.
    static final class Run {

        final List<Metrics> heard = new ArrayList<>();
        final RunDirectory directory;
        long stopAfter = Long.MAX_VALUE;
        long interruptAt = Long.MAX_VALUE;
        ToDoubleFunction<Answer> reward = SHARE;
        RolloutSpec rollout = rollout(1, 1);
        StopSpec stop = StopSpec.DEFAULT;
        boolean staysAtStart;
        TrainSpec train = spec(new TrainLength.Steps(12), 0.05);

        Run(Path directory) {
            this.directory = RunDirectory.create(directory, "", SideFiles.NONE);
        }

        /// @param reference asked where leaving it costs anything
        Trainer<WrittenRow, ?, PolicyState> policy(
                PolicySpec spec, TinyLanguageModel policy, TinyCritic critic, LanguageModel reference) {
            boolean hasCritic = spec.hasCritic();
            RolloutWriter writer = writer(policy, rollout, reward);
            PolicyRule rule = new PolicyRule(
                    spec,
                    interrupted(new PolicyRollouts(
                            writer,
                            spec,
                            spec.kl().needsReference() ? reference : null,
                            hasCritic ? critic : null,
                            RolloutListener.NONE)),
                    rollout.maxNewTokens(),
                    stop,
                    writer.clock());
            var asked = policy.asking(rule.request());
            return trainer(
                    rule,
                    hasCritic ? new JointModel(List.of(asked, critic)) : asked,
                    hasCritic
                            ? List.of(learner(Learner.MAIN, policy), learner(CRITIC, critic))
                            : List.of(learner(Learner.MAIN, policy)),
                    Optional.empty());
        }

        Trainer<?, ?, OnlineState> online(
                AlignmentSpec alignment,
                RoundBetaSpec roundBeta,
                TinyLanguageModel policy,
                TinyLanguageModel reference,
                TinyLanguageModel start) {
            RolloutWriter writer = writer(policy, rollout, reward);
            PairRounds rounds = new PairRounds(
                    writer,
                    PairSpec.Best.DEFAULT,
                    List.of(),
                    roundBeta,
                    Map.of(Rollout.KL, start),
                    RolloutListener.NONE);
            OnlineRule rule = new OnlineRule(
                    new PairDecider(alignment.create(), new Reference.Live(reference), 3, 7),
                    interrupted(rounds),
                    stop,
                    writer.clock());
            ReferenceUpdateSpec.Blend everyRound =
                    new ReferenceUpdateSpec.Blend(rollout.steps(), 1, ReferenceUpdateSpec.OnUpdate.RESET);
            return trainer(
                    rule,
                    policy.asking(rule.request()),
                    List.of(learner(Learner.MAIN, policy)),
                    staysAtStart
                            ? Optional.empty()
                            : Optional.of(new MovingReference<>(
                                    reference, everyRound, OnlineState::againstAnotherReference)));
        }

        private <R extends TokenizedRow, Q, S> Trainer<R, Q, S> trainer(
                LearningRule<R, Q, S> rule,
                DifferentiableModel model,
                List<Learner> learners,
                Optional<MovingReference<S>> moving) {
            return new Trainer<>(new TrainingJob<>(
                    train,
                    model,
                    learners,
                    rule,
                    Evaluation.none(),
                    IDENTITY,
                    directory,
                    new TrainingListener() {
                        @Override
                        public void stepDone(long step, Metrics metrics) {
                            heard.add(metrics);
                        }
                    },
                    () -> heard.size() >= stopAfter,
                    moving));
        }

        private <R extends TokenizedRow, S> RowSource<R, S> interrupted(RowSource<R, S> source) {
            return new RowSource<>() {

                @Override
                public String key() {
                    return source.key();
                }

                @Override
                public long totalSteps(TrainSpec spec) {
                    return source.totalSteps(spec);
                }

                @Override
                public StepRows<R, S> draw(TrainSpec spec, long step, long position, S state) {
                    StepRows<R, S> rows = source.draw(spec, step, position, state);
                    if (step == interruptAt) {
                        throw new IllegalStateException("power cut");
                    }
                    return rows;
                }
            };
        }

        double heard(int step, String metric) {
            return heard.get(step).get("train/" + metric).orElseThrow();
        }
    }

    private static <M extends TrainableModel & TinyWeights> Learner learner(String name, M model) {
        return new Learner(name, model, new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT), 1);
    }
}
