package org.betatron.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.betatron.core.Recorded;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Losses, derivatives and advantages as TRL's own code computes them in double precision.
///
/// What had to be set up differently for the numbers to be the same, and so where TRL differs:
///
/// - `grpo`, `dr_grpo`: an answer without tokens is one of loss 0. Here there are none, so it
///   counts by its weight only, as answers do that teach nothing.
/// - `grpo`, `bnpo`, `dr_grpo`: TRL takes the mean over micro-batches. Of `grpo` and `dr_grpo` that
///   is what we compute if these are equally many answers, as here; of `bnpo`, where answers of
///   small micro-batches weigh more, it is not: of two parts it is compared with the mean of two
///   batches. Within one part it is our `tokens`.
/// - shares of clipping are float32 in TRL, and of answers and not of tokens where the ratio is of
///   an answer. An answer that is worse than others and beyond `delta` teaches nothing, which TRL
///   does not count as clipped.
/// - rewards of several functions are summed, and the reward of RLOO clipped, before they get here.
///   `normalize_then_sum` and an epsilon above 1 that differs from that below in RLOO are not
///   offered.
/// - log-ratios above 20 nats have an exponential that goes on as a straight line here. Answers
///   with such tokens, all in the batch `extreme`, are compared where their ratio is clipped, and
///   not where it or the divergence is used.
/// - an answer without tokens has the ratio 1 in RLOO, and a loss of minus its advantage, without
///   derivatives.
/// - PPO: only cases in which nothing is padded. Otherwise TRL gives the score to the step after
///   the last token.
class RecordedPolicyTest {

    private static final JsonNode FILE = Recorded.resource("/org/betatron/core/policy/trl-policy.json");

    /// Of the largest number of a kind. What was recorded has 13 digits.
    private static final double TOLERANCE = 1e-11;

    private static final double[] NONE = {};

    static List<JsonNode> grpoLosses() {
        return nodes("grpoLosses");
    }

    static List<JsonNode> grpoAdvantages() {
        return nodes("grpoAdvantages").stream()
                .filter(node -> isSummed(node.required("settings")))
                .toList();
    }

    static List<JsonNode> rlooLosses() {
        return nodes("rlooLosses");
    }

    static List<JsonNode> rlooAdvantages() {
        return nodes("rlooAdvantages");
    }

    static List<JsonNode> ppo() {
        return nodes("ppo").stream()
                .filter(node -> node.required("whole").asBoolean())
                .toList();
    }

    private static boolean isSummed(JsonNode settings) {
        return settings.required("aggregation").asString().equals("sum_then_normalize");
    }

    @ParameterizedTest
    @MethodSource("grpoLosses")
    void grpoHasTheLossAndTheDerivatives(JsonNode node) {
        JsonNode settings = node.required("settings");
        boolean isOfTokens = settings.required("ratioOf").asString().equals("token");
        double delta = settings.required("delta").asDouble(0);
        PolicySpec spec = new PolicySpec.Grpo(
                RewardScale.NONE,
                isOfTokens ? RatioLevel.TOKEN : RatioLevel.MEAN,
                Recorded.number(settings, "epsilonLow"),
                Recorded.number(settings, "epsilonHigh"),
                delta,
                switch (settings.required("lossType").asString()) {
                    case "grpo" -> LossAggregation.ANSWERS;
                    case "dr_grpo" -> LossAggregation.CONSTANT;
                    default -> LossAggregation.TOKENS;
                },
                new KlSpec(
                        Recorded.number(settings, "beta"),
                        KlEstimator.K3,
                        KlPlace.LOSS,
                        0,
                        1,
                        settings.required("klTimesRatio").asBoolean()),
                0,
                false,
                0);
        List<JsonNode> batches = nodes("grpoBatches");
        for (int b = 0; b < batches.size(); b++) {
            JsonNode batch = batches.get(b);
            String where = node.required("name").asString() + ", "
                    + batch.required("name").asString();
            JsonNode expected = node.required("values").required(b);
            List<List<JsonNode>> parts = parts(batch);
            if (settings.required("lossType").asString().equals("bnpo")) {
                List<Step> steps =
                        parts.stream().map(part -> Step.of(spec, part, batch)).toList();
                checkLoss(where, Step.mean(steps), expected);
            } else {
                checkLoss(where, Step.of(spec, responses(batch), batch), expected);
            }
            for (int p = 0; p < parts.size(); p++) {
                JsonNode metrics = expected.required("metrics").required(p);
                checkClipping(where, spec, parts.get(p), batch, metrics, isOfTokens);
            }
        }
    }

    private static void checkClipping(
            String where, PolicySpec spec, List<JsonNode> part, JsonNode batch, JsonNode metrics, boolean isOfTokens) {
        Step step = Step.of(spec, part, batch);
        double low = share(step, PolicyLoss.OfAnswer::clippedLow, isOfTokens, part.size());
        double high = share(step, PolicyLoss.OfAnswer::clippedHigh, isOfTokens, part.size());
        assertThat(low)
                .as("%s, clipped low", where)
                .isCloseTo(Recorded.number(metrics, "clip_ratio/low_mean"), within(1e-6));
        if (spec.surrogate().ceiling() == Double.POSITIVE_INFINITY) {
            assertThat(high)
                    .as("%s, clipped high", where)
                    .isCloseTo(Recorded.number(metrics, "clip_ratio/high_mean"), within(1e-6));
        } else {
            assertThat(high)
                    .as("%s, clipped high", where)
                    .isGreaterThanOrEqualTo(Recorded.number(metrics, "clip_ratio/high_mean") - 1e-6);
        }
    }

    private static double share(
            Step step, ToIntFunction<PolicyLoss.OfAnswer> count, boolean isOfTokens, int numAnswers) {
        if (isOfTokens) {
            return step.answers().stream().mapToInt(count).sum()
                    / (double) step.answers().stream()
                            .mapToInt(answer -> answer.byLogProbs().length)
                            .sum();
        }
        return step.answers().stream()
                        .filter(answer -> count.applyAsInt(answer) > 0)
                        .count()
                / (double) numAnswers;
    }

    @ParameterizedTest
    @MethodSource("rlooLosses")
    void rlooHasTheLossAndTheDerivatives(JsonNode node) {
        JsonNode settings = node.required("settings");
        double low = Recorded.number(settings, "epsilonLow");
        double high = Recorded.number(settings, "epsilonHigh");
        // Only GRPO has two epsilons here; with the ratio of whole answers it has RLOO's loss.
        PolicySpec spec = low == high
                ? new PolicySpec.Rloo(low, PolicySpec.Rloo.DEFAULT.kl(), false, 0, 0)
                : new PolicySpec.Grpo(
                        RewardScale.NONE,
                        RatioLevel.ANSWER,
                        low,
                        high,
                        0,
                        LossAggregation.ANSWERS,
                        PolicySpec.Rloo.DEFAULT.kl(),
                        0,
                        false,
                        0);
        List<JsonNode> batches = nodes("rlooBatches");
        for (int b = 0; b < batches.size(); b++) {
            JsonNode batch = batches.get(b);
            String where = node.required("name").asString() + ", "
                    + batch.required("name").asString();
            JsonNode expected = node.required("values").required(b);
            Step step = Step.of(spec, responses(batch), batch);
            double ofEmpty = responses(batch).stream()
                            .filter(response -> response.required("logProbs").isEmpty())
                            .mapToDouble(response -> -Recorded.number(response, "advantage"))
                            .sum()
                    / responses(batch).size();
            checkLoss(
                    where,
                    new Step(step.loss() + ofEmpty, step.byLogProbs(), step.answers(), step.isWithinCap()),
                    expected);
            List<List<JsonNode>> parts = parts(batch);
            for (int p = 0; p < parts.size(); p++) {
                JsonNode metrics = expected.required("metrics").required(p);
                checkClipping(where, spec, parts.get(p), batch, metrics, false);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("grpoAdvantages")
    void grpoHasTheAdvantages(JsonNode node) {
        JsonNode settings = node.required("settings");
        PolicySpec.Grpo spec = new PolicySpec.Grpo(
                RewardScale.valueOf(settings.required("scale").asString().toUpperCase(Locale.ROOT)),
                RatioLevel.TOKEN,
                0.2,
                0.2,
                0,
                LossAggregation.TOKENS,
                KlSpec.fixed(0, KlEstimator.K3, KlPlace.LOSS),
                0,
                false,
                0);
        double[] scores = summedScores(node);
        ScoredAnswers answers = new ScoredAnswers(
                groups(scores.length, settings),
                scores,
                ended(scores.length),
                oneToken(scores.length),
                new double[0][],
                new double[0][]);
        compare(
                node.required("name").asString(),
                Recorded.doubles(node, "advantages"),
                ofAnswers(spec.advantages(answers, 0)));
    }

    @ParameterizedTest
    @MethodSource("rlooAdvantages")
    void rlooHasTheAdvantages(JsonNode node) {
        JsonNode settings = node.required("settings");
        double[] scores = summedScores(node);
        if (!settings.required("clip").isNull()) {
            double[] clip = Recorded.doubles(settings, "clip");
            Arrays.setAll(scores, i -> Double.isNaN(scores[i]) ? scores[i] : Math.clamp(scores[i], clip[0], clip[1]));
        }
        double beta = Recorded.number(settings, "beta");
        PolicySpec.Rloo spec = new PolicySpec.Rloo(
                0.2,
                KlSpec.fixed(beta, KlEstimator.K1, KlPlace.REWARD),
                settings.required("normalize").asBoolean(),
                0,
                0);
        ScoredAnswers answers = new ScoredAnswers(
                groups(scores.length, settings),
                scores,
                ended(scores.length),
                rows(node, "oldLogProbs"),
                rows(node, "referenceLogProbs"),
                new double[0][]);
        compare(
                node.required("name").asString(),
                Recorded.doubles(node, "advantages"),
                ofAnswers(spec.advantages(answers, beta)));
    }

    @ParameterizedTest
    @MethodSource("ppo")
    void ppoHasAdvantagesLossesAndDerivatives(JsonNode node) {
        JsonNode settings = node.required("settings");
        double coefficient = Recorded.number(settings, "klCoefficient");
        PolicySpec.Ppo spec = new PolicySpec.Ppo(
                Recorded.number(settings, "gamma"),
                Recorded.number(settings, "lambda"),
                Recorded.number(settings, "clip"),
                KlSpec.fixed(
                        coefficient,
                        settings.required("klEstimator").asString().equals("k1") ? KlEstimator.K1 : KlEstimator.K3,
                        KlPlace.REWARD),
                new CriticSpec(
                        Recorded.number(settings, "valueCoefficient"), Recorded.number(settings, "valueClip"), 1),
                settings.required("whitenRewards").asBoolean(),
                true,
                0,
                settings.required("missingEndPenalty").asDouble(0));
        List<JsonNode> responses = list(node.required("responses"));
        int size = responses.size();
        double[] scores = responses.stream()
                .mapToDouble(response -> Recorded.number(response, "score"))
                .toArray();
        boolean[] ended = new boolean[size];
        for (int i = 0; i < size; i++) {
            ended[i] = responses.get(i).required("hasEnd").asBoolean();
        }
        ScoredAnswers answers = new ScoredAnswers(
                IntStream.range(0, size).toArray(),
                scores,
                ended,
                rows(responses, "oldLogProbs"),
                rows(responses, "referenceLogProbs"),
                rows(responses, "values"));
        Advantages advantages = spec.advantages(answers, coefficient);
        String name = node.required("name").asString();
        compare(name + ", returns", flat(rows(responses, "returns")), flat(advantages.returns()));
        compare(name + ", advantages", flat(rows(responses, "advantages")), flat(advantages.ofTokens()));
        compare(
                name + ", rewards",
                Arrays.stream(rows(responses, "rewards"))
                        .mapToDouble(row -> Arrays.stream(row).sum())
                        .toArray(),
                advantages.rewards());
        PolicySpec.Ppo notWhitened = new PolicySpec.Ppo(
                spec.gamma(),
                spec.lambda(),
                spec.clip(),
                spec.kl(),
                spec.critic(),
                spec.whitenRewards(),
                false,
                0,
                spec.missingEnd());
        compare(
                name + ", before whitening",
                flat(rows(responses, "rawAdvantages")),
                flat(notWhitened.advantages(answers, coefficient).ofTokens()));

        PolicyLoss loss =
                new PolicyLoss(spec, coefficient, node.required("paddedTokens").asInt());
        List<PolicyLoss.OfAnswer> found = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            JsonNode response = responses.get(i);
            found.add(loss.of(
                    new WrittenNumbers(
                            Recorded.doubles(response, "advantages"),
                            Recorded.doubles(response, "oldLogProbs"),
                            Recorded.doubles(response, "referenceLogProbs"),
                            Recorded.doubles(response, "values"),
                            Recorded.doubles(response, "returns")),
                    Recorded.doubles(response, "newLogProbs"),
                    NONE,
                    Recorded.doubles(response, "newValues")));
        }
        double tokens = responses.stream()
                .mapToInt(response -> response.required("tokens").asInt())
                .sum();
        JsonNode update = node.required("update");
        compare(
                name + ", losses",
                new double[] {
                    Recorded.number(update, "policyLoss"),
                    Recorded.number(settings, "valueCoefficient") * Recorded.number(update, "valueLoss"),
                    Recorded.number(update, "loss")
                },
                new double[] {
                    found.stream().mapToDouble(PolicyLoss.OfAnswer::ofPolicy).sum() / tokens,
                    found.stream().mapToDouble(PolicyLoss.OfAnswer::ofCritic).sum() / tokens,
                    found.stream().mapToDouble(PolicyLoss.OfAnswer::loss).sum() / tokens
                });
        compare(
                name + ", by log-probs",
                flat(rows(responses, "logProbGradients")),
                scaled(found.stream().map(PolicyLoss.OfAnswer::byLogProbs), 1 / tokens));
        compare(
                name + ", by values",
                flat(rows(responses, "valueGradients")),
                scaled(found.stream().map(PolicyLoss.OfAnswer::byValues), 1 / tokens));
        double clipped = found.stream()
                .mapToInt(answer -> answer.clippedLow() + answer.clippedHigh())
                .sum();
        assertThat(clipped / tokens).isCloseTo(Recorded.number(update, "policyClipFraction"), within(1e-6));
        // TRL's approximateKl is (log p - log p_old)^2 / 2, not K3.
        double squares = 0;
        for (JsonNode response : responses) {
            double[] now = Recorded.doubles(response, "newLogProbs");
            double[] before = Recorded.doubles(response, "oldLogProbs");
            for (int t = 0; t < now.length; t++) {
                squares += KlEstimator.K2.value(before[t] - now[t]);
            }
        }
        assertThat(squares / tokens).isCloseTo(Recorded.number(update, "approximateKl"), within(1e-6));
    }

    /// Losses of one optimizer step.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(double loss, double[] byLogProbs, List<PolicyLoss.OfAnswer> answers, boolean[] isWithinCap) {

        static Step of(PolicySpec spec, List<JsonNode> responses, JsonNode batch) {
            PolicyLoss loss = new PolicyLoss(
                    spec, spec.kl().coefficient(), batch.required("maxTokens").asInt());
            double weight = responses.stream()
                    .mapToDouble(response -> spec.aggregation()
                            .weight(response.required("logProbs").size()))
                    .sum();
            List<PolicyLoss.OfAnswer> answers = responses.stream()
                    .filter(response -> response.required("logProbs").size() > 0)
                    .map(response -> {
                        double[] logProbs = Recorded.doubles(response, "logProbs");
                        double[] advantages = new double[logProbs.length];
                        Arrays.fill(advantages, Recorded.number(response, "advantage"));
                        return loss.of(
                                new WrittenNumbers(
                                        advantages,
                                        Recorded.doubles(response, "oldLogProbs"),
                                        Recorded.doubles(response, "referenceLogProbs"),
                                        NONE,
                                        NONE),
                                logProbs,
                                NONE,
                                NONE);
                    })
                    .toList();
            return new Step(
                    answers.stream().mapToDouble(PolicyLoss.OfAnswer::loss).sum() / weight,
                    scaled(answers.stream().map(PolicyLoss.OfAnswer::byLogProbs), 1 / weight),
                    answers,
                    withinCap(spec, responses));
        }

        static Step mean(List<Step> steps) {
            return new Step(
                    steps.stream().mapToDouble(Step::loss).average().orElseThrow(),
                    scaled(steps.stream().map(Step::byLogProbs), 1.0 / steps.size()),
                    steps.stream().flatMap(step -> step.answers().stream()).toList(),
                    withinCap(steps));
        }

        private static boolean[] withinCap(List<Step> steps) {
            int size =
                    steps.stream().mapToInt(step -> step.isWithinCap().length).sum();
            boolean[] all = new boolean[size];
            int start = 0;
            for (Step step : steps) {
                System.arraycopy(step.isWithinCap(), 0, all, start, step.isWithinCap().length);
                start += step.isWithinCap().length;
            }
            return all;
        }

        /// @return of each token, whether no exponential of its answer goes on as a straight line
        private static boolean[] withinCap(PolicySpec spec, List<JsonNode> responses) {
            List<Boolean> within = new ArrayList<>();
            for (JsonNode response : responses) {
                double[] logProbs = Recorded.doubles(response, "logProbs");
                double[] before = Recorded.doubles(response, "oldLogProbs");
                double[] reference = Recorded.doubles(response, "referenceLogProbs");
                KlSpec kl = spec.kl();
                boolean all = kl.coefficient() == 0
                        || kl.place() == KlPlace.REWARD
                        || IntStream.range(0, logProbs.length)
                                .allMatch(t -> reference[t] - logProbs[t] < 20
                                        && (!kl.timesRatio() || logProbs[t] - before[t] < 20));
                Arrays.stream(logProbs).forEach(_ -> within.add(all));
            }
            boolean[] tokens = new boolean[within.size()];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = within.get(t);
            }
            return tokens;
        }
    }

    private static void checkLoss(String where, Step step, JsonNode expected) {
        int[] tokens = IntStream.range(0, step.byLogProbs().length)
                .filter(t -> step.isWithinCap()[t])
                .toArray();
        assertThat(tokens).as("%s, tokens that are compared", where).isNotEmpty();
        if (tokens.length == step.byLogProbs().length) {
            compare(where + ", loss", new double[] {Recorded.number(expected, "loss")}, new double[] {step.loss()});
        } else {
            assertThat(where).contains("extreme").contains("beta");
        }
        double[] gradients = flat(list(expected.required("gradients")).stream()
                .map(RecordedPolicyTest::numbers)
                .toArray(double[][]::new));
        assertThat(step.byLogProbs()).as("%s, by log-probs", where).hasSameSizeAs(gradients);
        compare(
                where + ", by log-probs",
                Arrays.stream(tokens).mapToDouble(t -> gradients[t]).toArray(),
                Arrays.stream(tokens).mapToDouble(t -> step.byLogProbs()[t]).toArray());
    }

    private static double[] scaled(Stream<double[]> rows, double factor) {
        return rows.flatMapToDouble(Arrays::stream).map(x -> factor * x).toArray();
    }

    /// Numbers of one kind, relative to the largest of them, or to 1.
    private static void compare(String where, double[] expected, double[] actual) {
        double scale =
                Math.max(1e-3, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        assertThat(actual).as(where).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("%s, %d", where, i).isCloseTo(expected[i], within(TOLERANCE * scale));
        }
    }

    private static double[] summedScores(JsonNode node) {
        double[] weights = Recorded.doubles(node.required("settings"), "weights");
        return list(node.required("rewards")).stream()
                .mapToDouble(row -> {
                    if (list(row).stream().allMatch(JsonNode::isNull)) {
                        return Double.NaN;
                    }
                    return IntStream.range(0, weights.length)
                            .mapToDouble(i -> weights[i] * row.required(i).asDouble(0))
                            .sum();
                })
                .toArray();
    }

    private static double[] ofAnswers(Advantages advantages) {
        return Arrays.stream(advantages.ofTokens()).mapToDouble(row -> row[0]).toArray();
    }

    private static int[] groups(int size, JsonNode settings) {
        int groupSize = settings.required("groupSize").asInt();
        return IntStream.range(0, size).map(i -> i / groupSize).toArray();
    }

    private static boolean[] ended(int size) {
        boolean[] ended = new boolean[size];
        Arrays.fill(ended, true);
        return ended;
    }

    private static double[][] oneToken(int size) {
        return new double[size][1];
    }

    private static List<JsonNode> responses(JsonNode batch) {
        return list(batch.required("responses"));
    }

    private static List<List<JsonNode>> parts(JsonNode batch) {
        List<JsonNode> responses = responses(batch);
        List<List<JsonNode>> parts = new ArrayList<>();
        int start = 0;
        for (int count : Recorded.ints(batch, "parts")) {
            parts.add(responses.subList(start, start + count));
            start += count;
        }
        return parts;
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[][] rows(JsonNode object, String field) {
        return list(object.required(field)).stream()
                .map(RecordedPolicyTest::numbers)
                .toArray(double[][]::new);
    }

    private static double[][] rows(List<JsonNode> objects, String field) {
        return objects.stream().map(object -> Recorded.doubles(object, field)).toArray(double[][]::new);
    }

    private static double[] numbers(JsonNode array) {
        return list(array).stream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static List<JsonNode> nodes(String field) {
        return list(FILE.required(field));
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
