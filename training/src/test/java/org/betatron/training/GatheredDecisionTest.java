package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.rank.Ranks;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.Reference;
import org.betatron.training.reward.RewardRule;
import org.betatron.training.run.NoState;
import org.betatron.training.supervised.SupervisedRule;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A batch that lies in two places is decided about as if it lay in one: the numbers of rows are
/// put together, each place makes the same decision, and spreads it over its own rows.
class GatheredDecisionTest {

    private static final int ROWS = 12;

    static Stream<Named<LearningRule<?, ?, ?>>> rules() {
        List<TokenizedPair> pairs = Fixtures.pairs(ROWS, 3);
        return Stream.of(
                Named.of("beta-DPO", Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 8)),
                Named.of("ranks", Fixtures.preference(Fixtures.dpo(ObjectiveSpec.Aot.DEFAULT), pairs, 8)),
                Named.of(
                        "divergences",
                        new PreferenceRule(
                                Fixtures.dpo(new ObjectiveSpec.Tdpo1(0.1)).create(),
                                Fixtures.fixed(pairs),
                                new Reference.Live(Fixtures.referenceModel()),
                                8,
                                7)),
                Named.of("reward", new RewardRule(new RewardSpec(0, 0.1), Fixtures.fixed(pairs))),
                Named.of("texts", new SupervisedRule(Fixtures.fixed(Fixtures.texts(ROWS, 3)))));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void twoPlacesDecideAsOne(LearningRule<?, ?, ?> rule) {
        requireSame(rule);
    }

    private static <R extends TokenizedRow, Q, S> void requireSame(LearningRule<R, Q, S> rule) {
        List<? extends R> data = ((FixedRows<R, S>) rule.source()).rows();
        MeasuredRows<R> whole = measured(rule, data, 0, ROWS);
        MeasuredRows<R> here = measured(rule, data, 0, 5);
        MeasuredRows<R> there = measured(rule, data, 5, ROWS);
        S start = rule.stateFormat().start();
        double total = IntStream.range(0, ROWS)
                .mapToDouble(row -> rule.weight(data.get(row)))
                .sum();
        Decision<R, S> expected = rule.decide(new StepPlace(1, 1), rule.quantities(whole), start, total);
        Decision<R, S> decision = rule.decide(
                new StepPlace(1, 1), rule.concat(List.of(rule.quantities(here), rule.quantities(there))), start, total);

        assertThat(decision.loss()).isEqualTo(expected.loss());
        assertThat(decision.state()).isEqualTo(expected.state());
        assertThat(decision.metrics().values()).isEqualTo(expected.metrics().values());
        for (int place = 0; place < ROWS; place++) {
            MeasuredRows<R> local = place < 5 ? here : there;
            Map<TokenQuantity, float[]> spread = decision.spread(local, place < 5 ? place : place - 5, place);
            Map<TokenQuantity, float[]> alone = expected.spread(whole, place, place);
            assertThat(spread.keySet()).isEqualTo(alone.keySet());
            alone.forEach((quantity, values) -> assertThat(spread.get(quantity)).containsExactly(values));
        }
    }

    /// Each place has the gradient of its own rows; added up before the norm, they move both models
    /// as one would.
    @Test
    void twoPlacesUpdateAsOne() {
        SupervisedRule rule = new SupervisedRule(Fixtures.fixed(Fixtures.texts(ROWS, 3)));
        List<? extends TokenizedText> texts = ((FixedRows<TokenizedText, NoState>) rule.source()).rows();
        double total = Decider.weight(rule, texts, IntStream.range(0, ROWS));
        List<TinyLanguageModel> models = List.of(Fixtures.model(), Fixtures.model(), Fixtures.model());
        List<TinyOptimizer> optimizers = models.stream()
                .map(model -> new TinyOptimizer(model, OptimizerSpec.RmsProp.DEFAULT))
                .toList();
        int[][] rows = {
            {0, 1, 2, 3, 4}, {5, 6, 7, 8, 9, 10, 11}, IntStream.range(0, ROWS).toArray()
        };
        for (int place = 0; place < 3; place++) {
            BatchPass.ONE_BY_ONE.run(
                    models.get(place),
                    SharedBatch.of(RowBatch.of(texts, rows[place], new Packing(3, 1000, true)), Ranks.ALONE),
                    new Decider<>(rule, texts, new StepPlace(1, 1), NoState.NOTHING, total));
        }
        List<float[]> others = new ArrayList<>();
        optimizers.get(1).changeGradients(gradient -> others.add(gradient.clone()));
        optimizers.get(0).changeGradients(gradient -> {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += others.getFirst()[i];
            }
        });
        assertThat(optimizers.get(0).gradientNorm()).isCloseTo(optimizers.get(2).gradientNorm(), within(1e-6));
        optimizers.get(0).step(0.01, 1);
        optimizers.get(2).step(0.01, 1);
        assertThat(models.get(0).weights()).containsExactly(models.get(2).weights(), within(1e-5));
        assertThat(models.get(0).weights()).isNotEqualTo(Fixtures.model().weights());
    }

    private static <R extends TokenizedRow> MeasuredRows<R> measured(
            LearningRule<R, ?, ?> rule, List<? extends R> data, int from, int to) {
        return new MeasuredRows<>(
                data,
                RowBatch.of(data, IntStream.range(from, to).toArray(), new Packing(3, 1000, true))
                        .score(Fixtures.read(Fixtures.model(), rule)));
    }
}
