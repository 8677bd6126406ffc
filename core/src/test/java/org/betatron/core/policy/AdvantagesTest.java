package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvantagesTest {

    private static final long SEED = 20270302;

    static Set<String> specs() {
        return PolicySamples.specs().keySet();
    }

    private static PolicySpec spec(String name) {
        return Objects.requireNonNull(PolicySamples.specs().get(name), name);
    }

    private static Advantages of(PolicySpec spec, ScoredAnswers answers) {
        return spec.advantages(answers, spec.kl().coefficient());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theOrderOfGroupsAndOfTheirAnswersDoesNotMatter(String name) {
        ScoredAnswers answers = PolicySamples.rollout(SEED, 3);
        int[] order = {9, 8, 11, 10, 0, 3, 2, 1, 7, 4, 6, 5};
        Advantages given = of(spec(name), answers);
        Advantages other = of(spec(name), PolicySamples.reordered(answers, order));
        for (int i = 0; i < order.length; i++) {
            assertClose(other.ofTokens()[i], given.ofTokens()[order[i]], 1e-12);
            assertThat(other.rewards()[i]).isEqualTo(given.rewards()[order[i]]);
        }
        assertThat(other.numFlat()).isEqualTo(given.numFlat());
    }

    static List<PolicySpec> ofGroups() {
        return List.of(
                PolicySpec.Grpo.DEFAULT,
                PolicySpec.Grpo.DR_GRPO,
                PolicySpec.Grpo.DAPO,
                PolicySpec.Grpo.GSPO,
                PolicySpec.Rloo.DEFAULT,
                new PolicySpec.Reinforce(
                        Baseline.GROUP, false, KlSpec.fixed(0.05, KlEstimator.K1, KlPlace.REWARD), 0, 0));
    }

    @ParameterizedTest
    @MethodSource("ofGroups")
    void aConstantForAGroupChangesNothing(PolicySpec spec) {
        ScoredAnswers answers = PolicySamples.rollout(SEED, 3);
        double[] scores = answers.scores().clone();
        Arrays.setAll(scores, i -> scores[i] + new double[] {3, -40, 0.5}[i / 4]);
        Advantages given = of(spec, answers);
        Advantages other = of(spec, PolicySamples.withScores(answers, scores));
        for (int i = 0; i < answers.size(); i++) {
            assertClose(other.ofTokens()[i], given.ofTokens()[i], 1e-11);
        }
    }

    /// But for the 1e-4 that is added to deviations, here of about 1.
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 2, 1000})
    void scaleChangesNothingWhereItIsDividedBy(double factor) {
        ScoredAnswers answers = PolicySamples.rollout(SEED, 3);
        double[] scaled = Arrays.stream(answers.scores()).map(x -> factor * x).toArray();
        Advantages given = of(PolicySpec.Grpo.DEFAULT, answers);
        Advantages other = of(PolicySpec.Grpo.DEFAULT, PolicySamples.withScores(answers, scaled));
        for (int i = 0; i < answers.size(); i++) {
            assertClose(other.ofTokens()[i], given.ofTokens()[i], 1e-3);
        }
        Advantages notDivided = of(PolicySpec.Grpo.DR_GRPO, PolicySamples.withScores(answers, scaled));
        Advantages once = of(PolicySpec.Grpo.DR_GRPO, answers);
        for (int i = 0; i < answers.size(); i++) {
            assertClose(
                    notDivided.ofTokens()[i],
                    Arrays.stream(once.ofTokens()[i]).map(x -> factor * x).toArray(),
                    1e-12 * factor);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void staysFiniteWhateverScoresAre(String name) {
        ScoredAnswers answers = PolicySamples.rollout(SEED, 2);
        for (double[] scores : new double[][] {
            {1e12, -1e12, 0, 3, 1e12, 1e12, 1e12, 1e12},
            {1e12, 1e12 + 1, 1e12 - 1, 1e12, -1e12, -1e12, -1e12, -1e12},
            {1e-300, -1e-300, 0, 0, 0, 0, 0, 0},
            {Double.NaN, Double.NaN, 2, 3, Double.NaN, Double.NaN, Double.NaN, 7},
            {Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN}
        }) {
            Advantages found = of(spec(name), PolicySamples.withScores(answers, scores));
            for (int i = 0; i < scores.length; i++) {
                double[] ofTokens = found.ofTokens()[i];
                assertThat(ofTokens).hasSize(answers.length(i));
                assertThat(Arrays.stream(ofTokens).allMatch(Double::isFinite))
                        .as("%s, %s", name, Arrays.toString(scores))
                        .isTrue();
                if (found.returns().length > 0) {
                    assertThat(Arrays.stream(found.returns()[i]).allMatch(Double::isFinite))
                            .isTrue();
                }
                if (Double.isNaN(scores[i])) {
                    assertThat(ofTokens).as(name).containsOnly(0);
                    assertThat(found.rewards()[i]).isNaN();
                }
            }
        }
    }

    /// Answers without a score change nothing for the others.
    @ParameterizedTest
    @MethodSource("specs")
    void unscoredAnswersAreInNoBaseline(String name) {
        ScoredAnswers answers = PolicySamples.rollout(SEED, 2);
        double[] scores = answers.scores().clone();
        scores[1] = Double.NaN;
        scores[6] = Double.NaN;
        int[] scored = IntStream.range(0, 8).filter(i -> i != 1 && i != 6).toArray();
        Advantages with = of(spec(name), PolicySamples.withScores(answers, scores));
        Advantages without = of(spec(name), PolicySamples.reordered(answers, scored));
        for (int i = 0; i < scored.length; i++) {
            assertClose(with.ofTokens()[scored[i]], without.ofTokens()[i], 1e-12);
        }
    }

    /// 0.1 and 1e12 / 3 have sums that are rounded.
    @ParameterizedTest
    @ValueSource(doubles = {0.1, -0.7, 1e12 / 3, 0})
    void equalRewardsTeachNothingWhereTheyAreCompared(double score) {
        double[] scores = new double[7];
        Arrays.fill(scores, score);
        ScoredAnswers answers = oneToken(new int[7], scores);
        for (PolicySpec spec : List.of(
                grpo(RewardScale.NONE),
                grpo(RewardScale.GROUP),
                grpo(RewardScale.BATCH),
                new PolicySpec.Rloo(0.2, noCost(), true, 0, 0),
                new PolicySpec.Reinforce(Baseline.BATCH, false, noCost(), 0, 0),
                new PolicySpec.Reinforce(Baseline.BATCH, true, noCost(), 0, 0),
                new PolicySpec.Reinforce(Baseline.GROUP, true, noCost(), 0, 0),
                new PolicySpec.Reinforce(Baseline.NONE, true, noCost(), 0, 0),
                new PolicySpec.Ppo(1, 0.95, 0.2, noCost(), PolicySpec.Ppo.DEFAULT.critic(), false, true, 0, 0))) {
            Advantages found = of(spec, answers);
            for (double[] ofTokens : found.ofTokens()) {
                assertThat(ofTokens).as("%s of %s", spec, score).containsOnly(0);
            }
            if (!spec.hasCritic()) {
                assertThat(found.numFlat()).isEqualTo(1);
            }
        }
        assertThat(of(new PolicySpec.Reinforce(Baseline.NONE, false, noCost(), 0, 0), answers)
                        .ofTokens()[3])
                .containsOnly(score);
    }

    @Test
    void oneAnswerIsComparedWithNothing() {
        ScoredAnswers answers = oneToken(new int[] {0}, new double[] {5});
        for (PolicySpec spec : List.of(
                grpo(RewardScale.NONE),
                grpo(RewardScale.GROUP),
                grpo(RewardScale.BATCH),
                new PolicySpec.Rloo(0.2, noCost(), false, 0, 0),
                new PolicySpec.Reinforce(Baseline.BATCH, true, noCost(), 0, 0))) {
            Advantages found = of(spec, answers);
            assertThat(found.ofTokens()[0]).as(spec.toString()).containsOnly(0);
            assertThat(found.numFlat()).isZero();
        }
    }

    /// By hand: rewards 1, 2 and 6 of a group, whose mean is 3 and whose deviation is the root of
    /// 7.
    @Test
    void baselinesByHand() {
        ScoredAnswers answers = oneToken(new int[] {0, 0, 0, 1}, new double[] {1, 2, 6, 11});
        double root = Math.sqrt(7) + 1e-4;
        assertClose(ofAnswers(of(grpo(RewardScale.NONE), answers)), new double[] {-2, -1, 3, 0}, 1e-15);
        assertClose(
                ofAnswers(of(grpo(RewardScale.GROUP), answers)),
                new double[] {-2 / root, -1 / root, 3 / root, 0},
                1e-15);
        double ofAll = Math.sqrt((16 + 9 + 1 + 36) / 3.0) + 1e-4;
        assertClose(
                ofAnswers(of(grpo(RewardScale.BATCH), answers)),
                new double[] {-2 / ofAll, -1 / ofAll, 3 / ofAll, 0},
                1e-15);
        assertClose(
                ofAnswers(of(new PolicySpec.Rloo(0.2, noCost(), false, 0, 0), answers)),
                new double[] {-3, -1.5, 4.5, 0},
                1e-15);
        // The lone answer is compared with nothing, so it is not in the deviation either.
        double deviation = Math.sqrt((9 + 2.25 + 20.25) / 2) + 1e-4;
        assertClose(
                ofAnswers(of(new PolicySpec.Rloo(0.2, noCost(), true, 0, 0), answers)),
                new double[] {-3 / deviation, -1.5 / deviation, 4.5 / deviation, 0},
                1e-15);
        assertClose(
                ofAnswers(of(new PolicySpec.Reinforce(Baseline.BATCH, false, noCost(), 0, 0), answers)),
                new double[] {-4, -3, 1, 6},
                1e-15);
        assertClose(
                ofAnswers(of(new PolicySpec.Reinforce(Baseline.NONE, false, noCost(), 0, 0), answers)),
                new double[] {1, 2, 6, 11},
                0);
    }

    /// Two tokens whose log-ratios are 0.5 and -0.25, cut; score 3.
    @Test
    void costsAreTakenOffTheReward() {
        ScoredAnswers answers = new ScoredAnswers(
                new int[] {0},
                new double[] {3},
                new boolean[] {false},
                new double[][] {{-1, -2}},
                new double[][] {{-1.5, -1.75}},
                new double[][] {{0.5, 1}});
        KlSpec kl = KlSpec.fixed(0.1, KlEstimator.K1, KlPlace.REWARD);
        Advantages reinforce = of(new PolicySpec.Reinforce(Baseline.NONE, false, kl, 0, 0.5), answers);
        assertThat(reinforce.rewards()[0]).isCloseTo(3 - 0.5 - 0.1 * 0.25, within(1e-15));
        Advantages ppo = of(
                new PolicySpec.Ppo(0.5, 0.5, 0.2, kl, PolicySpec.Ppo.DEFAULT.critic(), false, false, 0, 0.5), answers);
        double last = 2.525 - 1;
        double first = -0.05 + 0.5 * 1 - 0.5 + 0.25 * last;
        assertClose(ppo.ofTokens()[0], new double[] {first, last}, 1e-15);
        assertClose(ppo.returns()[0], new double[] {first + 0.5, last + 1}, 1e-15);
        assertThat(ppo.rewards()[0]).isEqualTo(reinforce.rewards()[0]);
    }

    @Test
    void saysWhatIsMissing() {
        ScoredAnswers answers = oneToken(new int[2], new double[] {1, 2});
        ScoredAnswers alone = new ScoredAnswers(
                answers.groups(),
                answers.scores(),
                answers.ended(),
                answers.logProbs(),
                new double[0][],
                new double[0][]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(PolicySpec.Rloo.DEFAULT, alone))
                .withMessage("log-probs of a reference must be given: leaving it costs 0.05 per nat of the reward");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(PolicySpec.Ppo.DEFAULT, alone))
                .withMessage("values of a critic must be given: ppo takes advantages against them");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> oneToken(new int[] {0, 1, 0}, new double[3]))
                .withMessage("answers to a prompt must follow each other but their groups are [0, 1, 0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> oneToken(new int[1], new double[] {Double.POSITIVE_INFINITY}))
                .withMessage("score of answer 0 must be finite but was Infinity");
    }

    private static KlSpec noCost() {
        return KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS);
    }

    private static PolicySpec grpo(RewardScale scale) {
        return new PolicySpec.Grpo(scale, RatioLevel.TOKEN, 0.2, 0.2, 0, LossAggregation.TOKENS, noCost(), 0, false, 0);
    }

    private static ScoredAnswers oneToken(int[] groups, double[] scores) {
        int size = groups.length;
        boolean[] ended = new boolean[size];
        Arrays.fill(ended, true);
        return new ScoredAnswers(groups, scores, ended, new double[size][1], new double[size][1], new double[size][1]);
    }

    private static double[] ofAnswers(Advantages advantages) {
        return Arrays.stream(advantages.ofTokens()).mapToDouble(row -> row[0]).toArray();
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
