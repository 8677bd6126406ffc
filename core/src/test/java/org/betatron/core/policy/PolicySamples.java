package org.betatron.core.policy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Settings and random rollouts to try all of a policy's learning on.
final class PolicySamples {

    static final int MAX_TOKENS = 12;

    private PolicySamples() {}

    /// @return presets, and each method with all that it can be told, by name
    static Map<String, PolicySpec> specs() {
        KlSpec none = KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS);
        Map<String, PolicySpec> specs = new LinkedHashMap<>();
        specs.put("grpo", PolicySpec.Grpo.DEFAULT);
        specs.put("dr-grpo", PolicySpec.Grpo.DR_GRPO);
        specs.put("dapo", PolicySpec.Grpo.DAPO);
        specs.put("gspo", PolicySpec.Grpo.GSPO);
        specs.put("rloo", PolicySpec.Rloo.DEFAULT);
        specs.put("reinforce", PolicySpec.Reinforce.DEFAULT);
        specs.put("ppo", PolicySpec.Ppo.DEFAULT);
        for (RatioLevel ratio : RatioLevel.values()) {
            for (LossAggregation aggregation : LossAggregation.values()) {
                for (KlSpec kl : List.of(
                        none,
                        KlSpec.fixed(0.3, KlEstimator.K2, KlPlace.LOSS),
                        KlSpec.fixed(0.3, KlEstimator.K3, KlPlace.LOSS),
                        new KlSpec(0.3, KlEstimator.K1, KlPlace.LOSS, 0, 1, true),
                        new KlSpec(0.3, KlEstimator.K3, KlPlace.LOSS, 0, 1, true))) {
                    specs.put(
                            "grpo " + ratio + " " + aggregation + " " + kl,
                            new PolicySpec.Grpo(
                                    RewardScale.BATCH, ratio, 0.2, 0.28, 1.5, aggregation, kl, 0.1, false, 0.5));
                }
            }
        }
        for (Baseline baseline : Baseline.values()) {
            for (boolean normalize : new boolean[] {false, true}) {
                specs.put(
                        "reinforce " + baseline + " " + normalize,
                        new PolicySpec.Reinforce(
                                baseline, normalize, KlSpec.fixed(0.1, KlEstimator.K1, KlPlace.REWARD), 0.1, 0.5));
            }
        }
        specs.put(
                "rloo normalized",
                new PolicySpec.Rloo(0.3, KlSpec.fixed(0.1, KlEstimator.K2, KlPlace.LOSS), true, 0.1, 0.5));
        specs.put(
                "ppo with all",
                new PolicySpec.Ppo(
                        0.9,
                        0.8,
                        0.1,
                        KlSpec.fixed(0.1, KlEstimator.K3, KlPlace.LOSS),
                        new CriticSpec(0.7, 0.3, 2),
                        true,
                        true,
                        0.2,
                        0.5));
        specs.put(
                "ppo with little",
                new PolicySpec.Ppo(
                        1,
                        1,
                        0.2,
                        KlSpec.fixed(0.1, KlEstimator.K1, KlPlace.REWARD),
                        new CriticSpec(0.7, Double.POSITIVE_INFINITY, 1),
                        false,
                        false,
                        0,
                        0));
        return specs;
    }

    /// @param numGroups of four answers each
    static ScoredAnswers rollout(long seed, int numGroups) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = 4 * numGroups;
        double[][] logProbs = new double[size][];
        double[][] reference = new double[size][];
        double[][] values = new double[size][];
        boolean[] ended = new boolean[size];
        for (int i = 0; i < size; i++) {
            int length = 1 + random.nextInt(MAX_TOKENS);
            logProbs[i] = normal(random, length, -2, 0.5);
            reference[i] = near(random, logProbs[i], 0.4);
            values[i] = normal(random, length, 0.2, 0.7);
            ended[i] = random.nextInt(4) > 0;
        }
        return new ScoredAnswers(
                IntStream.range(0, size).map(i -> i / 4).toArray(),
                normal(random, size, 0, 1.5),
                ended,
                logProbs,
                reference,
                values);
    }

    static ScoredAnswers withScores(ScoredAnswers answers, double[] scores) {
        return new ScoredAnswers(
                answers.groups(), scores, answers.ended(), answers.logProbs(), answers.reference(), answers.values());
    }

    /// @param order numbers of answers
    static ScoredAnswers reordered(ScoredAnswers answers, int[] order) {
        boolean[] ended = new boolean[order.length];
        for (int i = 0; i < order.length; i++) {
            ended[i] = answers.ended()[order[i]];
        }
        return new ScoredAnswers(
                Arrays.stream(order).map(i -> answers.groups()[i]).toArray(),
                Arrays.stream(order).mapToDouble(i -> answers.scores()[i]).toArray(),
                ended,
                rows(answers.logProbs(), order),
                rows(answers.reference(), order),
                rows(answers.values(), order));
    }

    private static double[][] rows(double[][] rows, int[] order) {
        return Arrays.stream(order).mapToObj(i -> rows[i]).toArray(double[][]::new);
    }

    static double[] near(RandomGenerator random, double[] values, double spread) {
        return Arrays.stream(values)
                .map(value -> value + random.nextGaussian(0, spread))
                .toArray();
    }

    static double[] normal(RandomGenerator random, int length, double mean, double spread) {
        return random.doubles(length)
                .map(_ -> random.nextGaussian(mean, spread))
                .toArray();
    }

    /// @return what is known of an answer after advantages were computed
    static WrittenNumbers written(ScoredAnswers answers, Advantages advantages, int answer) {
        return new WrittenNumbers(
                advantages.ofTokens()[answer],
                answers.logProbs()[answer],
                answers.reference()[answer],
                answers.values()[answer],
                advantages.returns().length == 0 ? new double[0] : advantages.returns()[answer]);
    }
}
