package org.betatron.training.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.betatron.core.model.JointModel;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.TinyCritic;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.testkit.TinyWeights;
import org.betatron.training.Evaluation;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.RowSource;
import org.betatron.training.StepRows;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingJob;
import org.betatron.training.TrainingListener;
import org.betatron.training.TrainingOutcome;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rules that learn from what the policy writes between steps.
class OnlineLearningTest {

    private static final int VOCABULARY = 10;
    private static final int WANTED = 4;
    private static final String CRITIC = "critic";
    private static final RunIdentity IDENTITY = new RunIdentity(Settings.NONE, "recipe", "prompts-1");
    private static final List<int[]> PROMPTS =
            List.of(new int[] {1, 2}, new int[] {3}, new int[] {5, 1, 0}, new int[] {8, 8});

    private final List<Double> rewards = new ArrayList<>();
    private final List<Metrics> heard = new ArrayList<>();

    @TempDir
    private Path directory;

    private long stopAfter = Long.MAX_VALUE;
    private long interruptAt = Long.MAX_VALUE;

    @Test
    void theRewardRises() {
        TinyLanguageModel policy = policy();
        reinforce(new TrainLength.Steps(80), policy, run("run")).start();
        double before = rewards.subList(0, 6).stream()
                .mapToDouble(reward -> reward)
                .average()
                .orElseThrow();
        double after = rewards.subList(74, 80).stream()
                .mapToDouble(reward -> reward)
                .average()
                .orElseThrow();
        assertThat(before).isLessThan(0.35);
        assertThat(after).isGreaterThan(0.7);
    }

    /// The entropy's gradient is one of its own: with a large bonus answers stay as random as they can be.
    @Test
    void theBonusKeepsEntropyUp() {
        reinforce(new TrainLength.Steps(80), policy(), run("small")).start();
        double small = heard.getLast().get("train/entropy").orElseThrow();
        RunDirectory run = run("large");
        new Trainer<>(job(new TrainLength.Steps(80), policy(), 1, run)).start();
        double large = heard.getLast().get("train/entropy").orElseThrow();
        assertThat(small).isLessThan(0.8 * large);
        assertThat(large).isBetween(0.95 * 5 * Math.log(VOCABULARY), 5 * Math.log(VOCABULARY));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void resumesBitwiseFromEveryCheckpoint(long step) throws IOException {
        TinyLanguageModel whole = policy();
        TrainingOutcome<Written> expected =
                reinforce(new TrainLength.Steps(12), whole, run("whole")).start();
        assertThat(expected.memory().numSeen()).isEqualTo(12 * 8);

        RunDirectory run = run("cut");
        stopAfter = step;
        reinforce(new TrainLength.Steps(12), policy(), run).start();
        stopAfter = Long.MAX_VALUE;
        Checkpoint checkpoint = run.checkpoints(1).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(step);
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TrainingOutcome<Written> outcome =
                reinforce(new TrainLength.Steps(12), resumed, run).resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(outcome.memory()).isEqualTo(expected.memory());
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void anInterruptionBetweenWritingAndUpdateIsNotSeen(long step) throws IOException {
        TinyLanguageModel whole = policy();
        reinforce(new TrainLength.Steps(12), whole, run("whole")).start();

        RunDirectory run = run("interrupted");
        interruptAt = step;
        Trainer<?, ?, ?> trainer = reinforce(new TrainLength.Steps(12), policy(), run);
        assertThatThrownBy(trainer::start).hasMessage("power cut");
        interruptAt = Long.MAX_VALUE;
        Checkpoint checkpoint = run.checkpoints(1).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(5);
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        reinforce(new TrainLength.Steps(12), resumed, run).resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
    }

    @Test
    void aPolicyAndItsCriticAreMovedAndResumedTogether() throws IOException {
        TinyLanguageModel policy = policy();
        TinyCritic critic = new TinyCritic(VOCABULARY, 40);
        actorCritic(policy, critic, run("whole")).start();
        assertThat(policy.weights()).isNotEqualTo(policy().weights());
        assertThat(critic.weights()).isNotEqualTo(new TinyCritic(VOCABULARY, 40).weights());
        assertThat(heard.getLast().get("train/gradientNorm").orElseThrow()).isPositive();
        assertThat(heard.getLast().get("train/gradientNorm/critic").orElseThrow())
                .isPositive();

        RunDirectory run = run("cut");
        stopAfter = 7;
        actorCritic(policy(), new TinyCritic(VOCABULARY, 40), run).start();
        stopAfter = Long.MAX_VALUE;
        Checkpoint checkpoint = run.checkpoints(1).latest().orElseThrow();
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TinyCritic itsCritic = TinyCritic.load(checkpoint.modelDirectory(CRITIC));
        actorCritic(resumed, itsCritic, run).resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(policy.weights());
        assertThat(itsCritic.weights()).containsExactly(critic.weights());
    }

    @Test
    void epochsHaveNoEndWhereRowsAreMade() {
        TinyLanguageModel policy = policy();
        RunDirectory run = run("run");
        assertThatThrownBy(() -> reinforce(new TrainLength.Epochs(2), policy, run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the length must be given in steps but was 2 epochs: rows are made as training goes, so"
                        + " there is no end of the data to count from; set train.steps");
    }

    private static TinyLanguageModel policy() {
        return TinyLanguageModel.random(VOCABULARY, 6, 40, 1);
    }

    private RunDirectory run(String name) {
        rewards.clear();
        heard.clear();
        return RunDirectory.create(directory.resolve(name), "", SideFiles.NONE);
    }

    private Trainer<?, ?, Written> reinforce(TrainLength length, TinyLanguageModel policy, RunDirectory run) {
        return new Trainer<>(job(length, policy, 0.01, run));
    }

    private TrainingJob<WrittenAnswer, ?, Written> job(
            TrainLength length, TinyLanguageModel policy, double bonus, RunDirectory run) {
        VocabularyRequest request = new VocabularyRequest(Set.of(TokenQuantity.ENTROPY), 0, null);
        return new TrainingJob<>(
                spec(length),
                policy.asking(request),
                List.of(Learner.of(policy, optimizer(policy))),
                new PolicyGradientRule(source(policy), bonus),
                Evaluation.none(),
                IDENTITY,
                run,
                listener(),
                () -> heard.size() >= stopAfter,
                Optional.empty());
    }

    private Trainer<?, ?, Written> actorCritic(TinyLanguageModel policy, TinyCritic critic, RunDirectory run) {
        return new Trainer<>(new TrainingJob<>(
                spec(new TrainLength.Steps(40)),
                new JointModel(List.of(policy, critic)),
                List.of(Learner.of(policy, optimizer(policy)), new Learner(CRITIC, critic, optimizer(critic), 2)),
                new ActorCriticRule(source(policy)),
                Evaluation.none(),
                IDENTITY,
                run,
                listener(),
                () -> heard.size() >= stopAfter,
                Optional.empty()));
    }

    private static TinyOptimizer optimizer(TinyWeights model) {
        return new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);
    }

    /// Cut off after rows were written, if that is asked for.
    private RowSource<WrittenAnswer, Written> source(TinyLanguageModel policy) {
        AnswerSource answers = new AnswerSource(policy, new NumberTokenizer(VOCABULARY), PROMPTS, WANTED);
        return new RowSource<>() {

            @Override
            public String key() {
                return answers.key();
            }

            @Override
            public long totalSteps(TrainSpec spec) {
                return answers.totalSteps(spec);
            }

            @Override
            public StepRows<WrittenAnswer, Written> draw(TrainSpec spec, long step, long position, Written state) {
                StepRows<WrittenAnswer, Written> rows = answers.draw(spec, step, position, state);
                if (step == interruptAt) {
                    throw new IllegalStateException("power cut");
                }
                return rows;
            }
        };
    }

    private TrainingListener listener() {
        return new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                heard.add(metrics);
                metrics.get("train/reward").ifPresent(rewards::add);
            }
        };
    }

    /// A checkpoint every five steps, so that one falls between two steps that share what was written.
    private static TrainSpec spec(TrainLength length) {
        return new TrainSpec(
                length,
                8,
                3,
                1000,
                true,
                0.05,
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
}
