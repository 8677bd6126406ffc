package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.betatron.core.model.TokenQuantity.SCORE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.rank.Ranks;
import org.betatron.core.reward.RewardLoss;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;
import org.betatron.testkit.GradientChecker;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.preference.PairMeasurement;
import org.betatron.training.reward.RewardEvaluation;
import org.betatron.training.reward.RewardRule;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.NoState;
import org.betatron.training.run.TrainingException;
import org.junit.jupiter.api.Test;

/// A response's number is the sum over its tokens, so the tiny language model stands in for a
/// reward model whose scores are log-probabilities: what reaches its weights is the gradient of the
/// Bradley-Terry loss.
class RewardRuleTest {

    private static final double TOLERANCE = 1e-6;
    private static final Packing PACKING = new Packing(6, 1000, true);

    private final TinyLanguageModel model = Fixtures.model();
    private final LogProbsAsScores scores = new LogProbsAsScores(model);

    @Test
    void gradientOfTheLossReachesTheWeights() {
        RewardSpec spec = new RewardSpec(0.5, 0.01);
        List<TokenizedPair> pairs = scored(Fixtures.pairs(6, 5));
        RewardRule rule = new RewardRule(spec, Fixtures.fixed(pairs));
        double[] before = model.gradient();
        assertThat(before).containsOnly(0);
        double loss = Lessons.of(BatchPass.ONE_BY_ONE, rule, model, new Packing(4, 1000, true))
                .decision()
                .loss();
        PackedBatch batch = Fixtures.packed(pairs);
        ToDoubleFunction<double[]> ofWeights = weights -> loss(batch, model.logProbs(batch, weights), pairs);
        assertThat(ofWeights.applyAsDouble(model.weights())).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(ofWeights, model.weights(), model.gradient(), TOLERANCE);
    }

    private static double loss(PackedBatch batch, double[] numbers, List<TokenizedPair> pairs) {
        double[][] sums = new double[2][pairs.size()];
        for (int response = 0; response < batch.numResponses(); response++) {
            for (int t = 0; t < batch.responseLength(response); t++) {
                sums[response % 2][response / 2] += numbers[batch.logProbOffset(response) + t];
            }
        }
        double[] margins = pairs.stream()
                .mapToDouble(pair -> 0.5 * pair.scoreGap().orElseThrow())
                .toArray();
        return RewardLoss.of(sums[0], sums[1], margins, 0.01).loss();
    }

    /// @return the pairs with scores 0, 1, 2, ... for the chosen responses and 1 for the rejected
    ///     ones
    private static List<TokenizedPair> scored(List<TokenizedPair> pairs) {
        List<TokenizedPair> scored = new ArrayList<>();
        for (TokenizedPair pair : pairs) {
            scored.add(new TokenizedPair(
                    pair.id(),
                    RowPlace.NOWHERE,
                    pair.prompt(),
                    pair.chosen(),
                    pair.rejected(),
                    new PairScores(scored.size(), 1)));
        }
        return scored;
    }

    @Test
    void measuresAccuracyAndAgreementWithTheDatasScores() {
        List<TokenizedPair> pairs = scored(Fixtures.pairs(6, 5));
        List<PairMeasurement> heard = new ArrayList<>();
        Metrics metrics = new RewardEvaluation(scores, RewardSpec.DEFAULT, pairs, PACKING, heard::addAll, Ranks.ALONE)
                .evaluate(NoState.NOTHING);
        BatchNumbers numbers = RowBatch.of(pairs, PACKING).score(scores);
        int right = 0;
        int agreeing = 0;
        for (int i = 0; i < 6; i++) {
            double gap = numbers.sum(SCORE, i, 0) - numbers.sum(SCORE, i, 1);
            assertThat(heard.get(i).gap()).isEqualTo(gap);
            right += gap > 0 ? 1 : 0;
            // Scores of pair 0 prefer the rejected response; those of pair 1 are equal, so it does not count.
            agreeing += i != 1 && (gap > 0) == (i > 0) ? 1 : 0;
        }
        assertThat(metrics.values())
                .containsEntry("accuracy", right / 6.0)
                .containsEntry("agreement", agreeing / 5.0)
                .containsKeys("loss", "margin", "reward/chosen", "reward/rejected");
        assertThat(new RewardEvaluation(scores, RewardSpec.DEFAULT, Fixtures.pairs(6, 5), PACKING, _ -> {}, Ranks.ALONE)
                        .evaluate(NoState.NOTHING)
                        .values())
                .doesNotContainKey("agreement");
    }

    @Test
    void marginNeedsScores() {
        List<TokenizedPair> pairs = Fixtures.pairs(6, 5);
        BatchNumbers numbers = RowBatch.of(pairs, PACKING).score(scores);
        RewardRule rule = new RewardRule(new RewardSpec(1, 0), Fixtures.fixed(pairs));
        assertThatThrownBy(() -> rule.quantities(new MeasuredRows<>(pairs, numbers)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pair 'pair-0' (")
                .hasMessageEndingWith(") must have a score on both answers");
    }

    @Test
    void scoreThatIsNotFiniteEndsTheRun() {
        List<TokenizedPair> pairs = Fixtures.pairs(6, 5);
        model.weights()[0] = Double.NaN;
        RewardRule rule = new RewardRule(RewardSpec.DEFAULT, Fixtures.fixed(pairs));
        assertThatThrownBy(() -> Lessons.of(BatchPass.TWICE, rule, model, PACKING))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("step 1: loss is NaN; first bad pair 'pair-");
    }
}
