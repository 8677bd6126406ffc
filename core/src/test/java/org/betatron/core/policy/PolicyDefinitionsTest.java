package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.betatron.core.Derivatives;
import org.betatron.core.Recorded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Estimators, generalized advantages and the adaptive coefficient against the papers, computed
/// elsewhere.
class PolicyDefinitionsTest {

    private static final JsonNode DEFINITIONS =
            Recorded.resource("/org/betatron/core/policy/trl-policy.json").required("definitions");
    private static final JsonNode ESTIMATORS = DEFINITIONS.required("klEstimators");

    static List<JsonNode> samples() {
        return list(ESTIMATORS.required("samples"));
    }

    static List<JsonNode> vocabularies() {
        return list(ESTIMATORS.required("vocabularies"));
    }

    static List<JsonNode> generalizedAdvantages() {
        // Ours have nothing after the last token.
        return list(DEFINITIONS.required("generalizedAdvantages")).stream()
                .filter(node -> Recorded.number(node, "valueAfterLast") == 0)
                .toList();
    }

    static List<JsonNode> coefficients() {
        return list(DEFINITIONS.required("adaptiveKl"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void estimatorsHaveTheirValuesAndDerivatives(JsonNode sample) {
        double d = Recorded.number(sample, "logProb") - Recorded.number(sample, "referenceLogProb");
        for (KlEstimator estimator : KlEstimator.values()) {
            String name = estimator == KlEstimator.K1 ? "k1" : estimator == KlEstimator.K2 ? "k2" : "k3";
            double value = Recorded.number(sample, name);
            double derivative = Recorded.number(sample, name + "ByLogProb");
            // expm1(-d) + d cancels to d^2 / 2: of it as many digits are left as d has in d^2.
            double digits = Math.abs(d) > 0 && Math.abs(d) < 1e-3 ? 1e-9 : 1e-13;
            assertThat(estimator.value(d)).as("%s of %s", name, d).isCloseTo(value, within(digits * Math.abs(value)));
            assertThat(estimator.derivative(d))
                    .as("derivative of %s of %s", name, d)
                    .isCloseTo(derivative, within(1e-13 * Math.abs(derivative)));
        }
    }

    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void estimatorsStayFiniteAndSmooth(KlEstimator estimator) {
        for (double d : new double[] {-1e3, -25, -20.5, -19.5, -3, -0.1, 0.1, 3, 25, 1e3}) {
            assertThat(estimator.value(d)).isFinite();
            Derivatives.check(estimator + " of " + d, estimator.derivative(d), x -> estimator.value(d + x));
        }
        assertThat(estimator.value(0)).isZero();
        assertThat(estimator.value(Math.nextDown(-20.0))).isCloseTo(estimator.value(-20), within(1e-3));
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void estimatorsHaveTheirExpectations(JsonNode vocabulary) {
        double[] logP = logSoftmax(Recorded.doubles(vocabulary, "logits"));
        double[] logQ = logSoftmax(Recorded.doubles(vocabulary, "referenceLogits"));
        assertThat(mean(KlEstimator.K1, logP, logQ)).isCloseTo(Recorded.number(vocabulary, "kl"), within(1e-13));
        assertThat(mean(KlEstimator.K2, logP, logQ)).isCloseTo(Recorded.number(vocabulary, "meanK2"), within(1e-13));
        assertThat(mean(KlEstimator.K3, logP, logQ)).isCloseTo(Recorded.number(vocabulary, "kl"), within(1e-13));
        // As a loss: K1 has no derivative, K2 that of KL(p || q), K3 that of KL(q || p).
        check(byLogits(KlEstimator.K1, logP, logQ), new double[logP.length]);
        check(byLogits(KlEstimator.K2, logP, logQ), Recorded.doubles(vocabulary, "klByLogits"));
        check(byLogits(KlEstimator.K3, logP, logQ), Recorded.doubles(vocabulary, "meanK3LossByLogits"));
    }

    private static void check(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-13));
        }
    }

    private static double mean(KlEstimator estimator, double[] logP, double[] logQ) {
        double mean = 0;
        for (int i = 0; i < logP.length; i++) {
            mean += Math.exp(logP[i]) * estimator.value(logP[i] - logQ[i]);
        }
        return mean;
    }

    private static double[] byLogits(KlEstimator estimator, double[] logP, double[] logQ) {
        double[] derivatives = new double[logP.length];
        for (int i = 0; i < logP.length; i++) {
            double weight = Math.exp(logP[i]) * estimator.derivative(logP[i] - logQ[i]);
            for (int k = 0; k < logP.length; k++) {
                derivatives[k] += weight * ((i == k ? 1 : 0) - Math.exp(logP[k]));
            }
        }
        return derivatives;
    }

    private static double[] logSoftmax(double[] logits) {
        double sum = Math.log(Arrays.stream(logits).map(Math::exp).sum());
        return Arrays.stream(logits).map(x -> x - sum).toArray();
    }

    @ParameterizedTest
    @MethodSource("generalizedAdvantages")
    void generalizedAdvantagesAreThoseOfTheDoubleSum(JsonNode node) {
        double[] rewards = Recorded.doubles(node, "rewards");
        double[] expected = Recorded.doubles(node, "advantages");
        double[] actual = GeneralizedAdvantage.of(
                rewards,
                Recorded.doubles(node, "values"),
                Recorded.number(node, "gamma"),
                Recorded.number(node, "lambda"));
        assertThat(actual).hasSameSizeAs(rewards);
        for (int t = 0; t < expected.length; t++) {
            assertThat(actual[t]).isCloseTo(expected[t], within(1e-13));
        }
    }

    @ParameterizedTest
    @MethodSource("coefficients")
    void theCoefficientFollowsTheDivergence(JsonNode node) {
        KlSpec spec = new KlSpec(
                Recorded.number(node, "start"),
                KlEstimator.K1,
                KlPlace.REWARD,
                Recorded.number(node, "target"),
                Recorded.number(node, "horizon"),
                false);
        double[] observed = Recorded.doubles(node, "observedKl");
        double[] expected = Recorded.doubles(node, "coefficients");
        double now = spec.coefficient();
        for (int i = 0; i < observed.length; i++) {
            now = spec.next(now, observed[i], node.required("rows").asInt());
            assertThat(now).as("rollout %d", i).isCloseTo(expected[i], within(1e-14));
        }
    }

    @Test
    void theCoefficientNeverTurnsItsSign() {
        KlSpec spec = new KlSpec(0.1, KlEstimator.K1, KlPlace.REWARD, 6, 100, false);
        assertThat(spec.next(0.1, 0, 10_000)).isEqualTo(0.05);
        assertThat(spec.next(0.1, -1e9, 10_000)).isEqualTo(0.05);
    }

    @Test
    void aCoefficientWithoutTargetStays() {
        assertThat(KlSpec.fixed(0.1, KlEstimator.K1, KlPlace.REWARD).next(0.1, 50, 100))
                .isEqualTo(0.1);
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
