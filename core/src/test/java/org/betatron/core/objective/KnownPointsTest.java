package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.betatron.core.PairSamples;
import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.DivergenceScore.Divergence;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Losses and derivatives at two points, and of one batch, that others computed by hand and by autograd.
class KnownPointsTest {

    /// Loss, d chosen and d rejected at two points, from float64 autograd in PyTorch, to eight decimals.
    ///
    /// A: policy (-40, -52), reference (-42, -50), 10 and 13 tokens: margin 4.
    /// B: policy (-43.5, -49.5), otherwise the same: margin -2.
    @ParameterizedTest
    @MethodSource("points")
    void agreesAtTheKnownPoints(Point point) {
        PairLogProbs pairs = new PairLogProbs(
                new double[] {-40, -43.5},
                new double[] {-52, -49.5},
                new double[] {-42, -42},
                new double[] {-50, -50},
                new int[] {10, 10},
                new int[] {13, 13});
        // Moments as alpha-DPO's point has them, and half a nat of shift for BCO.
        ObjectiveValue value = evaluate(point.objective(), point.beta(), pairs, new Moments(0.05, 0.4, 0.5));
        PairDerivatives derivatives = value.derivatives();
        for (int i = 0; i < 2; i++) {
            assertThat(value.loss(i)).isCloseTo(point.expected().get(3 * i), within(1e-7));
            assertThat(derivatives.chosen().policy(i))
                    .isCloseTo(point.expected().get(3 * i + 1), within(1e-7));
            assertThat(derivatives.rejected().policy(i))
                    .isCloseTo(point.expected().get(3 * i + 2), within(1e-7));
        }
    }

    /// @param expected loss, d chosen and d rejected at A, then at B
    record Point(Objective objective, double beta, List<Double> expected) {}

    private static Point point(ObjectiveSpec spec, Double... expected) {
        return new Point(spec.create(), spec.beta(), List.of(expected));
    }

    static List<Point> points() {
        return List.of(
                point(
                        new ObjectiveSpec.Dpo(0.1),
                        0.51301525,
                        -0.04013123,
                        0.04013123,
                        0.79813887,
                        -0.05498340,
                        0.05498340),
                point(
                        new ObjectiveSpec.Cdpo(0.1, 0.1),
                        0.55301525,
                        -0.03013123,
                        0.03013123,
                        0.77813887,
                        -0.04498340,
                        0.04498340),
                point(
                        new ObjectiveSpec.RobustDpo(0.1, 0.1),
                        0.46301525,
                        -0.05263123,
                        0.05263123,
                        0.82313887,
                        -0.06748340,
                        0.06748340),
                point(
                        new ObjectiveSpec.Hinge(0.1),
                        0.60000000,
                        -0.10000000,
                        0.10000000,
                        1.20000000,
                        -0.10000000,
                        0.10000000),
                point(
                        new ObjectiveSpec.SlicHf(1, 1, 0.1),
                        4.00000000,
                        -0.10000000,
                        0.00000000,
                        4.35000000,
                        -0.10000000,
                        0.00000000),
                point(
                        new ObjectiveSpec.Ipo(0.1, false),
                        1.00000000,
                        -2.00000000,
                        2.00000000,
                        49.00000000,
                        -14.00000000,
                        14.00000000),
                point(
                        new ObjectiveSpec.Ipo(0.1, true),
                        21.58674556,
                        -0.92923077,
                        0.71479290,
                        26.92013314,
                        -1.03769231,
                        0.79822485),
                new Point(
                        new SeparableObjective(
                                LogProbScore.LOG_RATIO,
                                (_, _, _) -> new ScoreBaseline.Values(1, 1),
                                new AnswerLink.Bounded(-1, 1),
                                new AnswerLink.Bounded(1, 1)),
                        0.1,
                        List.of(0.90057830, -0.02493760, 0.02444583, 1.04967910, -0.02461341, 0.02498438)),
                point(
                        new ObjectiveSpec.Sppo(0.1),
                        18.00000000,
                        -6.00000000,
                        6.00000000,
                        72.50000000,
                        -13.00000000,
                        11.00000000),
                point(
                        new ObjectiveSpec.Nca(0.1),
                        1.29627774,
                        -0.01752490,
                        0.02250830,
                        1.44066540,
                        -0.03061448,
                        0.02562487),
                point(
                        new ObjectiveSpec.Exo(0.1, 1e-3),
                        2.09922623,
                        -0.15633178,
                        0.15633178,
                        3.11039702,
                        -0.17590396,
                        0.17590396),
                point(
                        new ObjectiveSpec.Bco(0.1),
                        1.19689647,
                        -0.04625702,
                        0.04378235,
                        1.49128605,
                        -0.05498340,
                        0.05000000),
                point(
                        new ObjectiveSpec.ApoZero(0.1),
                        0.90033201,
                        -0.02475166,
                        0.02475166,
                        1.04992724,
                        -0.02485990,
                        0.02498438),
                point(
                        new ObjectiveSpec.ApoDown(0.1),
                        0.95114634,
                        0.00072558,
                        0.02402607,
                        1.01240415,
                        0.00010824,
                        0.02475166),
                point(
                        new ObjectiveSpec.DiscoPop(0.05, 0.05),
                        0.81476314,
                        -0.03670883,
                        0.03670883,
                        0.78740201,
                        0.00817200,
                        -0.00817200),
                point(
                        new ObjectiveSpec.SimPo(2, 0.25),
                        0.97407698,
                        -0.12449187,
                        0.09576297,
                        1.77111705,
                        -0.16597144,
                        0.12767033),
                point(
                        new ObjectiveSpec.Orpo(0.1, LikelihoodScale.RESPONSE_MEAN),
                        4.06931472,
                        -0.10509329,
                        0.00391791,
                        4.45066129,
                        -0.10642842,
                        0.00499194),
                point(
                        new ObjectiveSpec.Cpo(0.1, 1, LikelihoodScale.RESPONSE_MEAN),
                        4.26328247,
                        -0.12314752,
                        0.02314752,
                        4.78748795,
                        -0.13543437,
                        0.03543437),
                point(
                        new ObjectiveSpec.Rrhf(1, 1),
                        4.00000000,
                        -0.10000000,
                        0.00000000,
                        4.89230769,
                        -0.20000000,
                        0.07692308),
                point(
                        new ObjectiveSpec.Rdpo(0.1, 0.02),
                        0.53752811,
                        -0.04158095,
                        0.04158095,
                        0.83157349,
                        -0.05646363,
                        0.05646363),
                point(
                        new ObjectiveSpec.Rpo(0.1, 1, LikelihoodScale.RESPONSE_MEAN),
                        4.51301525,
                        -0.14013123,
                        0.04013123,
                        5.14813887,
                        -0.15498340,
                        0.05498340),
                point(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.FORWARD_KL, 0.5),
                        0.39483844,
                        -0.00441479,
                        0.24103922,
                        0.90555988,
                        -0.26696729,
                        0.03613009),
                point(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.JENSEN_SHANNON, 0.5),
                        0.59813887,
                        -0.00536611,
                        0.03965049,
                        0.75639576,
                        -0.04338418,
                        0.02003400),
                point(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.ALPHA, 0.5),
                        0.48547826,
                        -0.01414854,
                        0.10454436,
                        0.83589439,
                        -0.11993089,
                        0.04412011),
                point(
                        new ObjectiveSpec.SigmoidNorm(0.1),
                        0.67561137,
                        -0.00491155,
                        0.00377811,
                        0.70261465,
                        -0.00504711,
                        0.00388240),
                point(
                        new ObjectiveSpec.AlphaDpo(2.5, 0.6, 0.2),
                        2.02184483,
                        -0.21689726,
                        0.16684405,
                        2.63232039,
                        -0.23202215,
                        0.17847858));
    }

    /// Margins (4, -2, 0.5, -12) at beta 0.1 and temperature 1: float64 autograd in PyTorch.
    @Test
    void drDpoAgreesAtTheKnownPoint() {
        PairLogProbs pairs = PairSamples.ofMargins(4, -2, 0.5, -12);
        double[] weights = {1, 1, 1, 1};
        ObjectiveValue value = evaluate(ObjectiveSpec.Dpo.DEFAULT.create(), 0.1, pairs, new Moments(0, 0, 0));
        AggregatedLoss aggregated =
                new AggregationSpec.DrDpo(1).create().aggregate(value.losses(), weights, pairs::numTokens);
        assertThat(aggregated.loss()).isCloseTo(0.80250106, within(1e-7));
        double[] expected = {-0.01340123, -0.01380594, -0.01393575, -0.00992257};
        double[] factors = new double[4];
        Arrays.setAll(factors, aggregated::factor);
        PairDerivatives derivatives = PairDerivatives.ofSize(4);
        value.pullBack(factors, derivatives);
        for (int i = 0; i < expected.length; i++) {
            assertThat(derivatives.chosen().policy(i)).isCloseTo(expected[i], within(1e-7));
            assertThat(derivatives.rejected().policy(i)).isCloseTo(-expected[i], within(1e-7));
        }
    }

    private static ObjectiveValue evaluate(Objective objective, double beta, PairLogProbs pairs, Moments tracked) {
        double[] betas = new double[pairs.size()];
        double[] weights = new double[pairs.size()];
        Arrays.fill(betas, beta);
        Arrays.fill(weights, 1);
        return objective.evaluate(pairs, betas, weights, tracked);
    }
}
