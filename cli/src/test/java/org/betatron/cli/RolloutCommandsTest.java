package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.reward.AnswerGroup;
import org.betatron.evaluation.reward.JudgeRewards;
import org.betatron.evaluation.reward.PreferenceSource;
import org.betatron.evaluation.reward.RewardFunction;
import org.betatron.evaluation.reward.RewardPlan;
import org.betatron.evaluation.reward.WeightedRewards;
import org.betatron.evaluation.reward.WinRates;
import org.betatron.runs.OnlineRun;
import org.betatron.runs.PolicyRun;
import org.betatron.runs.RewardSetup;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.Resolved;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands that learn from what the model writes, in the controlled world.
class RolloutCommandsTest {

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));

    @BeforeAll
    static void makeWorld() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "200", "--pairs", "40", "--evaluation", "10");
        Invocation.succeed(inputs.sft("sft", "--steps", "30", "--batch-size", "16", "--learning-rate", "5e-3"));
    }

    private static String[] train(String command, String out, String... more) {
        return Invocation.arguments(
                List.of(
                        command,
                        "--model",
                        inputs.at("sft/model"),
                        "--data",
                        inputs.pairs(),
                        "--eval",
                        inputs.evaluation(),
                        "--out",
                        inputs.at(out),
                        "--max-new-tokens",
                        "12",
                        "--learning-rate",
                        "1e-3",
                        "--batch-size",
                        "16"),
                more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grpo",
                "grpo --preset dr-grpo",
                "grpo --preset dapo --set rollout.resample=1",
                "grpo --preset gspo --adapter lora",
                "rloo --set rollout.batches=2 --set rollout.epochs=2",
                "reinforce --set policy.entropyBonus=0.01",
                "ppo --set rollout.epochs=2",
                "ppo --adapter lora",
                "online --set rollout.batches=2",
                "online --adapter lora --preset beta-dpo",
                "online --set alignment.objective=nll",
                "online --pairs data --set rollout.samples=1 --set reference.update={type:\u00a0blend,\u00a0every:\u00a02,\u00a0share:\u00a01}",
                "online --set roundBeta={type:\u00a0divergence,\u00a0target:\u00a01,\u00a0rate:\u00a01,\u00a0minRatio:\u00a00.1,\u00a0maxRatio:\u00a010}"
            })
    void everyMethodTrains(String line) throws IOException {
        List<String> words = List.of(line.split(" "));
        String out = "run-" + Integer.toHexString(line.hashCode());
        String[] more = words.subList(1, words.size()).stream()
                .map(word -> word.replace('\u00a0', ' '))
                .toArray(String[]::new);
        String[] rewards = line.contains("--pairs data")
                ? new String[0]
                : new String[] {"--reward", "world", "--reward", "0.1*length:8"};
        Invocation.succeed(Invocation.arguments(
                List.of(train(words.getFirst(), out, "--steps", "4")), Invocation.arguments(List.of(more), rewards)));
        String metrics = Files.readString(directory.resolve(out).resolve("metrics.jsonl"));
        assertThat(metrics)
                .contains("\"train/rollout/tokens\"")
                .contains("\"eval/tokens\"")
                .doesNotContain("NaN");
        if (rewards.length > 0) {
            assertThat(metrics).contains("\"train/rollout/score\"").contains("\"train/rollout/score/length\"");
        }
        assertThat(directory.resolve(out).resolve("model")).isDirectory();
        assertThat(Files.readAllLines(directory.resolve(out).resolve("rollouts.jsonl")))
                .isNotEmpty();
    }

    /// Policy, critic, both moments, and rows of a rollout that wait for their steps.
    @Test
    void aStoppedRunEndsWithTheSameWeights() throws IOException {
        Resolved<PolicyRecipe> recipe = recipe("ppo");
        PolicyRun.run(RunRequest.begin(recipe, directory.resolve("whole")));
        Path stopped = directory.resolve("stopped");
        AtomicInteger asked = new AtomicInteger();
        PolicyRun.run(RunRequest.begin(recipe, stopped).withStop(() -> asked.getAndIncrement() == 3));
        assertThat(stopped.resolve("model")).doesNotExist();
        assertThat(stopped.resolve("checkpoints/step-00000003/critic")).isDirectory();
        Invocation.succeed("ppo", "--resume", stopped.toString());
        assertThat(SavedWeights.read(stopped.resolve("model")))
                .usingRecursiveComparison()
                .isEqualTo(SavedWeights.read(directory.resolve("whole/model")));
        assertThat(Files.readAllLines(stopped.resolve("rollouts.jsonl")))
                .isEqualTo(Files.readAllLines(directory.resolve("whole/rollouts.jsonl")));
    }

    private static Resolved<PolicyRecipe> recipe(String command) throws IOException {
        return recipe(command, PolicyRecipe.class, "--reward", "world");
    }

    private static <R extends Recipe> Resolved<R> recipe(String command, Class<R> type, String... rewards)
            throws IOException {
        String yaml = Invocation.succeed(Invocation.arguments(
                List.of(train(
                        command,
                        "unused",
                        "--steps",
                        "6",
                        "--set",
                        "rollout.batches=2",
                        "--set",
                        "rollout.epochs=2",
                        "--print-recipe")),
                rewards));
        Path file = Files.writeString(directory.resolve(command + ".yaml"), yaml);
        return Resolved.read(file, type);
    }

    @Test
    void aFunctionOfTheCallerSaysWhatAnswersAreWorth() throws IOException {
        Resolved<PolicyRecipe> recipe = recipe("rloo");
        RunResult result = PolicyRun.run(
                RunRequest.begin(recipe, directory.resolve("function")),
                RewardSetup.with(new WeightedRewards.Part(
                        "short", 1, RewardFunction.source("short-1", (_, answer) -> -answer.numTokens()))));
        assertThat(result.logged().getLast().metrics().get("eval/score/short")).isPresent();
    }

    /// Held-out prompts get one answer each, which has no other to be compared with.
    @Test
    void aJudgeComparesAnswersThatAreLearnedFromAlone() throws IOException {
        List<RewardPlan> plans = new ArrayList<>();
        JudgeRewards judge = new JudgeRewards(ScoreJudge.ofWorld());
        PreferenceSource noted = new PreferenceSource() {
            @Override
            public String identity() {
                return judge.identity();
            }

            @Override
            public void check(RewardPlan plan) {
                plans.add(plan);
                judge.check(plan);
            }

            @Override
            public List<WinRates> winRates(List<AnswerGroup> groups) {
                return judge.winRates(groups);
            }

            @Override
            public double[][] rewards(List<AnswerGroup> groups) {
                return judge.rewards(groups);
            }
        };
        RunResult result = OnlineRun.run(
                RunRequest.begin(recipe("online", OnlineRecipe.class), directory.resolve("judged")),
                RewardSetup.with(new WeightedRewards.Part("judge", 1, noted)));
        assertThat(result.logged().getFirst().metrics().values())
                .containsKey("eval/tokens")
                .doesNotContainKey("eval/score");
        assertThat(result.logged().get(1).metrics().get("train/rollout/score")).hasValue(0.5);
        // Six steps are two rounds of four, with two batches of sixteen prompts each.
        assertThat(plans).singleElement().satisfies(plan -> {
            assertThat(plan.groups()).isEqualTo(2 * 32);
            assertThat(plan.answersPerPrompt()).isEqualTo(4);
        });
    }

    @Test
    void whatDoesNotGoTogetherIsSaidBeforeAnythingIsWritten() {
        refused(
                "--reward nowhere: must be DIR (a reward model), world, length:N",
                train("grpo", "bad", "--reward", "nowhere"));
        refused("rollout.samples: must be ≥ 2", train("grpo", "bad", "--reward", "world", "--samples", "1"));
        refused(
                "train.batchSize: times rollout.batches must be a multiple of rollout.samples (5) but was 16",
                train("rloo", "bad", "--reward", "world", "--samples", "5"));
        refused(
                "rollout.temperature: must be 1",
                train("grpo", "bad", "--reward", "world", "--set", "rollout.temperature=0.7"));
        refused(
                "critic: has no effect: only policy=ppo has a critic",
                train("rloo", "bad", "--reward", "world", "--set", "critic=" + inputs.model()));
        refused(
                "data.truncation.maxTokens: has no effect: the rows are prompts",
                train("grpo", "bad", "--reward", "world", "--set", "data.truncation.maxTokens=400"));
        refused(
                "the recipe says policy: rloo; run it with betatron rloo",
                train("grpo", "bad", "--reward", "world", "--set", "policy=rloo"));
        refused(
                "alignment: needs scores of both answers, and pairs=data has none",
                train(
                        "online",
                        "bad",
                        "--pairs",
                        "data",
                        "--set",
                        "alignment.gap.source=score",
                        "--preset",
                        "beta-dpo"));
        assertThat(directory.resolve("bad")).doesNotExist();
    }

    @Test
    void unknownVariantsAreNamedWithThoseThatThereAre() {
        refused(
                "policy.type: must be one of grpo, rloo, reinforce, ppo, dr-grpo, dapo, gspo but was 'dr-gspo'",
                train("grpo", "bad", "--reward", "world", "--preset", "dr-gspo"));
    }

    @Test
    void anEstimateThatIsWrongAsACostOfRewardsIsWarnedOf() {
        String estimator = "policy.kl.estimator=k3";
        String told = Invocation.succeed(
                train("rloo", "k3-in-reward", "--reward", "world", "--steps", "1", "--set", estimator));
        assertThat(told).contains("policy.kl.estimator: k3 in the reward");
    }

    /// Whoever wants another rate says so; recipes that were written down say theirs.
    @Test
    void adaptersLearnTenTimesAsFastUnlessARateIsGiven() {
        assertThat(rate("grpo")).isEqualTo("1.0E-6");
        assertThat(rate("grpo", "--adapter", "lora")).isEqualTo("1.0E-5");
        assertThat(rate("online", "--adapter", "lora")).isEqualTo("5.0E-6");
        assertThat(rate("grpo", "--adapter", "lora", "--learning-rate", "1e-6")).isEqualTo("1.0E-6");
    }

    private static String rate(String command, String... options) {
        String yaml = Invocation.succeed(Invocation.arguments(List.of(command, "--print-recipe"), options));
        return yaml.substring(yaml.indexOf("learningRate: "))
                .lines()
                .findFirst()
                .orElseThrow()
                .substring(14);
    }

    @Test
    void aRunWithoutRewardsIsRefused() {
        refused("rewards: must be given", train("grpo", "none"));
        refused("rewards: must be given", train("online", "none"));
    }

    private static void refused(String message, String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.exitCode()).as(invocation.text()).isEqualTo(2);
        assertThat(invocation.err()).contains(message);
    }
}
