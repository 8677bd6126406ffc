package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.MismatchedAnswers;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.RandomBatches;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.Reference;
import org.betatron.training.reward.RewardRule;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.supervised.SupervisedRule;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows that share prompts and responses learn what they learn apart, whatever is learned and whichever
/// way the batch takes.
class SharedPromptsTest {

    /// Derivatives of a shared response are added up in single precision.
    private static final double ROUNDING = 1e-6;

    /// Ranked lists of four answers, as the six pairs of each, in an order that tears lists apart.
    private static List<TokenizedPair> rankedPairs() {
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int list = 0; list < 4; list++) {
            RandomGenerator random = RandomStreams.stream(5, "lists", list);
            int[] prompt = RandomBatches.tokens(random, Fixtures.VOCABULARY, 6);
            List<int[]> answers = IntStream.range(0, 4)
                    .mapToObj(_ -> RandomBatches.tokens(random, Fixtures.VOCABULARY, 6))
                    .toList();
            for (int better = 0; better < 4; better++) {
                for (int worse = better + 1; worse < 4; worse++) {
                    pairs.add(new TokenizedPair(
                            "list-" + list + "-" + better + ">" + worse,
                            prompt.clone(),
                            answers.get(better).clone(),
                            answers.get(worse).clone()));
                }
            }
        }
        return IntStream.range(0, pairs.size())
                .mapToObj(i -> pairs.get(i * 7 % pairs.size()))
                .toList();
    }

    static Stream<Named<LearningRule<?, ?, ?>>> rules() {
        List<TokenizedPair> pairs = rankedPairs();
        List<TokenizedText> texts = pairs.stream()
                .map(pair -> new TokenizedText(pair.id(), pair.prompt(), pair.chosen()))
                .toList();
        List<TokenizedAnswer> answers = MismatchedAnswers.assign(
                pairs.stream()
                        .map(pair -> new TokenizedAnswer(
                                pair.id(), pair.place(), pair.prompt(), pair.rejected(), pair.chosen().length > 3))
                        .toList(),
                40,
                3);
        return Stream.of(
                Named.of("DPO", Fixtures.preference(AlignmentSpec.DPO, pairs, 8)),
                Named.of("beta-DPO", Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 8)),
                Named.of("published code", Fixtures.preference(AlignmentSpec.PUBLISHED_CODE, pairs, 8)),
                Named.of(
                        "tails", Fixtures.preference(Fixtures.dpo(new ObjectiveSpec.LdDpo(0.1, 0.25, true)), pairs, 8)),
                Named.of("divergences", live(new ObjectiveSpec.Tdpo1(0.1), pairs)),
                Named.of(
                        "answers",
                        new PreferenceRule(
                                Fixtures.dpo(ObjectiveSpec.Kto.DEFAULT).create(),
                                Fixtures.fixed(answers),
                                Fixtures.reference(Fixtures.referenceModel(), answers),
                                8,
                                7)),
                Named.of("reward", new RewardRule(RewardSpec.DEFAULT, Fixtures.fixed(pairs))),
                Named.of("texts", new SupervisedRule(Fixtures.fixed(texts))));
    }

    private static PreferenceRule live(ObjectiveSpec objective, List<TokenizedPair> pairs) {
        Reference reference = new Reference.Live(Fixtures.referenceModel());
        return new PreferenceRule(Fixtures.dpo(objective).create(), Fixtures.fixed(pairs), reference, 8, 7);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theGradientIsThatOfRowsApart(LearningRule<?, ?, ?> rule) {
        for (BatchPass pass : BatchPass.values()) {
            if (pass == BatchPass.ONE_BY_ONE && !rule.decidesRowByRow()) {
                continue;
            }
            TinyLanguageModel apart = Fixtures.model();
            TinyLanguageModel sharing = Fixtures.model();
            Decision<?, ?> expected = run(pass, rule, apart, new Packing(5, 60, false));
            Decision<?, ?> decision = run(pass, rule, sharing, new Packing(5, 60, true));
            assertThat(decision.loss()).as(pass.name()).isCloseTo(expected.loss(), within(ROUNDING));
            assertThat(decision.metrics().values().keySet())
                    .isEqualTo(expected.metrics().values().keySet());
            assertThat(apart.gradient()).isNotEqualTo(new double[apart.gradient().length]);
            assertThat(sharing.gradient()).as(pass.name()).containsExactly(apart.gradient(), within(ROUNDING));
        }
    }

    private static Decision<?, ?> run(
            BatchPass pass, LearningRule<?, ?, ?> rule, TinyLanguageModel model, Packing packing) {
        int[] rows = IntStream.range(0, 16).map(i -> i + 3).toArray();
        return Lessons.of(pass, rule, model, packing, rows).decision();
    }

    @Test
    void aRunSharesIfItsSpecSaysSo(@TempDir Path directory) {
        assertThat(TrainSpec.DEFAULT.sharePrompts()).isTrue();
        // Batches of 8 pairs out of lists of six.
        assertThat(sharedTokens(true, directory.resolve("sharing"))).isBetween(0.1, 0.7);
        assertThat(sharedTokens(false, directory.resolve("apart"))).isZero();
    }

    private static double sharedTokens(boolean sharePrompts, Path directory) {
        List<Double> heard = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                if (metrics.values().containsKey("speed/sharedTokens")) {
                    heard.add(metrics.values().get("speed/sharedTokens"));
                }
            }
        };
        TrainSpec spec = Fixtures.spec(new TrainLength.Steps(4), 8, 1000, sharePrompts, 1);
        RunDirectory run = Fixtures.directory(directory, "run");
        TrainingJob<?, ?, ?> job =
                Fixtures.job(spec, Fixtures.model(), Fixtures.preference(AlignmentSpec.DPO, rankedPairs(), 8), run);
        new Trainer<>(Fixtures.with(job, listener, () -> false)).start();
        assertThat(heard).hasSize(1);
        return heard.getFirst();
    }
}
