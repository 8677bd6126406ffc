package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.alignment.GapSpec;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.rank.Ranks;
import org.betatron.core.selection.Selection;
import org.betatron.core.selection.SelectionCriterion;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.core.statistics.Moments;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.TokenizedPair;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.preference.PreferenceEvaluation;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.NoState;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.TrainingException;
import org.betatron.training.supervised.SupervisedEvaluation;
import org.betatron.training.supervised.SupervisedRule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private static final TrainSpec SPEC = Fixtures.spec(new TrainLength.Steps(12), 4, 1);

    private final List<TokenizedPair> pairs = Fixtures.pairs(19, 3);
    private final TinyLanguageModel model = Fixtures.model();
    private RunDirectory run;

    @BeforeEach
    void makeRun(@TempDir Path directory) {
        run = Fixtures.directory(directory, "run");
    }

    @Test
    void evaluationLeavesTrainingUnchanged(@TempDir Path directory) throws IOException {
        List<TokenizedPair> heldOut = Fixtures.pairs(5, 11);
        Evaluation<AlignmentState> evaluation = new PreferenceEvaluation(
                model,
                AlignmentSpec.DEFAULT.create(),
                heldOut,
                Fixtures.reference(heldOut),
                new Packing(2, 1000, true));
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 4);
        TrainingOutcome<AlignmentState> with =
                new Trainer<>(Fixtures.with(Fixtures.job(SPEC, model, rule, run), evaluation)).start();
        TinyLanguageModel other = Fixtures.model();
        TrainingOutcome<AlignmentState> without =
                new Trainer<>(Fixtures.job(SPEC, other, rule, Fixtures.directory(directory, "without"))).start();

        assertThat(model.weights()).containsExactly(other.weights());
        assertThat(with.memory()).isEqualTo(without.memory());
        assertThat(Files.readString(run.metrics().file()))
                .contains("{\"step\":0,\"eval/loss\":", "{\"step\":12,\"eval/loss\":");
    }

    @Test
    void stepThatKeepsNothingChangesNoWeightAndIsCounted() {
        Alignment base = AlignmentSpec.DEFAULT.create();
        Alignment keepsNothing = new Alignment(
                base.objective(), base.beta(), base.calibration(), new KeepsNothing(), base.aggregation(), base.gap());
        TinyOptimizer optimizer = new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);
        PreferenceRule rule = new PreferenceRule(keepsNothing, Fixtures.fixed(pairs), Fixtures.reference(pairs), 4, 7);
        TrainingOutcome<AlignmentState> outcome =
                new Trainer<>(Fixtures.job(SPEC, model, optimizer, rule, run)).start();
        assertThat(outcome.state().skippedSteps()).isEqualTo(12);
        assertThat(outcome.memory().gaps().updates()).isEqualTo(12);
        assertThat(optimizer.numSteps()).isZero();
        assertThat(model.weights()).containsExactly(Fixtures.model().weights());
        assertThat(run.metrics().file())
                .content()
                .contains("\"train/skippedSteps\":12.0")
                .contains("\"train/kept\":0.0");
    }

    @Test
    void infiniteLossStopsBeforeWeightsChangeAndNamesThePair() {
        List<TokenizedPair> rows = new ArrayList<>(pairs);
        // The healthy reference scores token 9; the policy gives it no probability at all.
        model.weights()[model.weights().length - 1] = Double.NEGATIVE_INFINITY;
        rows.replaceAll(pair -> new TokenizedPair(pair.id(), pair.prompt(), new int[] {1}, new int[] {2}));
        rows.set(4, new TokenizedPair("hh-4411", new int[] {1}, new int[] {9}, new int[] {2}));
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, rows, 4);
        double[] before = model.weights().clone();
        TinyOptimizer optimizer = new TinyOptimizer(model, OptimizerSpec.RmsProp.DEFAULT);
        assertThatThrownBy(() -> new Trainer<>(Fixtures.job(SPEC, model, optimizer, rule, run)).start())
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("step 1: loss is Infinity; first bad pair 'hh-4411', margin -Infinity,"
                        + " log-probability chosen -Infinity and rejected -");
        assertThat(model.weights()).containsExactly(before);
    }

    @Test
    void supervisedLossThatIsNotANumberNamesTheText() {
        model.weights()[model.weights().length - 1] = Double.NaN;
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(8, 3)));
        assertThatThrownBy(() -> new Trainer<>(Fixtures.job(SPEC, model, rule, run)).start())
                .hasMessage("step 1: loss is NaN; first bad text 'pair-0', log-probability NaN");
    }

    @Test
    void gradientThatIsNotANumberStopsBeforeWeightsChange() {
        model.gradient()[0] = Double.NaN;
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(8, 3)));
        assertThatThrownBy(() -> new Trainer<>(Fixtures.job(SPEC, model, rule, run)).start())
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(
                        "step 1: gradient norm is NaN; loss [0-9.]+ is finite, .*; weights were not changed");
        assertThat(model.weights()).containsExactly(Fixtures.model().weights());
    }

    @Test
    void metricsHoldEveryDocumentedNumber() {
        new Trainer<>(Fixtures.job(SPEC, model, Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 4), run)).start();
        assertThat(run.metrics().file())
                .content()
                .contains(List.of(
                        "{\"step\":4,\"train/loss\":",
                        "\"train/reward/chosen\":",
                        "\"train/reward/rejected\":",
                        "\"train/margin\":",
                        "\"train/accuracy\":",
                        "\"train/logp/chosen\":",
                        "\"train/logp/rejected\":",
                        "\"train/chosenBelowReference\":",
                        "\"train/beta\":",
                        "\"train/betaClamped\":",
                        "\"train/gap/mean\":",
                        "\"train/gap/deviation\":",
                        "\"train/kept\":0.75",
                        "\"train/gradientNorm\":",
                        "\"train/learningRate\":",
                        "\"train/skippedSteps\":0.0",
                        "\"speed/tokensPerSecond\":",
                        "\"speed/rowsPerSecond\":",
                        "\"time/elapsedSeconds\":"));
    }

    @Test
    void listenerHearsEveryStepAndAWarmUpThatNeverEnds() {
        List<String> events = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void started(long stepsDone, long totalSteps) {
                events.add("started " + stepsDone + " of " + totalSteps);
            }

            @Override
            public void stepDone(long step, Metrics metrics) {
                events.add("step " + step);
            }

            @Override
            public void warning(String message) {
                events.add(message);
            }
        };
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(8, 3)));
        TrainSpec spec = Fixtures.spec(new TrainLength.Steps(2), 4, 1);
        new Trainer<>(Fixtures.with(Fixtures.job(spec, model, rule, run), listener, () -> false)).start();
        assertThat(events)
                .containsExactly(
                        "warmupSteps is 2 but the run has 2 steps: the learning rate never reaches 0.02",
                        "started 0 of 2",
                        "step 1",
                        "step 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void learnsASeparablePreference(boolean dynamicBeta) {
        List<TokenizedPair> rows = Fixtures.separablePairs(64, 3);
        List<TokenizedPair> heldOut = Fixtures.separablePairs(32, 4);
        Alignment alignment = (dynamicBeta ? AlignmentSpec.DEFAULT : AlignmentSpec.DPO).create();
        // As in a real run: the reference is the model before training.
        PreferenceRule rule =
                new PreferenceRule(alignment, Fixtures.fixed(rows), Fixtures.reference(Fixtures.model(), rows), 4, 7);
        Evaluation<AlignmentState> evaluation = new PreferenceEvaluation(
                model, alignment, heldOut, Fixtures.reference(Fixtures.model(), heldOut), new Packing(8, 1000, true));
        TrainSpec spec = Fixtures.spec(new TrainLength.Epochs(5), 4, 1);
        Metrics before = evaluation.evaluate(AlignmentState.START);
        TrainingOutcome<AlignmentState> outcome = new Trainer<>(Fixtures.job(spec, model, rule, run)).start();
        Metrics after = evaluation.evaluate(AlignmentState.START);
        assertThat(outcome.end()).isEqualTo(End.COMPLETED);
        // At the start policy and reference are equal: every margin is 0 and every loss log 2.
        assertThat(before.get("loss").getAsDouble()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(before.get("accuracy").getAsDouble()).isZero();
        assertThat(after.get("accuracy").getAsDouble()).isEqualTo(1);
        assertThat(after.get("loss").getAsDouble()).isLessThan(0.6);
    }

    @Test
    void gradientIsClippedAsPyTorchDoesAndTheScheduleSetsTheRate() {
        List<String> steps = new ArrayList<>();
        Optimizer optimizer = new RecordingOptimizer(4, steps);
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(8, 3)));
        TrainSpec spec = Fixtures.spec(new TrainLength.Steps(2), 4, 1);
        new Trainer<>(Fixtures.job(spec, model, optimizer, rule, run)).start();
        // Warm-up of 2 steps to 0.02: thirds of it. A norm of 4 is scaled to 1.
        double scale = 1 / (4 + 1e-6);
        assertThat(steps).containsExactly((0.02 * 1 / 3) + " * " + scale, (0.02 * 2 / 3) + " * " + scale);
    }

    @Test
    void referenceFreeObjectiveNeedsNoReference() {
        AlignmentSpec simPo = new AlignmentSpec(
                ObjectiveSpec.SimPo.DEFAULT,
                CalibrationSpec.Fixed.DEFAULT,
                SelectionSpec.None.DEFAULT,
                AggregationSpec.Mean.DEFAULT,
                GapSpec.DEFAULT);
        PreferenceRule rule = new PreferenceRule(simPo.create(), Fixtures.fixed(pairs), new Reference.None(), 4, 7);
        new Trainer<>(Fixtures.job(SPEC, model, rule, run)).start();
        assertThat(run.metrics().file())
                .content()
                .contains("\"train/accuracy\"")
                .doesNotContain("chosenBelowReference");
    }

    @Test
    void startForgetsMetricsOfASessionThatReachedNoCheckpoint() throws IOException {
        run.metrics().append(3, Metrics.builder().put("train/loss", 1).build());
        new Trainer<>(Fixtures.job(SPEC, model, new SupervisedRule(Fixtures.fixed(Fixtures.texts(8, 3))), run)).start();
        assertThat(Files.readAllLines(run.metrics().file()))
                .hasSize(3)
                .noneMatch(line -> line.startsWith("{\"step\":3,"));
    }

    @Test
    void learnsToImitate() {
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(16, 3)));
        Evaluation<NoState> evaluation =
                new SupervisedEvaluation(model, Fixtures.texts(16, 3), new Packing(3, 1000, true), Ranks.ALONE);
        Metrics before = evaluation.evaluate(NoState.NOTHING);
        new Trainer<>(Fixtures.job(Fixtures.spec(new TrainLength.Epochs(40), 8, 0), model, rule, run)).start();
        Metrics after = evaluation.evaluate(NoState.NOTHING);
        assertThat(after.get("loss").getAsDouble())
                .isLessThan(0.8 * before.get("loss").getAsDouble());
        assertThat(after.get("perplexity").getAsDouble())
                .isCloseTo(Math.exp(after.get("loss").getAsDouble()), within(1e-12));
    }

    @Test
    void refusesAnObjectiveWithoutTheReferenceItNeeds() {
        assertThatThrownBy(() -> new PreferenceRule(
                        AlignmentSpec.DPO.create(), Fixtures.fixed(pairs), new Reference.None(), 4, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reference must be given: the objective compares with it");
    }

    /// Reports one norm always, and only writes down what it is told.
    private record RecordingOptimizer(double gradientNorm, List<String> steps) implements Optimizer {

        @Override
        public void changeGradients(Consumer<float[]> change) {
            steps.add("change");
        }

        @Override
        public void step(double learningRate, double gradientScale) {
            steps.add(learningRate + " * " + gradientScale);
        }

        @Override
        public void save(Path file) throws IOException {
            Files.createFile(file);
        }

        @Override
        public void load(Path file) {
            steps.add("load"); // a new run has nothing to load, and is caught if it does
        }

        @Override
        public void close() {}
    }

    private record KeepsNothing() implements Selection {

        @Override
        public SelectionCriterion criterion() {
            return SelectionCriterion.GAP;
        }

        @Override
        public boolean keepsAll() {
            return false;
        }

        @Override
        public double[] select(double[] values, Moments statistics, RandomGenerator random) {
            return new double[values.length];
        }
    }
}
