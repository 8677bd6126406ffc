package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a run would take, beside what runs say of themselves.
class PlanCommandTest {

    private static final Pattern MODEL = Pattern.compile("Model .*: ([0-9,]+) parameters(?:, ([0-9,]+) of them)?");
    private static final Pattern PLANNED = Pattern.compile("(?s)parameters +([0-9,]+)\\s+trained +([0-9,]+)");
    private static final Pattern PEAK = Pattern.compile("memory at most +about ([0-9.]+) GB");
    private static final Pattern ADVICE = Pattern.compile("  (--.*): ([0-9.]+) GB");

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory);
    }

    private static Matcher found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher;
    }

    /// Each is as large as the model itself; a critic trains, and what is compared with an
    /// adapter's own base is no second
    /// model.
    @Test
    void modelsBesideThePolicyAreCounted() {
        String reward = directory.resolve("reward").toString();
        Invocation.succeed(
                "reward",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs().toString(),
                "--out",
                reward,
                "--steps",
                "1",
                "--batch-size",
                "2",
                "--set",
                "data.heldOut=2");
        String scored = "rewards=[{type: model, path: " + reward + "/model}]";
        assertThat(plan("ppo", "--set", scored)).contains("reference", "reward models", "critic");
        assertThat(plan("grpo", "--set", scored, "--adapter", "lora"))
                .contains("reward models")
                .doesNotContain("reference", "critic");
        assertThat(plan("online", "--set", "rewards=[ended]"))
                .contains("reference")
                .doesNotContain("reward models", "critic");
        assertThat(plan("reinforce", "--set", "rewards=[ended]", "--set", "policy.kl.coefficient=0"))
                .doesNotContain("reference", "reward models", "critic");
    }

    private static String plan(String run, String... more) {
        return Invocation.succeed(Invocation.arguments(
                List.of(
                        "plan",
                        "--run",
                        run,
                        "--model",
                        inputs.model(),
                        "--data",
                        inputs.pairs().toString(),
                        "--steps",
                        "1",
                        "--set",
                        "rollout.maxNewTokens=8"),
                more));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "align",
                "align --adapter lora",
                "align --adapter lora --set adapter.dora=true --set adapter.rank=3",
                "align --adapter lora --set adapter.targets=[dense] --set adapter.dropout=0.1",
                "align --set train.frozen=[gpt_neox.layers.0.*]",
                "sft",
                "sft --adapter lora --set adapter.dropout=0.1",
                "reward",
                "reward --adapter lora --set adapter.dropout=0.1"
            })
    void itCountsWhatTheRunCounts(String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        String kind = words.removeFirst();
        List<String> common = new ArrayList<>(
                List.of("--model", inputs.model(), "--data", inputs.pairs().toString(), "--steps", "1"));
        common.addAll(List.of("--batch-size", "2", "--set", "data.heldOut=2", "--set", "compute.threads=1"));
        common.addAll(words);
        List<String> run = new ArrayList<>(List.of(kind, "--out", inputs.at("plan-" + command.replaceAll("\\W", "-"))));
        run.addAll(common);
        String done = Invocation.succeed(run.toArray(String[]::new));
        List<String> plan = new ArrayList<>(List.of("plan", "--run", kind));
        plan.addAll(common);
        String planned = Invocation.succeed(plan.toArray(String[]::new));

        Matcher opened = found(MODEL, done);
        Matcher counts = found(PLANNED, planned);
        assertThat(counts.group(1)).isEqualTo(opened.group(1));
        assertThat(counts.group(2)).isEqualTo(opened.group(2) == null ? opened.group(1) : opened.group(2));
        assertThat(done).contains("Plan: about ");
    }

    @Test
    void aModelThatDoesNotFitNeedsNoWeightsAndGetsAdvice() throws IOException {
        Path large = Files.createDirectory(directory.resolve("large"));
        Files.writeString(large.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 128256, "hidden_size": 16384, "num_hidden_layers": 126,
                 "num_attention_heads": 128, "num_key_value_heads": 8, "intermediate_size": 53248,
                 "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "tie_word_embeddings": false}
                """);
        for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(Path.of(inputs.model(), name), large.resolve(name));
        }
        String planned = Invocation.succeed(
                "plan", "--model", large.toString(), "--data", inputs.pairs().toString(), "--set", "data.heldOut=0");
        assertThat(planned).contains("warning: the machine has less memory than the run needs");
        double peak = Double.parseDouble(found(PEAK, planned).group(1));
        // 405,853 million numbers of four bytes, with gradients and two moments.
        assertThat(peak).isBetween(4 * 4 * 405.8, 1.2 * 4 * 4 * 405.8);
        List<String> options = new ArrayList<>();
        Matcher advice = ADVICE.matcher(planned);
        while (advice.find()) {
            options.add(advice.group(1));
            assertThat(Double.parseDouble(advice.group(2))).as(advice.group()).isLessThan(peak);
        }
        assertThat(options).contains("--adapter lora", "--adapter lora --set compute.base=nf4");
    }

    @Test
    void aRunThatCannotBeIsRefusedAsTheRunIs() {
        Invocation plan = Invocation.of(
                "plan", "--model", inputs.model(), "--data", inputs.at("missing.jsonl"), "--set", "data.heldOut=0");
        assertThat(plan.exitCode()).isEqualTo(2);
        assertThat(plan.err()).contains("missing.jsonl");
    }
}
