package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Where methods end, on one prompt with six answers of one token: the gradient in expectation over
/// all groups of answers that there are, so nothing is random.
///
/// Reward less `beta KL(p || q)` has its maximum at `p* = q e^(r / beta) / Z`.
///
/// - The cost in the reward, counted by `K1`: every method has `p*` as its exact end. What remains
///   of the reward is the same for every answer there, so no advantage is left, whatever it is
///   divided by.
/// - The cost in the loss, `K2`, or `K1` or `K3` times the ratio: exact too, without division. But
///   the mean of a GRPO group has the answer's own reward in it, so advantages are `(G - 1) / G` of
///   those of RLOO while the cost is all of it: the end is `p*` of `beta G / (G - 1)`.
/// - `K3` in the loss holds back as `KL(q || p)` does, so its end is another.
/// - Division by the group's deviation with the cost in the loss: of two answers only the sign of
///   the difference is left, so the end depends on the order of rewards alone.
class PolicyBanditTest {

    private static final double[] REWARDS = {0, 0.3, 1, -0.5, 0.7, 0.1};
    private static final double[] REFERENCE = softmax(new double[] {0.2, -0.3, -1, 0.5, 0, 0.4});
    private static final double BETA = 0.5;
    private static final int GROUP = 2;

    /// Largest difference of probabilities that is left after [#STEPS].
    private static final double TOLERANCE = 1e-9;

    private static final int STEPS = 1500;
    private static final double RATE = 1.5;

    private static final KlSpec IN_REWARD = KlSpec.fixed(BETA, KlEstimator.K1, KlPlace.REWARD);

    static Map<String, PolicySpec> exact() {
        Map<String, PolicySpec> specs = new LinkedHashMap<>();
        specs.put("rloo", new PolicySpec.Rloo(0.2, IN_REWARD, false, 0, 0));
        for (Baseline baseline : Baseline.values()) {
            specs.put("reinforce " + baseline, new PolicySpec.Reinforce(baseline, false, IN_REWARD, 0, 0));
        }
        specs.put("grpo", grpo(RewardScale.NONE, IN_REWARD));
        specs.put("ppo", ppo(false));
        return specs;
    }

    static Map<String, PolicySpec> divided() {
        return Map.of(
                "rloo", new PolicySpec.Rloo(0.2, IN_REWARD, true, 0, 0),
                "reinforce", new PolicySpec.Reinforce(Baseline.BATCH, true, IN_REWARD, 0, 0),
                "grpo by group", grpo(RewardScale.GROUP, IN_REWARD),
                "grpo by batch", grpo(RewardScale.BATCH, IN_REWARD),
                "ppo", ppo(true));
    }

    static Map<String, PolicySpec> inLoss() {
        return Map.of(
                "k2", grpo(RewardScale.NONE, KlSpec.fixed(BETA, KlEstimator.K2, KlPlace.LOSS)),
                "k1 times ratio", grpo(RewardScale.NONE, new KlSpec(BETA, KlEstimator.K1, KlPlace.LOSS, 0, 1, true)),
                "k3 times ratio", grpo(RewardScale.NONE, new KlSpec(BETA, KlEstimator.K3, KlPlace.LOSS, 0, 1, true)));
    }

    static Set<String> exactNames() {
        return exact().keySet();
    }

    static Set<String> dividedNames() {
        return divided().keySet();
    }

    static Set<String> inLossNames() {
        return inLoss().keySet();
    }

    private static PolicySpec get(Map<String, PolicySpec> specs, String name) {
        return Objects.requireNonNull(specs.get(name), name);
    }

    private static PolicySpec grpo(RewardScale scale, KlSpec kl) {
        return new PolicySpec.Grpo(scale, RatioLevel.TOKEN, 0.2, 0.2, 0, LossAggregation.ANSWERS, kl, 0, false, 0);
    }

    private static PolicySpec ppo(boolean whiten) {
        return new PolicySpec.Ppo(1, 0.95, 0.2, IN_REWARD, new CriticSpec(0.1, 0.2, 1), false, whiten, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("exactNames")
    void costsInTheRewardLeadToTheOptimum(String name) {
        checkClose(climb(get(exact(), name), REWARDS), tilted(BETA), TOLERANCE);
    }

    /// Steps do not get shorter near the end where they are divided by what differences are left,
    /// so only the end itself is looked at.
    @ParameterizedTest
    @MethodSource("dividedNames")
    void divisionDoesNotMoveTheOptimumOfCostsInTheReward(String name) {
        PolicySpec spec = get(divided(), name);
        for (double derivative : gradient(spec, logs(tilted(BETA)), REWARDS)) {
            assertThat(derivative).as(name).isCloseTo(0, within(1e-9));
        }
        assertThat(Arrays.stream(gradient(spec, logs(tilted(2 * BETA)), REWARDS))
                        .map(Math::abs)
                        .max()
                        .orElseThrow())
                .as(name)
                .isGreaterThan(1e-2);
    }

    @ParameterizedTest
    @MethodSource("inLossNames")
    void costsInTheLossLeadToTheOptimumOfALargerCost(String name) {
        checkClose(climb(get(inLoss(), name), REWARDS), tilted(BETA * GROUP / (GROUP - 1)), TOLERANCE);
    }

    /// `- c E[r] + beta KL(q || p)` is least where `p = beta q / (mu - c r)`.
    @Test
    void k3InTheLossLeadsElsewhere() {
        PolicySpec spec = grpo(RewardScale.NONE, KlSpec.fixed(BETA, KlEstimator.K3, KlPlace.LOSS));
        double share = (GROUP - 1) / (double) GROUP;
        double low = share * Arrays.stream(REWARDS).max().orElseThrow();
        double high = low + 100;
        for (int i = 0; i < 200; i++) {
            double mu = (low + high) / 2;
            if (Arrays.stream(forward(mu, share)).sum() > 1) {
                low = mu;
            } else {
                high = mu;
            }
        }
        double[] expected = forward(high, share);
        checkClose(climb(spec, REWARDS), expected, TOLERANCE);
        assertThat(distance(expected, tilted(BETA / share))).isGreaterThan(0.01);
    }

    /// Estimates that are never negative are a cost of answers that have become less probable than
    /// they were too: these are punished for it, and vanish.
    @ParameterizedTest
    @EnumSource(
            value = KlEstimator.class,
            names = {"K2", "K3"})
    void otherEstimatorsInTheRewardMakeAnswersVanish(KlEstimator estimator) {
        KlSpec kl = KlSpec.fixed(BETA, estimator, KlPlace.REWARD);
        double[] found = climb(new PolicySpec.Rloo(0.2, kl, false, 0, 0), REWARDS);
        assertThat(Arrays.stream(found).min().orElseThrow()).isLessThan(1e-3);
        assertThat(Arrays.stream(tilted(BETA)).min().orElseThrow()).isGreaterThan(0.05);
        assertThat(distance(found, tilted(BETA))).isGreaterThan(0.1);
    }

    private static double[] forward(double mu, double share) {
        return IntStream.range(0, REWARDS.length)
                .mapToDouble(i -> BETA * REFERENCE[i] / (mu - share * REWARDS[i]))
                .toArray();
    }

    /// `p = q e^(w / beta) / Z` with `w` the mean advantage against an answer of the policy.
    @Test
    void divisionByTheGroupLeavesTheOrderOfRewards() {
        PolicySpec spec = grpo(RewardScale.GROUP, KlSpec.fixed(BETA, KlEstimator.K2, KlPlace.LOSS));
        double[] found = climb(spec, REWARDS);
        double[] logits = new double[REWARDS.length];
        for (int i = 0; i < logits.length; i++) {
            double advantage = 0;
            for (int j = 0; j < logits.length; j++) {
                double difference = REWARDS[i] - REWARDS[j];
                advantage += found[j] * (difference / 2) / (Math.abs(difference) / Math.sqrt(2) + 1e-4);
            }
            logits[i] = Math.log(REFERENCE[i]) + advantage / BETA;
        }
        checkClose(found, softmax(logits), TOLERANCE);
        assertThat(distance(found, tilted(BETA))).isGreaterThan(0.01);
        assertThat(distance(found, tilted(2 * BETA))).isGreaterThan(0.01);
        checkClose(climb(spec, new double[] {0, 7, 50, -30, 8, 1}), found, 1e-3);
    }

    private static double[] tilted(double beta) {
        return softmax(IntStream.range(0, REWARDS.length)
                .mapToDouble(i -> Math.log(REFERENCE[i]) + REWARDS[i] / beta)
                .toArray());
    }

    private static double[] climb(PolicySpec spec, double[] rewards) {
        double[] logits = logs(REFERENCE);
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = gradient(spec, logits, rewards);
            Arrays.setAll(logits, i -> logits[i] - RATE * gradient[i]);
        }
        return softmax(logits);
    }

    /// @return the loss's derivative by logits, in expectation over all groups of answers
    private static double[] gradient(PolicySpec spec, double[] logits, double[] rewards) {
        double[] p = softmax(logits);
        double[] gradient = new double[p.length];
        for (int first = 0; first < p.length; first++) {
            for (int second = 0; second < p.length; second++) {
                add(gradient, p[first] * p[second], spec, p, new int[] {first, second}, rewards);
            }
        }
        return gradient;
    }

    private static void add(
            double[] gradient, double probability, PolicySpec spec, double[] p, int[] arms, double[] rewards) {
        double coefficient = spec.kl().coefficient();
        double expected = IntStream.range(0, p.length)
                .mapToDouble(i -> p[i] * (rewards[i] - coefficient * Math.log(p[i] / REFERENCE[i])))
                .sum();
        ScoredAnswers answers = new ScoredAnswers(
                new int[arms.length],
                Arrays.stream(arms).mapToDouble(arm -> rewards[arm]).toArray(),
                new boolean[] {true, true},
                rows(arms, logs(p)),
                rows(arms, logs(REFERENCE)),
                new double[][] {{expected}, {expected}});
        Advantages advantages = spec.advantages(answers, coefficient);
        PolicyLoss loss = new PolicyLoss(spec, coefficient, 1);
        double weight = arms.length * spec.aggregation().weight(1);
        for (int i = 0; i < arms.length; i++) {
            double byLogProb = loss.of(
                            PolicySamples.written(answers, advantages, i),
                            answers.logProbs()[i],
                            new double[0],
                            answers.values()[i])
                    .byLogProbs()[0];
            for (int k = 0; k < p.length; k++) {
                gradient[k] += probability / weight * byLogProb * ((k == arms[i] ? 1 : 0) - p[k]);
            }
        }
    }

    private static double[][] rows(int[] arms, double[] values) {
        return Arrays.stream(arms).mapToObj(arm -> new double[] {values[arm]}).toArray(double[][]::new);
    }

    private static void checkClose(double[] actual, double[] expected, double tolerance) {
        assertThat(distance(actual, expected))
                .as("%s, to be %s", Arrays.toString(actual), Arrays.toString(expected))
                .isLessThan(tolerance);
    }

    private static double distance(double[] first, double[] second) {
        return IntStream.range(0, first.length)
                .mapToDouble(i -> Math.abs(first[i] - second[i]))
                .max()
                .orElseThrow();
    }

    private static double[] logs(double[] values) {
        return Arrays.stream(values).map(Math::log).toArray();
    }

    private static double[] softmax(double[] logits) {
        double sum = Math.log(Arrays.stream(logits).map(Math::exp).sum());
        return Arrays.stream(logits).map(x -> Math.exp(x - sum)).toArray();
    }
}
