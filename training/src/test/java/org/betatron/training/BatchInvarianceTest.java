package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.GapSpec;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.TokenizedPair;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.run.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a batch is cut for the machine changes nothing, to the last bit: 8 = 4 + 4 = 8 x 1, with
/// forward passes kept or computed twice.
class BatchInvarianceTest {

    private static final int KEEP_GRAPHS = 1_000_000;
    private static final int COMPUTE_TWICE = 0;

    // 19 rows make the last of 5 batches a short one.
    private final List<TokenizedPair> pairs = Fixtures.pairs(19, 3);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"4, 1000000", "3, 1000000", "1, 1000000", "8, 0", "4, 0", "1, 0"})
    void preferenceUpdateIsTheSame(int microBatchSize, int maxGraphTokens) {
        double[] whole = train(AlignmentSpec.DEFAULT, 8, KEEP_GRAPHS, "whole");
        assertThat(train(AlignmentSpec.DEFAULT, microBatchSize, maxGraphTokens, "cut"))
                .containsExactly(whole);
        assertThat(whole).isNotEqualTo(Fixtures.model().weights());
    }

    @ParameterizedTest
    @CsvSource({"4, 1000000", "3, 1000000", "1, 1000000", "8, 0", "4, 0", "1, 0"})
    void supervisedUpdateIsTheSame(int microBatchSize, int maxGraphTokens) {
        double[] whole = train(new SupervisedRule(Fixtures.texts(19, 3)), 8, KEEP_GRAPHS, "whole");
        assertThat(train(new SupervisedRule(Fixtures.texts(19, 3)), microBatchSize, maxGraphTokens, "cut"))
                .containsExactly(whole);
    }

    @Test
    void publishedCodeDecidesPerMicroBatch() {
        double[] whole = train(AlignmentSpec.PUBLISHED_CODE, 8, KEEP_GRAPHS, "8");
        double[] halves = train(AlignmentSpec.PUBLISHED_CODE, 4, KEEP_GRAPHS, "4");
        assertThat(halves).isNotEqualTo(whole);
        assertThat(train(AlignmentSpec.PUBLISHED_CODE, 4, COMPUTE_TWICE, "twice"))
                .containsExactly(halves);
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
                .containsExactly(train(wholeBatch, 4, KEEP_GRAPHS, "whole"));
    }

    private double[] train(AlignmentSpec alignment, int microBatchSize, int maxGraphTokens, String name) {
        return train(Fixtures.preference(alignment, pairs, microBatchSize), microBatchSize, maxGraphTokens, name);
    }

    private double[] train(LearningRule rule, int microBatchSize, int maxGraphTokens, String name) {
        TinyLanguageModel model = Fixtures.model();
        RunDirectory run = Fixtures.directory(directory, name);
        TrainSpec spec = Fixtures.spec(new TrainLength.Epochs(2), microBatchSize, maxGraphTokens);
        TrainingOutcome outcome = new Trainer(Fixtures.job(spec, model, rule, run)).start();
        assertThat(outcome.state().step()).isEqualTo(5);
        assertThat(outcome.state().position()).isEqualTo(38);
        return model.weights();
    }
}
