package org.betatron.training.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.betatron.training.online.OnlineFixtures.CRITIC;
import static org.betatron.training.online.OnlineFixtures.VOCABULARY;
import static org.betatron.training.online.OnlineFixtures.policy;
import static org.betatron.training.online.OnlineFixtures.rollout;
import static org.betatron.training.online.OnlineFixtures.spec;
import static org.betatron.training.online.OnlineFixtures.writer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.core.policy.Baseline;
import org.betatron.core.policy.CriticSpec;
import org.betatron.core.policy.KlEstimator;
import org.betatron.core.policy.KlPlace;
import org.betatron.core.policy.KlSpec;
import org.betatron.core.policy.LossAggregation;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.policy.RatioLevel;
import org.betatron.core.policy.RewardScale;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.testkit.TinyCritic;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.StepRows;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingOutcome;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.TrainingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Policy gradients on the tiny model, from what it writes to what it has learned.
class PolicyLearningTest {

    private static final PolicySpec WITHOUT_KL = PolicySpec.Grpo.DR_GRPO;

    @TempDir
    private Path directory;

    private OnlineFixtures.Run run(String name) {
        return new OnlineFixtures.Run(directory.resolve(name));
    }

    private static TinyCritic critic() {
        return new TinyCritic(VOCABULARY, 40);
    }

    static Stream<PolicySpec> methods() {
        return Stream.of(
                PolicySpec.Grpo.DEFAULT,
                PolicySpec.Grpo.DR_GRPO,
                PolicySpec.Grpo.GSPO,
                PolicySpec.Rloo.DEFAULT,
                PolicySpec.Reinforce.DEFAULT,
                PolicySpec.Ppo.DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void theRewardRises(PolicySpec spec) {
        OnlineFixtures.Run run = run("run");
        run.train = spec(new TrainLength.Steps(80), 0.05);
        run.policy(spec, policy(), critic(), policy()).start();
        assertThat(mean(run, 0, 6)).isLessThan(0.35);
        assertThat(mean(run, 74, 80)).isGreaterThan(0.6);
    }

    private static double mean(OnlineFixtures.Run run, int from, int to) {
        return IntStream.range(from, to)
                .mapToDouble(step -> run.heard(step, "rollout/score"))
                .average()
                .orElseThrow();
    }

    /// Weights of policy and critic, what the rule remembers and the rows that wait all come back.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void resumesBitwiseFromEveryCheckpoint(long step) throws IOException {
        TinyLanguageModel whole = policy();
        TinyCritic itsCritic = critic();
        OnlineFixtures.Run expected = severalSteps("whole");
        TrainingOutcome<PolicyState> end = expected.policy(PolicySpec.Ppo.DEFAULT, whole, itsCritic, policy())
                .start();

        OnlineFixtures.Run cut = severalSteps("cut");
        cut.stopAfter = step;
        cut.policy(PolicySpec.Ppo.DEFAULT, policy(), critic(), policy()).start();
        cut.stopAfter = Long.MAX_VALUE;
        goesOn(cut, step, whole, itsCritic, end);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 9})
    void anInterruptionBetweenWritingAndUpdateIsNotSeen(long step) throws IOException {
        TinyLanguageModel whole = policy();
        TinyCritic itsCritic = critic();
        TrainingOutcome<PolicyState> end = severalSteps("whole")
                .policy(PolicySpec.Ppo.DEFAULT, whole, itsCritic, policy())
                .start();

        OnlineFixtures.Run cut = severalSteps("cut");
        cut.interruptAt = step;
        Trainer<?, ?, ?> trainer = cut.policy(PolicySpec.Ppo.DEFAULT, policy(), critic(), policy());
        assertThatThrownBy(trainer::start).hasMessage("power cut");
        cut.interruptAt = Long.MAX_VALUE;
        goesOn(cut, 5, whole, itsCritic, end);
    }

    /// Two batches of each rollout, each learned from twice.
    private OnlineFixtures.Run severalSteps(String name) {
        OnlineFixtures.Run run = run(name);
        run.rollout = rollout(2, 2);
        return run;
    }

    private static void goesOn(
            OnlineFixtures.Run cut,
            long step,
            TinyLanguageModel whole,
            TinyCritic itsCritic,
            TrainingOutcome<PolicyState> end)
            throws IOException {
        Checkpoint checkpoint = cut.directory.checkpoints(1).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(step);
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TinyCritic resumedCritic = TinyCritic.load(checkpoint.modelDirectory(CRITIC));
        TrainingOutcome<PolicyState> outcome = cut.policy(PolicySpec.Ppo.DEFAULT, resumed, resumedCritic, policy())
                .resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(resumedCritic.weights()).containsExactly(itsCritic.weights());
        assertThat(outcome.memory().rollouts())
                .isEqualTo(end.memory().rollouts())
                .isEqualTo(3);
        assertThat(outcome.memory().nextPrompt()).isEqualTo(end.memory().nextPrompt());
        assertThat(outcome.memory().summary()).isEqualTo(end.memory().summary());
    }

    @Test
    void everyRowOfARolloutIsTakenOnceAnEpochInGroups() {
        OnlineFixtures.Run run = severalSteps("run");
        PolicyRollouts rollouts = new PolicyRollouts(
                writer(policy(), run.rollout, run.reward), WITHOUT_KL, null, null, RolloutListener.NONE);
        PolicyState state = new PolicyState(List.of(), 0, 0, 0, 0, Map.of());
        List<String> taken = new ArrayList<>();
        for (int step = 1; step <= 4; step++) {
            StepRows<WrittenRow, PolicyState> rows = rollouts.draw(run.train, step, 0, state);
            List<String> ids = rows.data().stream().map(WrittenRow::id).toList();
            assertThat(ids).hasSize(8);
            for (int i = 0; i < 8; i++) {
                assertThat(ids.get(i)).endsWith("#" + (i % 4 + 1));
                assertThat(ids.get(i).substring(0, 1))
                        .isEqualTo(ids.get(i / 4 * 4).substring(0, 1));
            }
            taken.addAll(ids);
            state = rows.state();
            assertThat(state.rollouts()).isEqualTo(1);
        }
        assertThat(state.rows()).isEmpty();
        assertThat(taken.subList(0, 16)).doesNotHaveDuplicates();
        assertThat(taken.subList(16, 32)).containsExactlyInAnyOrderElementsOf(taken.subList(0, 16));
    }

    /// A policy that has not moved since it wrote has ratios of one, and the decoder agrees with
    /// the training pass.
    @Test
    void theFirstUpdateIsOnPolicy() {
        OnlineFixtures.Run run = run("run");
        run.rollout = rollout(1, 2);
        run.policy(PolicySpec.Grpo.DEFAULT, policy(), critic(), policy()).start();
        assertThat(run.heard(0, "logRatio/largest")).isZero();
        assertThat(run.heard(0, "kl/reference")).isZero();
        assertThat(run.heard(1, "logRatio/largest")).isPositive();
        assertThat(run.heard(0, "decoder/largestDifference")).isLessThan(1e-5);
        assertThat(run.heard(0, "clipped/low")).isZero();
    }

    @Test
    void equalRewardsTeachNothingAndAreCounted() {
        OnlineFixtures.Run run = run("run");
        run.reward = _ -> 0.1 + 0.2;
        TinyLanguageModel policy = policy();
        TrainingOutcome<PolicyState> outcome =
                run.policy(WITHOUT_KL, policy, critic(), policy()).start();
        assertThat(policy.weights()).containsExactly(policy().weights());
        assertThat(outcome.state().skippedSteps()).isEqualTo(12);
        assertThat(run.heard(0, "rollout/flatGroups")).isEqualTo(1);
        assertThat(run.heard(0, "loss")).isZero();
    }

    @Test
    void anAnswerWithoutAScoreTeachesNothing() {
        OnlineFixtures.Run run = run("run");
        run.reward = _ -> Double.NaN;
        TinyLanguageModel policy = policy();
        run.policy(WITHOUT_KL, policy, critic(), policy()).start();
        assertThat(policy.weights()).containsExactly(policy().weights());
        assertThat(run.heard(0, "rollout/unscored")).isEqualTo(1);

        OnlineFixtures.Run some = run("some");
        some.reward = answer -> answer.sample() == 0 ? Double.NaN : OnlineFixtures.SHARE.applyAsDouble(answer);
        PolicyRollouts rollouts = new PolicyRollouts(
                writer(policy, some.rollout, some.reward), WITHOUT_KL, null, null, RolloutListener.NONE);
        StepRows<WrittenRow, PolicyState> rows =
                rollouts.draw(some.train, 1, 0, new PolicyState(List.of(), 0, 0, 0, 0, Map.of()));
        assertThat(rows.data()).allSatisfy(row -> {
            assertThat(row.counts()).isEqualTo(!row.id().endsWith("#1"));
            if (!row.counts()) {
                assertThat(row.advantages()).containsOnly(0);
            }
        });
    }

    /// No answer of this tokenizer ends by itself.
    @Test
    void cutAnswersAreLeftOutWhereAMethodSaysSo() {
        OnlineFixtures.Run run = run("run");
        TinyLanguageModel policy = policy();
        run.policy(PolicySpec.Grpo.DAPO, policy, critic(), policy()).start();
        assertThat(run.heard(0, "rollout/cut")).isEqualTo(1);
        assertThat(policy.weights()).containsExactly(policy().weights());
    }

    @Test
    void otherPromptsAreAskedInsteadOfThoseThatTeachNothing() {
        RolloutSpec again = new RolloutSpec(4, 5, List.of(), 1, 1, 1, 3, 8);
        // Prompt "a" teaches nothing.
        RolloutWriter writer = writer(
                policy(),
                again,
                answer -> answer.prompt() == 0 ? 1 : OnlineFixtures.SHARE.applyAsDouble(answer) + answer.sample());
        Rollout rollout = writer.write(7, 0, 0, 4);
        assertThat(rollout.numGroups()).isEqualTo(4);
        assertThat(rollout.answers()).extracting(Answer::prompt).doesNotContain(0);
        assertThat(rollout.numDiscarded()).isPositive();
        assertThat(rollout.nextPrompt()).isEqualTo(4 + rollout.numDiscarded());
        assertThat(rollout.scores().totals()).hasSize(16);
        assertThat(rollout.groups()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    }

    @Test
    void theCoefficientFollowsTheDivergence() {
        OnlineFixtures.Run run = run("run");
        KlSpec adaptive = new KlSpec(0.1, KlEstimator.K1, KlPlace.REWARD, 0.01, 20, false);
        run.train = spec(new TrainLength.Steps(40), 0.05);
        run.policy(new PolicySpec.Rloo(0.2, adaptive, false, 0, 0), policy(), critic(), policy())
                .start();
        assertThat(run.heard(39, "kl/coefficient")).isGreaterThan(0.2);
        assertThat(run.heard(39, "rollout/kl")).isGreaterThan(0.01);
    }

    @Test
    void aRunEndsWhereItIsTooFarFromTheStart() {
        OnlineFixtures.Run run = run("run");
        run.train = spec(new TrainLength.Steps(80), 0.1);
        run.stop = new StopSpec(0.5, 0);
        TrainingOutcome<PolicyState> outcome = run.policy(PolicySpec.Grpo.DEFAULT, policy(), critic(), policy())
                .start();
        assertThat(outcome.end()).isEqualTo(TrainingOutcome.End.COMPLETED);
        assertThat(outcome.state().step()).isBetween(2L, 79L);
        assertThat(outcome.memory().summary().get(Rollout.KL)).isGreaterThan(0.5);
    }

    /// The optimum of `E[r] - beta KL(p || q)` is `p* = q e^(r / beta) / Z`. Answers are of one
    /// token.
    @ParameterizedTest
    @MethodSource("exactMethods")
    void aBanditEndsAtItsOptimum(PolicySpec spec, int epochs) {
        double beta = 0.5;
        double[] rewards = {0.3, -0.4, 0.1, 0.9, 0, 0.5, -0.2, 0.2, -0.9, 0.4};
        OnlineFixtures.Run run = run("run");
        run.reward = answer -> rewards[answer.tokenIds()[0]];
        run.rollout = new RolloutSpec(64, 1, List.of(), 1, 1, epochs, 0, 64);
        run.train = banditSpec();
        TinyLanguageModel policy = policy();
        run.policy(spec, policy, critic(), policy()).start();
        assertThat(divergenceFromOptimum(policy, rewards, beta)).isLessThan(0.02);
        assertThat(divergenceFromOptimum(policy(), rewards, beta)).isGreaterThan(0.3);
    }

    static Stream<Arguments> exactMethods() {
        KlSpec kl = KlSpec.fixed(0.5, KlEstimator.K1, KlPlace.REWARD);
        return Stream.of(
                Arguments.of(new PolicySpec.Rloo(0.2, kl, false, 0, 0), 1),
                Arguments.of(new PolicySpec.Rloo(0.2, kl, false, 0, 0), 2),
                Arguments.of(new PolicySpec.Reinforce(Baseline.BATCH, false, kl, 0, 0), 1),
                Arguments.of(
                        new PolicySpec.Grpo(
                                RewardScale.NONE,
                                RatioLevel.TOKEN,
                                0.2,
                                0.2,
                                0,
                                LossAggregation.TOKENS,
                                kl,
                                0,
                                false,
                                0),
                        1),
                Arguments.of(new PolicySpec.Ppo(1, 1, 0.2, kl, new CriticSpec(1, 10, 1), false, false, 0, 0), 2));
    }

    static TrainSpec banditSpec() {
        return new TrainSpec(
                new TrainLength.Steps(300),
                256,
                256,
                4096,
                true,
                0.05,
                0,
                Decay.COSINE,
                0.01,
                Double.POSITIVE_INFINITY,
                0,
                0,
                1,
                1,
                1,
                7,
                List.of());
    }

    /// @return mean over prompts of `KL(p || p*)`, nats
    static double divergenceFromOptimum(TinyLanguageModel policy, double[] rewards, double beta) {
        double sum = 0;
        for (int[] prompt : OnlineFixtures.prompts().tokenIds()) {
            double[] p = probabilities(policy, prompt);
            double[] q = probabilities(policy(), prompt);
            double z = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                z += q[v] * Math.exp(rewards[v] / beta);
            }
            for (int v = 0; v < VOCABULARY; v++) {
                sum += p[v] * Math.log(p[v] * z / (q[v] * Math.exp(rewards[v] / beta)));
            }
        }
        return sum / OnlineFixtures.prompts().size();
    }

    private static double[] probabilities(TinyLanguageModel model, int[] prompt) {
        try (var decoder = model.startDecoding()) {
            float[] logits = decoder.append(decoder.begin(), prompt);
            double[] exponentials = IntStream.range(0, logits.length)
                    .mapToDouble(v -> Math.exp(logits[v]))
                    .toArray();
            double sum = Arrays.stream(exponentials).sum();
            return Arrays.stream(exponentials).map(e -> e / sum).toArray();
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        RolloutSpec one = rollout(1, 1).withSamples(1);
        assertThatThrownBy(() -> rollouts(PolicySpec.Grpo.DEFAULT, one))
                .hasMessage("rollout.samples must be ≥ 2 but was 1: an answer is compared with the others to its"
                        + " prompt");
        RolloutSpec hot = new RolloutSpec(4, 5, List.of(), 0.7, 1, 1, 0, 8);
        assertThatThrownBy(() -> rollouts(WITHOUT_KL, hot)).hasMessageStartingWith("rollout.temperature must be 1");
        assertThatThrownBy(() -> rollouts(PolicySpec.Grpo.DEFAULT, rollout(1, 1)))
                .hasMessage("a reference must be given: leaving it costs 0.04 per nat");
        assertThatThrownBy(() -> rollouts(PolicySpec.Reinforce.DEFAULT, rollout(1, 2)))
                .hasMessageStartingWith("rollout.batches and rollout.epochs must be 1 but were 1 and 2");
        RolloutSpec three = rollout(1, 1).withSamples(3);
        assertThatThrownBy(() -> rollouts(WITHOUT_KL, three).totalSteps(spec(new TrainLength.Steps(3), 1)))
                .hasMessageContaining("must be a multiple of rollout.samples");
    }

    private static PolicyRollouts rollouts(PolicySpec spec, RolloutSpec rollout) {
        return new PolicyRollouts(
                writer(policy(), rollout, OnlineFixtures.SHARE), spec, null, null, RolloutListener.NONE);
    }

    @Test
    void infiniteScoresAndWrongCountsEndTheRun() {
        OnlineFixtures.Run run = run("run");
        run.reward = answer -> answer.sample() == 2 ? Double.POSITIVE_INFINITY : 0;
        assertThatThrownBy(run.policy(WITHOUT_KL, policy(), critic(), policy())::start)
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching("score of answer 3 to prompt '.' is Infinity; a score must be finite, or NaN for an"
                        + " answer that cannot be scored");
    }

    @Test
    void passesOverPromptsAreCounted() {
        TrainLength passes = new TrainLength.Epochs(3);
        // Two prompts make a step, four are a pass.
        assertThat(rollouts(WITHOUT_KL, rollout(1, 1)).totalSteps(spec(passes, 1)))
                .isEqualTo(6);
        assertThat(rollouts(WITHOUT_KL, rollout(2, 3)).totalSteps(spec(passes, 1)))
                .isEqualTo(18);
    }

    @Test
    void answersKeepTheLogProbsThatTheyWereDrawnWith() {
        Rollout rollout = writer(policy(), rollout(1, 1), OnlineFixtures.SHARE).write(7, 0, 0, 2);
        assertThat(rollout.answers()).allSatisfy(answer -> {
            assertThat(answer.logProbs()).hasSameSizeAs(answer.tokenIds());
            assertThat(answer.end()).isEqualTo(AnswerEnd.LENGTH);
            double first = Math.log(probabilities(
                    policy(), OnlineFixtures.prompts().tokenIds().get(answer.prompt()))[answer.tokenIds()[0]]);
            assertThat((double) answer.logProbs()[0]).isCloseTo(first, within(1e-5));
        });
    }
}
