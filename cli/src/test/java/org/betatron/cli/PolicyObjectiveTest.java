package org.betatron.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.betatron.runs.recipe.ChoiceParameter;
import org.betatron.runs.recipe.Choices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `betatron objective` of policy gradients.
class PolicyObjectiveTest {

    @TempDir
    private Path directory;

    static Stream<String> types() {
        return Choices.siblings("policy").keySet().stream();
    }

    static Stream<String> names() {
        return Stream.concat(types(), Choices.variants("policy").keySet().stream());
    }

    @Test
    void listNamesMethodsAndVariantsByWhatDiffers() {
        String list = Invocation.succeed("objective", "list");
        assertThat(list)
                .contains(
                        "\npolicy\n",
                        "  grpo              scale=group  ratio=token  clip=0.2",
                        "  dr-grpo           type=grpo  scale=none  aggregation=constant  kl.coefficient=0.0\n",
                        "                    Liu et al. 2025, arXiv 2503.20783\n",
                        "  gspo              type=grpo  ratio=mean  clip=3.0E-4  clipHigh=4.0E-4");
        assertThat(list.lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void showGivesRangesThatAreAccepted() {
        assertThat(Invocation.succeed("objective", "show", "ppo"))
                .contains("critic.coefficient  default 0.1; in (0, ∞)\n");
    }

    /// The recipe of a run says what it learns, so nobody has to say it again.
    @Test
    void evaluateTakesThePolicyOfARecipe() throws IOException {
        String lines = """
                {"prompt":"q", "policy":[-1.0], "reference":[-1.0], "score":1}
                {"prompt":"q", "policy":[-2.0], "reference":[-2.0], "score":0}
                """;
        Path recipe = Files.writeString(directory.resolve("run.yaml"), "policy: dr-grpo\nrewards: [world]\n");
        assertThat(evaluate(lines, "--recipe", recipe.toString())).isEqualTo(evaluate(lines, "--policy", "dr-grpo"));
        assertThat(evaluate(lines, "--set", "policy=dr-grpo")).isEqualTo(evaluate(lines, "--policy", "dr-grpo"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void showKnowsEveryName(String name) {
        assertThat(Invocation.succeed("objective", "show", name).lines())
                .anyMatch(line -> line.startsWith("chosen by           policy: " + name))
                .anyMatch(line -> line.matches("source {14}\\S.*arXiv.*|source {14}Williams 1992.*"))
                .anyMatch(line -> line.startsWith("kl.coefficient      default "))
                .anyMatch(line -> line.startsWith("advantage           A"))
                .anyMatch(line -> line.startsWith("a token's loss      -"))
                .allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grpo    | -min(rho A, clip(rho, 1 - 0.2, 1 + 0.2) A) + 0.04 k3(log p - log q)",
                "dapo    | -min(rho A, clip(rho, 1 - 0.2, 1 + 0.28) A)",
                "dr-grpo | A_i = R_i - mean of the group",
                "dr-grpo | 1/(B L) sum_i sum_t, L the most tokens of an answer",
                "gspo    | geometric mean of p(y_t) / p_old(y_t) over the answer",
                "rloo    | R = score - 0.05 sum_t k1(log p_old - log q)",
                "rloo    | p(y) / p_old(y) of the whole answer",
                "reinforce | -A log p(y_t)",
                "ppo     | values of a critic",
            })
    void showGivesFormulasWithSettings(String name, String formula) {
        assertThat(Invocation.succeed("objective", "show", name)).contains(formula);
    }

    @ParameterizedTest
    @MethodSource("types")
    void pageHasAllParametersWithTheirDefaults(String tag) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "objectives", "policy.md"));
        int from = page.indexOf("\n## " + tag.toUpperCase(Locale.ROOT) + ":");
        assertThat(from).as("section of " + tag).isPositive();
        int to = page.indexOf("\n## ", from + 1);
        List<String> rows = page.substring(from, to < 0 ? page.length() : to)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();
        for (ChoiceParameter group :
                ChoiceParameter.of(requireNonNull(Choices.siblings("policy").get(tag)))) {
            for (ChoiceParameter parameter : group.name().equals("kl") ? List.<ChoiceParameter>of() : group.flat()) {
                assertThat(rows)
                        .as(tag + ": " + parameter.name())
                        .anyMatch(row -> row.startsWith("| `" + parameter.name() + "` | "
                                + parameter.spelledDefault().replaceFirst("^0\\.0$", "0") + " |"));
            }
        }
    }

    private JsonNode evaluate(String lines, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("answers.jsonl"), lines);
        String[] arguments = Stream.concat(Stream.of("objective", "evaluate", file.toString()), Stream.of(options))
                .toArray(String[]::new);
        return JsonMapper.shared().readTree(Invocation.succeed(arguments));
    }

    @Test
    void evaluateIsGrpoByHand() throws IOException {
        JsonNode step = evaluate("""
                {"id":"a", "prompt":"q", "policy":[-1.0, -0.5], "old":[-1.3, -0.5], "reference":[-1.0, -0.7], "score":1}
                {"id":"b", "prompt":"q", "policy":[-2.0], "reference":[-2.0], "score":0}
                """, "--policy", "grpo");

        // Rewards 1 and 0: mean 1/2, unbiased deviation sqrt(1/2). e^0.3 is above 1.2, so the first token is clipped.
        double advantage = 0.5 / (Math.sqrt(0.5) + 1e-4);
        double kl = Math.exp(-0.2) - 1 + 0.2;
        double lossA = (-1.2 * advantage - advantage + 0.04 * kl) / 2;
        double lossB = advantage;
        assertThat(step.path("loss").asDouble()).isCloseTo((lossA + lossB) / 2, within(1e-12));
        assertThat(step.path("lossKl").asDouble()).isCloseTo(0.04 * kl / 4, within(1e-12));
        assertThat(step.path("clippedHigh").asDouble()).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(step.path("clippedLow").asDouble()).isZero();
        assertThat(step.path("flatGroups").asInt()).isZero();
        // Of the policy that wrote them: -1.3 + 1 - 0.5 + 0.7 = -0.1 and 0.
        assertThat(step.path("kl").asDouble()).isCloseTo(-0.05, within(1e-12));
        JsonNode a = step.path("answers").get(0);
        assertThat(a.path("id").asString()).isEqualTo("a");
        assertThat(a.path("advantages").get(1).asDouble()).isCloseTo(advantage, within(1e-12));
        assertThat(a.path("policyGradient").get(0).asDouble()).isZero();
        // d k3 / d log p = 1 - e^-d; half by the answer's length, half by the batch.
        assertThat(a.path("policyGradient").get(1).asDouble())
                .isCloseTo((-advantage + 0.04 * (1 - Math.exp(-0.2))) / 4, within(1e-12));
        assertThat(step.path("answers").get(1).path("policyGradient").get(0).asDouble())
                .isCloseTo(advantage / 2, within(1e-12));
    }

    @Test
    void settingsUnscoredAndCutAnswersCount() throws IOException {
        JsonNode step = evaluate("""
                {"prompt":1, "policy":[-1.0], "score":2}
                {"prompt":1, "policy":[-1.0], "score":0}
                {"prompt":1, "policy":[-1.0], "score":null}
                {"prompt":1, "policy":[-1.0], "score":1, "ended":false}
                """, "--policy", "dapo", "--set", "policy.scale=none");
        JsonNode answers = step.path("answers");
        assertThat(answers.get(0).path("id").asString()).isEqualTo("answers.jsonl:1");
        // Two of four tokens count; the cut one is in the mean of the group.
        assertThat(answers.get(0).path("policyGradient").get(0).asDouble()).isCloseTo(-0.5, within(1e-12));
        assertThat(answers.get(1).path("policyGradient").get(0).asDouble()).isCloseTo(0.5, within(1e-12));
        assertThat(answers.get(2).path("reward").isNull()).isTrue();
        assertThat(answers.get(2).path("counts").asBoolean()).isFalse();
        assertThat(answers.get(3).path("counts").asBoolean()).isFalse();
        assertThat(answers.get(3).path("policyGradient").get(0).asDouble()).isZero();
    }

    /// One token, so that advantage, return and critic's loss are those of one number.
    @Test
    void evaluateIsPpoByHand() throws IOException {
        JsonNode step = evaluate(
                "{\"policy\":[-1.0], \"reference\":[-1.5], \"value\":[0.5], \"oldValue\":[0.1], \"score\":1}\n",
                "--policy",
                "ppo",
                "--set",
                "policy.whitenAdvantages=false");
        // R = 1 - 0.05 * 0.5 = 0.975; A = 0.975 - 0.1; V is clipped to 0.3, which is further from the return.
        JsonNode answer = step.path("answers").get(0);
        assertThat(answer.path("reward").asDouble()).isCloseTo(0.975, within(1e-12));
        assertThat(answer.path("advantages").get(0).asDouble()).isCloseTo(0.875, within(1e-12));
        assertThat(answer.path("returns").get(0).asDouble()).isCloseTo(0.975, within(1e-12));
        assertThat(step.path("lossCritic").asDouble())
                .isCloseTo(0.1 * (0.975 - 0.3) * (0.975 - 0.3) / 2, within(1e-12));
        assertThat(answer.path("valueGradient").get(0).asDouble()).isZero();
        assertThat(answer.path("policyGradient").get(0).asDouble()).isCloseTo(-0.875, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "grpo | {\"score\":1, \"prompt\":\"q\"} | :1: \"policy\" is missing: an answer has the log-probs of its tokens",
                "grpo | {\"policy\":[], \"prompt\":\"q\"} | :1: \"policy\" must be a list of finite numbers, one per token, but was []",
                "grpo | {\"policy\":-1, \"prompt\":\"q\"} | :1: \"policy\" must be a list of finite numbers, one per token, but was a number",
                "grpo | {\"policy\":[-1], \"old\":[-1, -2], \"prompt\":\"q\"} | :1: \"old\" must have a number for each of the 1 tokens of \"policy\" but had 2",
                "grpo | {\"policy\":[-1], \"prompt\":\"q\", \"score\":1} | :1: \"reference\" is missing, and this method uses it",
                "dapo | {\"policy\":[-1], \"score\":1} | :1: \"prompt\" is missing, and this method compares answers to the same prompt",
                "dapo | {\"policy\":[-1], \"prompt\":\"q\", \"ended\":1} | :1: \"ended\" must be true or false but was a number",
                "ppo | {\"policy\":[-1], \"reference\":[-1], \"score\":1} | :1: \"value\" is missing, and this method uses it",
                "dapo | {\"policy\":[-1],\"prompt\":1,\"score\":1}~{\"policy\":[-1],\"prompt\":2,\"score\":1}~{\"policy\":[-1],\"prompt\":1,\"score\":1} | :3: answers to a prompt must follow each other, but another prompt lies between this one and the one before it",
            })
    void whatCannotBeUsedIsRefused(String method, String lines, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("bad.jsonl"), lines.replace('~', '\n') + "\n");
        refused(file + message, "objective", "evaluate", file.toString(), "--policy", method);
    }

    @Test
    void nothingToEvaluateAndTwoKindsAtOnceAreRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("empty.jsonl"), "");
        refused(
                "--policy and --preset must not both be given",
                "objective",
                "evaluate",
                file.toString(),
                "--policy",
                "grpo",
                "--preset",
                "dpo");
        refused(
                "policy.type: must be one of grpo, rloo, reinforce, ppo, dr-grpo, dapo, gspo but was 'gpo'",
                "objective",
                "evaluate",
                file.toString(),
                "--policy",
                "gpo");
    }

    private static void refused(String message, String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err()).contains(message);
    }
}
