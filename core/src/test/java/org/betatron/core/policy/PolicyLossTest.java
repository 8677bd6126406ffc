package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import org.betatron.core.Derivatives;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLossTest {

    private static final double[] NONE = {};

    static Set<String> specs() {
        return PolicySamples.specs().keySet();
    }

    private static PolicySpec spec(String name) {
        return Objects.requireNonNull(PolicySamples.specs().get(name), name);
    }

    private static PolicyLoss loss(PolicySpec spec) {
        return new PolicyLoss(spec, spec.kl().coefficient(), PolicySamples.MAX_TOKENS);
    }

    /// Answers of any length, near enough for no token to be clipped and far enough for most to be.
    @ParameterizedTest
    @MethodSource("specs")
    void derivativesAgreeWithDifferences(String name) {
        PolicySpec spec = spec(name);
        PolicyLoss loss = loss(spec);
        long seed = 20270301;
        SplittableRandom random = new SplittableRandom(seed);
        ScoredAnswers answers = PolicySamples.rollout(seed, 2);
        Advantages advantages = spec.advantages(answers, spec.kl().coefficient());
        for (double spread : new double[] {1e-5, 0.3, 2}) {
            for (int i = 0; i < answers.size(); i++) {
                WrittenNumbers written = PolicySamples.written(answers, advantages, i);
                double[] now = PolicySamples.near(random, answers.logProbs()[i], spread);
                double[] entropies = PolicySamples.normal(random, now.length, 1, 0.2);
                double[] values = PolicySamples.near(random, answers.values()[i], spread);
                PolicyLoss.OfAnswer found = loss.of(written, now, entropies, values);
                for (int t = 0; t < now.length; t++) {
                    int token = t;
                    String where = name + ", seed " + seed + ", spread " + spread + ", answer " + i + ", token " + t;
                    Derivatives.check(
                            where + ", by log-prob",
                            found.byLogProbs()[t],
                            x -> loss.of(written, moved(now, token, x), entropies, values)
                                    .loss());
                    Derivatives.check(
                            where + ", by entropy",
                            found.byEntropy(),
                            x -> loss.of(written, now, moved(entropies, token, x), values)
                                    .loss());
                    if (spec.hasCritic()) {
                        Derivatives.check(
                                where + ", by value",
                                found.byValues()[t],
                                x -> loss.of(written, now, entropies, moved(values, token, x))
                                        .loss());
                    } else {
                        assertThat(found.byValues()).isEmpty();
                    }
                }
            }
        }
    }

    private static double[] moved(double[] values, int index, double by) {
        double[] moved = values.clone();
        moved[index] += by;
        return moved;
    }

    @Test
    void samplesLieOnBothSidesOfTheClip() {
        PolicySpec spec = PolicySpec.Grpo.DEFAULT;
        ScoredAnswers answers = PolicySamples.rollout(20270301, 2);
        Advantages advantages = spec.advantages(answers, 0);
        SplittableRandom random = new SplittableRandom(1);
        int low = 0;
        int high = 0;
        int all = 0;
        for (int i = 0; i < answers.size(); i++) {
            PolicyLoss.OfAnswer found = loss(spec)
                    .of(
                            PolicySamples.written(answers, advantages, i),
                            PolicySamples.near(random, answers.logProbs()[i], 0.3),
                            NONE,
                            NONE);
            low += found.clippedLow();
            high += found.clippedHigh();
            all += found.byLogProbs().length;
        }
        assertThat(low).isPositive();
        assertThat(high).isPositive();
        assertThat(low + high).isLessThan(all);
    }

    /// Parts of the loss are what it is made of.
    @ParameterizedTest
    @MethodSource("specs")
    void partsMakeTheLoss(String name) {
        PolicySpec spec = spec(name);
        ScoredAnswers answers = PolicySamples.rollout(3, 1);
        Advantages advantages = spec.advantages(answers, spec.kl().coefficient());
        for (int i = 0; i < answers.size(); i++) {
            double[] entropies = new double[answers.length(i)];
            PolicyLoss.OfAnswer found = loss(spec)
                    .of(
                            PolicySamples.written(answers, advantages, i),
                            answers.logProbs()[i],
                            entropies,
                            answers.values()[i]);
            assertThat(found.loss()).isCloseTo(found.ofPolicy() + found.ofKl() + found.ofCritic(), within(1e-12));
            assertThat(found.maxLogRatio()).isZero();
            assertThat(found.approximateKl()).isZero();
            assertThat(found.clippedLow() + found.clippedHigh()).isZero();
        }
    }

    /// Where an answer is learned from once, `before` may be left out.
    @ParameterizedTest
    @MethodSource("specs")
    void nothingBeforeMeansTheSameAsNow(String name) {
        PolicySpec spec = spec(name);
        ScoredAnswers answers = PolicySamples.rollout(4, 1);
        Advantages advantages = spec.advantages(answers, spec.kl().coefficient());
        for (int i = 0; i < answers.size(); i++) {
            WrittenNumbers known = PolicySamples.written(answers, advantages, i);
            WrittenNumbers unknown =
                    new WrittenNumbers(known.advantages(), NONE, known.reference(), known.values(), known.returns());
            double[] entropies = new double[answers.length(i)];
            double[] values = answers.values()[i];
            PolicyLoss.OfAnswer first = loss(spec).of(known, answers.logProbs()[i], entropies, values);
            PolicyLoss.OfAnswer second = loss(spec).of(unknown, answers.logProbs()[i], entropies, values);
            assertThat(second.loss()).isEqualTo(first.loss());
            assertThat(second.byLogProbs()).isEqualTo(first.byLogProbs());
        }
    }

    /// Log-ratios of a thousand nats, values and advantages of a million million.
    @ParameterizedTest
    @MethodSource("specs")
    void staysFinite(String name) {
        PolicySpec spec = spec(name);
        List<DoubleFunction<double[]>> shapes =
                List.of(x -> new double[] {x}, x -> new double[] {x, -x, 0}, x -> new double[] {x, x, x, x});
        for (double distance : new double[] {-1e3, 1e3}) {
            for (double advantage : new double[] {-1e12, -1, 0, 1, 1e12}) {
                for (DoubleFunction<double[]> shape : shapes) {
                    double[] logProbs = Arrays.stream(shape.apply(distance))
                            .map(x -> x - 1001)
                            .toArray();
                    double[] start = new double[logProbs.length];
                    Arrays.fill(start, -1001);
                    double[] advantages = new double[logProbs.length];
                    Arrays.fill(advantages, advantage);
                    PolicyLoss.OfAnswer found = loss(spec)
                            .of(
                                    new WrittenNumbers(advantages, start, start, advantages, shape.apply(1e12)),
                                    logProbs,
                                    shape.apply(1),
                                    shape.apply(-1e12));
                    assertThat(found.loss()).isFinite();
                    assertThat(found.approximateKl()).isFinite();
                    assertThat(Arrays.stream(found.byLogProbs()).allMatch(Double::isFinite))
                            .isTrue();
                    assertThat(Arrays.stream(found.byValues()).allMatch(Double::isFinite))
                            .isTrue();
                }
            }
        }
    }

    /// The surrogate by hand: clip 0.2 and 0.28, ceiling 1.5.
    @Test
    void theSurrogateIsClippedWhereNothingMoreIsToBeLearned() {
        SurrogateSpec spec = new SurrogateSpec(RatioLevel.TOKEN, 0.2, 0.28, 1.5);
        check(spec, 1.2, 2, -2.4, -2.4, false);
        check(spec, 1.3, 2, -2.56, 0, true);
        check(spec, 0.5, 2, -1, -1, false);
        check(spec, 0.5, -2, 1.6, 0, true);
        check(spec, 1.4, -2, 2.8, 2.8, false);
        check(spec, 1.6, -2, 3, 0, true);
        check(spec, 1.6, 0, 0, 0, false);
        // so improbable that its gradient vanishes, but not clipped
        assertThat(spec.isClipped(-800, 2)).isFalse();
    }

    private static void check(
            SurrogateSpec spec, double ratio, double advantage, double loss, double derivative, boolean isClipped) {
        double logRatio = Math.log(ratio);
        assertThat(spec.value(logRatio, advantage)).isCloseTo(loss, within(1e-12));
        assertThat(spec.derivative(logRatio, advantage)).isCloseTo(derivative, within(1e-12));
        assertThat(spec.isClipped(logRatio, advantage)).isEqualTo(isClipped);
    }

    /// Two answers, of one and three tokens, whose losses per token are 1: what a batch's loss is.
    @Test
    void aggregationsWeighAnswersAndTokens() {
        check(LossAggregation.ANSWERS, (1 + 1) / 2.0);
        check(LossAggregation.SUMS, (1 + 3) / 2.0);
        check(LossAggregation.TOKENS, (1 + 3) / 4.0);
        check(LossAggregation.CONSTANT, (1 + 3) / (2.0 * PolicySamples.MAX_TOKENS));
    }

    private static void check(LossAggregation aggregation, double expected) {
        double sum =
                1 * aggregation.share(1, PolicySamples.MAX_TOKENS) + 3 * aggregation.share(3, PolicySamples.MAX_TOKENS);
        assertThat(sum / (aggregation.weight(1) + aggregation.weight(3))).isCloseTo(expected, within(1e-15));
    }
}
