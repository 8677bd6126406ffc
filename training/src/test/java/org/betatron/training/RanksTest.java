package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.rank.Ranks;
import org.betatron.data.row.TokenizedRow;
import org.betatron.testkit.ThreadRanks;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ranks decide as one process does, and move as it does.
class RanksTest {

    private static final int STEPS = 12;

    @TempDir
    private Path directory;

    /// What a run came to: metrics of every step, and the weights after the last one.
    @SuppressWarnings("ArrayRecordComponent")
    private record Outcome(List<Map<String, Double>> steps, double[] weights) {}

    @ParameterizedTest
    @MethodSource("org.betatron.training.GatheredDecisionTest#rules")
    void anyNumberOfRanksIsOneRun(LearningRule<?, ?, ?> rule) throws Exception {
        for (double graphMemory : rule.decidesRowByRow() ? new double[] {0.4} : new double[] {0.4, 0}) {
            TrainSpec spec = Fixtures.spec(new TrainLength.Steps(STEPS), 3, graphMemory);
            Outcome alone = run(spec, rule, Ranks.ALONE, "alone" + graphMemory);
            for (int size = 2; size <= 4; size++) {
                String name = size + "-" + graphMemory;
                List<Outcome> ranks = ThreadRanks.all(size, rank -> run(spec, rule, rank, name + "-" + rank.rank()));
                for (Outcome rank : ranks) {
                    // Equal log-probs before the first update: the decision is the same to the last bit.
                    assertThat(decided(rank.steps().getFirst()))
                            .isEqualTo(decided(alone.steps().getFirst()));
                    for (int step = 0; step < STEPS; step++) {
                        assertThat(rank.steps().get(step).get("train/loss"))
                                .isCloseTo(alone.steps().get(step).get("train/loss"), within(1e-6));
                    }
                    assertThat(rank.weights()).containsExactly(alone.weights(), within(1e-6));
                    assertThat(rank.weights()).containsExactly(ranks.getFirst().weights());
                }
            }
        }
    }

    private Outcome run(TrainSpec spec, LearningRule<?, ?, ?> rule, Ranks ranks, String name) {
        return run(spec, rule, ranks, Fixtures.directory(directory, name));
    }

    private static <R extends TokenizedRow, Q, S> Outcome run(
            TrainSpec spec, LearningRule<R, Q, S> rule, Ranks ranks, RunDirectory run) {
        TinyLanguageModel model = Fixtures.model();
        List<Map<String, Double>> steps = new ArrayList<>();
        new Trainer<>(job(spec, rule, ranks, run, model, steps)).start();
        return new Outcome(steps, model.weights().clone());
    }

    private static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> job(
            TrainSpec spec,
            LearningRule<R, Q, S> rule,
            Ranks ranks,
            RunDirectory run,
            TinyLanguageModel model,
            List<Map<String, Double>> steps) {
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                steps.add(metrics.values());
            }
        };
        return new TrainingJob<>(
                spec,
                Fixtures.read(model, rule),
                List.of(Learner.of(model, new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT, ranks))),
                rule,
                Evaluation.none(),
                Fixtures.IDENTITY,
                run,
                listener,
                () -> false,
                Optional.empty(),
                ranks);
    }

    /// What follows from the log-probs alone.
    private static Map<String, Double> decided(Map<String, Double> metrics) {
        Map<String, Double> decided = new java.util.TreeMap<>(metrics);
        decided.keySet()
                .removeIf(name -> !name.startsWith("train/")
                        || name.equals("train/gradientNorm")
                        || name.equals("train/forwardPasses"));
        assertThat(decided).containsKey("train/loss");
        return decided;
    }

    @Test
    void lossesOfFiftyStepsAreThoseOfOneProcess() throws Exception {
        TrainSpec spec = Fixtures.spec(new TrainLength.Steps(50), 3, 0.4);
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, Fixtures.pairs(24, 3), 8);
        Outcome alone = run(spec, rule, Ranks.ALONE, "alone");
        Outcome ranks = ThreadRanks.all(3, rank -> run(spec, rule, rank, "rank" + rank.rank()))
                .getLast();
        for (int step = 0; step < 50; step++) {
            assertThat(ranks.steps().get(step).get("train/loss"))
                    .isCloseTo(alone.steps().get(step).get("train/loss"), within(1e-6));
        }
    }

    @Test
    void firstRankWritesAndAnyNumberGoesOn() throws Exception {
        TrainSpec spec = Fixtures.spec(new TrainLength.Steps(12), 3, 0.4);
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, Fixtures.pairs(24, 3), 8);
        Outcome alone = run(spec, rule, Ranks.ALONE, "alone");
        RunDirectory run = Fixtures.directory(directory, "run");
        TrainSpec begun = Fixtures.spec(new TrainLength.Steps(8), 3, 0.4);
        ThreadRanks.all(3, ranks -> run(begun, rule, ranks, run));
        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(8);
        List<Outcome> resumed = ThreadRanks.all(2, ranks -> {
            TinyLanguageModel model = TinyLanguageModel.load(checkpoint.modelDirectory());
            List<Map<String, Double>> steps = new ArrayList<>();
            new Trainer<>(job(spec, rule, ranks, run, model, steps)).resume(checkpoint);
            return new Outcome(steps, model.weights().clone());
        });
        assertThat(resumed.get(1).steps()).hasSize(4);
        assertThat(resumed.get(1).weights()).containsExactly(resumed.get(0).weights());
        assertThat(resumed.get(0).steps().getLast().get("train/loss"))
                .isCloseTo(alone.steps().getLast().get("train/loss"), within(0.05));
    }
}
