package org.betatron.training.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.betatron.training.online.OnlineFixtures.policy;
import static org.betatron.training.online.OnlineFixtures.spec;
import static org.betatron.training.online.OnlineFixtures.writer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainingOutcome;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.TrainingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Preference alignment on pairs that the tiny model's own answers make.
class OnlineLearningTest {

    private static final RoundBetaSpec CONSTANT = RoundBetaSpec.Constant.DEFAULT;

    @TempDir
    private Path directory;

    private OnlineFixtures.Run run(String name) {
        OnlineFixtures.Run run = new OnlineFixtures.Run(directory.resolve(name));
        run.rollout = OnlineFixtures.rollout(2, 2);
        return run;
    }

    @Test
    void theRewardRises() {
        OnlineFixtures.Run run = run("run");
        run.train = spec(new TrainLength.Steps(80), 0.05);
        run.online(AlignmentSpec.DPO, CONSTANT, policy(), policy(), policy()).start();
        assertThat(run.heard(0, "rollout/score")).isLessThan(0.35);
        assertThat(run.heard(79, "rollout/score")).isGreaterThan(0.6);
        assertThat(run.heard(79, "rollout/kl")).isGreaterThan(0.5);
    }

    /// Policy, the reference that moves after every round, what the alignment remembers and the
    /// pairs that wait.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void resumesBitwiseFromEveryCheckpoint(long step) throws IOException {
        RoundBetaSpec byDivergence = new RoundBetaSpec.Divergence(0.1, 0.5, 0.1, 10);
        TinyLanguageModel whole = policy();
        TrainingOutcome<OnlineState> expected = run("whole")
                .online(AlignmentSpec.DEFAULT, byDivergence, whole, policy(), policy())
                .start();

        OnlineFixtures.Run cut = run("cut");
        cut.stopAfter = step;
        cut.online(AlignmentSpec.DEFAULT, byDivergence, policy(), policy(), policy())
                .start();
        cut.stopAfter = Long.MAX_VALUE;
        Checkpoint checkpoint = cut.directory.checkpoints(1).latest().orElseThrow();
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TinyLanguageModel reference = TinyLanguageModel.load(checkpoint.referenceDirectory());
        TrainingOutcome<OnlineState> outcome = cut.online(
                        AlignmentSpec.DEFAULT, byDivergence, resumed, reference, policy())
                .resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(outcome.memory().betaRatio()).isEqualTo(expected.memory().betaRatio());
        assertThat(outcome.memory().alignment()).isEqualTo(expected.memory().alignment());
        assertThat(outcome.memory().summary()).isEqualTo(expected.memory().summary());
    }

    /// A preference that is drawn from Bradley and Terry's model is that of rewards with Gumbel
    /// noise. Where pairs are
    /// of such preferences, DPO ends at `p* = q e^(r / beta) / Z`. Answers are of one token.
    @Test
    void aBanditEndsAtItsOptimum() {
        double[] rewards = {0.3, -0.4, 0.1, 0.9, 0, 0.5, -0.2, 0.2, -0.9, 0.4};
        SplittableRandom noise = new SplittableRandom(5);
        OnlineFixtures.Run run = run("run");
        run.reward = answer -> rewards[answer.tokenIds()[0]] - Math.log(-Math.log(noise.nextDouble()));
        run.rollout = new RolloutSpec(2, 1, List.of(), 1, 1, 1, 0, 64);
        run.train = PolicyLearningTest.banditSpec();
        TinyLanguageModel policy = policy();
        AlignmentSpec dpo = new AlignmentSpec(
                new ObjectiveSpec.Dpo(0.5),
                AlignmentSpec.DPO.calibration(),
                AlignmentSpec.DPO.selection(),
                AlignmentSpec.DPO.aggregation(),
                AlignmentSpec.DPO.gap());
        run.staysAtStart = true;
        run.online(dpo, CONSTANT, policy, policy(), policy()).start();
        assertThat(PolicyLearningTest.divergenceFromOptimum(policy, rewards, 0.5))
                .isLessThan(0.03);
    }

    @Test
    void betaFollowsTheRounds() {
        OnlineFixtures.Run run = run("run");
        run.online(AlignmentSpec.DPO, new RoundBetaSpec.Geometric(2), policy(), policy(), policy())
                .start();
        assertThat(IntStream.of(0, 3, 4, 7, 8, 11).mapToDouble(step -> run.heard(step, "rollout/betaRatio")))
                .containsExactly(1.0, 1.0, 2.0, 2.0, 4.0, 4.0);
        assertThat(IntStream.of(0, 4, 8).mapToDouble(step -> run.heard(step, "beta")))
                .containsExactly(0.1, 0.2, 0.4);
    }

    @Test
    void betaFollowsTheDivergence() {
        RoundBetaSpec spec = new RoundBetaSpec.Divergence(2, 1, 0.1, 10);
        assertThat(spec.next(1, 2)).isEqualTo(1);
        assertThat(spec.next(1, 3)).isEqualTo(Math.exp(0.5));
        assertThat(spec.next(1, 1e6)).isEqualTo(Math.E);
        assertThat(spec.next(9, 1e6)).isEqualTo(10);
        assertThat(spec.next(0.2, 0)).isEqualTo(0.1);
    }

    @Test
    void theBestAnswerMeetsTheWorst() {
        Rollout rollout = writer(policy(), OnlineFixtures.rollout(1, 1), answer -> answer.sample() % 3)
                .write(7, 0, 0, 2);
        PairMaker maker = new PairMaker(PairSpec.Best.DEFAULT, OnlineFixtures.prompts(), List.of());
        int[] members = rollout.members()[1];
        WrittenPair pair = maker.pair(rollout, members, 7, 0).orElseThrow();
        assertThat(pair.chosen()).isEqualTo(rollout.answers().get(members[2]).tokenIds());
        assertThat(pair.chosenScore()).isEqualTo(2);
        assertThat(pair.rejectedScore()).isEqualTo(0);
        assertThat(pair.row().scoreGap()).hasValue(2);
        // Only the last of the two with the lowest score, whatever order they were written in.
        assertThat(pair.rejected()).isEqualTo(rollout.answers().get(members[3]).tokenIds());
        PairMaker wide =
                new PairMaker(new PairSpec.Best(PairSpec.Against.WORST, 3, 0), OnlineFixtures.prompts(), List.of());
        assertThat(wide.pair(rollout, members, 7, 0)).isEmpty();
        PairMaker unlike =
                new PairMaker(new PairSpec.Best(PairSpec.Against.WORST, 0, 0.99), OnlineFixtures.prompts(), List.of());
        double difference = PairMaker.difference(pair.chosen(), pair.rejected());
        assertThat(unlike.pair(rollout, members, 7, 0).isPresent()).isEqualTo(difference >= 0.99);
    }

    @Test
    void theDataAnswersAgainstThePolicy() {
        List<int[]> data = OnlineFixtures.prompts().tokenIds().stream()
                .map(prompt -> new int[] {prompt[0], 9})
                .toList();
        Rollout rollout = writer(policy(), OnlineFixtures.rollout(1, 1).withSamples(1), OnlineFixtures.SHARE)
                .write(7, 0, 0, 3);
        PairMaker maker = new PairMaker(PairSpec.Data.DEFAULT, OnlineFixtures.prompts(), data);
        for (int[] members : rollout.members()) {
            WrittenPair pair = maker.pair(rollout, members, 7, 0).orElseThrow();
            int prompt = rollout.answers().get(members[0]).prompt();
            assertThat(pair.chosen()).isEqualTo(data.get(prompt));
            assertThat(pair.rejected())
                    .isEqualTo(rollout.answers().get(members[0]).tokenIds());
            assertThat(pair.row().scoreGap()).isEmpty();
        }
    }

    @Test
    void differencesAreSharesOfTokens() {
        assertThat(PairMaker.difference(new int[] {1, 2, 3}, new int[] {1, 2, 3}))
                .isZero();
        assertThat(PairMaker.difference(new int[] {1, 2, 3, 4}, new int[] {1, 3, 4}))
                .isEqualTo(0.25);
        assertThat(PairMaker.difference(new int[] {1}, new int[] {2, 3})).isEqualTo(1);
    }

    @Test
    void aRoundWithoutAnyPairEndsTheRun() {
        OnlineFixtures.Run run = run("run");
        run.reward = _ -> 1;
        assertThatThrownBy(run.online(AlignmentSpec.DPO, CONSTANT, policy(), policy(), policy())::start)
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("step 1: none of 16 prompts has answers that make a pair");
    }

    @Test
    void aLaterRoundWithoutAnyPairTeachesNothing() {
        OnlineFixtures.Run run = run("run");
        AtomicInteger asked = new AtomicInteger();
        run.reward = answer -> asked.getAndIncrement() < 64 ? answer.sample() : 1;
        TrainingOutcome<OnlineState> outcome = run.online(AlignmentSpec.DPO, CONSTANT, policy(), policy(), policy())
                .start();
        assertThat(outcome.state().step()).isEqualTo(12);
        assertThat(outcome.state().skippedSteps()).isEqualTo(8);
        assertThat(run.heard(11, "rollout/usable")).isZero();
        assertThat(run.heard(11, "gradientNorm")).isZero();
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> rounds(PairSpec.Best.DEFAULT, 1, CONSTANT))
                .hasMessage("rollout.samples must be ≥ 2 but was 1: a pair is made of two answers to a prompt");
        assertThatThrownBy(() -> rounds(PairSpec.Data.DEFAULT, 1, CONSTANT))
                .hasMessageStartingWith("every prompt must have an answer in the data");
        assertThatThrownBy(() -> rounds(PairSpec.Best.DEFAULT, 4, new RoundBetaSpec.Divergence(1, 1, 1, 1)))
                .hasMessage("a reference must be given: beta follows the distance from it");
    }

    private static PairRounds rounds(PairSpec spec, int samples, RoundBetaSpec beta) {
        return new PairRounds(
                writer(policy(), OnlineFixtures.rollout(1, 1).withSamples(samples), OnlineFixtures.SHARE),
                spec,
                List.of(),
                beta,
                Map.of(),
                RolloutListener.NONE);
    }

    @Test
    void aPairSurvivesACheckpoint() {
        WrittenPair pair = new WrittenPair("a", new int[] {1}, new int[] {2, 3}, new int[] {4}, true, 0.1, -0.3);
        OnlineState state =
                new OnlineState(AlignmentState.START, List.of(pair), 1, 2, 3, 0.5, Map.of("rollout/kl", 0.1));
        OnlineState read = OnlineState.FORMAT.read(OnlineState.FORMAT.write(state));
        assertThat(read.pairs().getFirst().chosen()).containsExactly(2, 3);
        assertThat(read.pairs().getFirst().rejectedScore()).isEqualTo(-0.3);
        assertThat(read.summary()).isEqualTo(state.summary());
        assertThat(Arrays.asList(read.taken(), read.rounds(), read.nextPrompt()))
                .containsExactly(1L, 2L, 3L);
    }
}
