package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.GapSpec;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.StateFormat;
import org.betatron.training.supervised.SupervisedRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a batch is cut for the machine changes nothing but the order of sums: 8 = 4 + 4 = 8 x 1, with
/// forward passes kept or computed twice.
class BatchInvarianceTest {

    /// Weights are of order 1, and the gradient of a row that is computed once for several is rounded to
    /// single precision once.
    private static final Offset<Double> SUMS_IN_ANOTHER_ORDER = within(1e-6);

    private static final double KEEP_GRAPHS = 1;
    private static final double COMPUTE_TWICE = 0;
    private static final TrainLength LENGTH = new TrainLength.Epochs(2);

    // 19 rows make the last of 5 batches a short one.
    private final List<TokenizedPair> pairs = Fixtures.pairs(19, 3);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"4, 1", "3, 1", "1, 1", "8, 0", "4, 0", "1, 0"})
    void preferenceUpdateIsTheSame(int microBatchSize, double graphMemory) {
        double[] whole = train(AlignmentSpec.DEFAULT, 8, KEEP_GRAPHS, "whole");
        assertThat(train(AlignmentSpec.DEFAULT, microBatchSize, graphMemory, "cut"))
                .containsExactly(whole, SUMS_IN_ANOTHER_ORDER);
        assertThat(whole).isNotEqualTo(Fixtures.model().weights());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 40, 1000})
    void rowByRowDecisionsLeaveTheSameUpdate(int microBatchTokens) {
        PreferenceRule dpo = Fixtures.preference(AlignmentSpec.DPO, pairs, 8);
        assertThat(dpo.decidesRowByRow()).isTrue();
        double[] whole = train(new WholeBatches<>(dpo), Fixtures.spec(LENGTH, 8, KEEP_GRAPHS), "whole");
        assertThat(train(dpo, Fixtures.spec(LENGTH, 8, microBatchTokens, KEEP_GRAPHS), "cut"))
                .containsExactly(whole, SUMS_IN_ANOTHER_ORDER);
        assertThat(whole).isNotEqualTo(Fixtures.model().weights());
    }

    /// A rule that hides that its rows are decided apart.
    private record WholeBatches<R extends TokenizedRow, Q, S>(LearningRule<R, Q, S> rule)
            implements LearningRule<R, Q, S> {

        @Override
        public RowSource<R, S> source() {
            return rule.source();
        }

        @Override
        public StateFormat<S> stateFormat() {
            return rule.stateFormat();
        }

        @Override
        public double weight(R row) {
            return rule.weight(row);
        }

        @Override
        public Q quantities(MeasuredRows<R> rows) {
            return rule.quantities(rows);
        }

        @Override
        public Q concat(List<Q> parts) {
            return rule.concat(parts);
        }

        @Override
        public Decision<R, S> decide(StepPlace step, Q quantities, S state, double totalWeight) {
            return rule.decide(step, quantities, state, totalWeight);
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "3, 1", "1, 1", "8, 0", "4, 0", "1, 0"})
    void supervisedUpdateIsTheSame(int microBatchSize, double graphMemory) {
        double[] whole = train(new SupervisedRule(Fixtures.fixed(Fixtures.texts(19, 3))), 8, KEEP_GRAPHS, "whole");
        assertThat(train(new SupervisedRule(Fixtures.fixed(Fixtures.texts(19, 3))), microBatchSize, graphMemory, "cut"))
                .containsExactly(whole, SUMS_IN_ANOTHER_ORDER);
    }

    @Test
    void publishedCodeDecidesPerMicroBatch() {
        double[] whole = train(AlignmentSpec.PUBLISHED_CODE, 8, KEEP_GRAPHS, "8");
        double[] halves = train(AlignmentSpec.PUBLISHED_CODE, 4, KEEP_GRAPHS, "4");
        assertThat(halves).isNotEqualTo(whole);
        assertThat(train(AlignmentSpec.PUBLISHED_CODE, 4, COMPUTE_TWICE, "twice"))
                .containsExactly(halves, SUMS_IN_ANOTHER_ORDER);
    }

    @Test
    void publishedCodeOnOneMicroBatchIsTheWholeBatch() {
        AlignmentSpec wholeBatch = new AlignmentSpec(
                ObjectiveSpec.Dpo.DEFAULT,
                new CalibrationSpec.Batch(0.6, 0.01, Double.MAX_VALUE),
                SelectionSpec.Gaussian.DEFAULT,
                AggregationSpec.Mean.DEFAULT,
                new GapSpec(GapSource.MARGIN, 0.9, false, UpdateOrder.BEFORE_USE, Scope.BATCH));
        assertThat(train(AlignmentSpec.PUBLISHED_CODE, 8, KEEP_GRAPHS, "micro"))
                .containsExactly(train(wholeBatch, 4, KEEP_GRAPHS, "whole"), SUMS_IN_ANOTHER_ORDER);
    }

    private double[] train(AlignmentSpec alignment, int microBatchSize, double graphMemory, String name) {
        return train(Fixtures.preference(alignment, pairs, microBatchSize), microBatchSize, graphMemory, name);
    }

    private <R extends TokenizedRow, Q, S> double[] train(
            LearningRule<R, Q, S> rule, int microBatchSize, double graphMemory, String name) {
        return train(rule, Fixtures.spec(LENGTH, microBatchSize, graphMemory), name);
    }

    private <R extends TokenizedRow, Q, S> double[] train(LearningRule<R, Q, S> rule, TrainSpec spec, String name) {
        TinyLanguageModel model = Fixtures.model();
        RunDirectory run = Fixtures.directory(directory, name);
        TrainingOutcome<S> outcome = new Trainer<>(Fixtures.job(spec, model, rule, run)).start();
        assertThat(outcome.state().step()).isEqualTo(5);
        assertThat(outcome.state().position()).isEqualTo(38);
        return model.weights();
    }
}
