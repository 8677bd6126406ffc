package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.betatron.core.files.Directories;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.evaluation.judge.AnswerScorer;
import org.betatron.evaluation.reward.AnswerGroup;
import org.betatron.evaluation.reward.GroupRewards;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.evaluation.reward.RewardPlan;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WeightedRewards;
import org.betatron.evaluation.reward.WrittenText;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.RewardScorer;
import org.betatron.runs.recipe.EndpointSection;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.RewardSourceSpec;
import org.betatron.runs.recipe.RewardSourceSpec.SpecialTokens;
import org.betatron.runs.reward.RewardContext;
import org.betatron.runs.reward.RewardSources;
import org.betatron.runs.reward.TemplateRemarks;
import org.betatron.testkit.JudgeServer;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.error.ModelException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Sources of rewards as recipes name them, with a reward model of the controlled world.
class RewardSourcesTest {

    private static final RewardPrompt KETTLE =
            new RewardPrompt("k", "where is the kettle ?", Optional.of("by the door"));
    private static final RewardPrompt COAT = new RewardPrompt("c", "where is the coat ?");

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));
    private static Path model = Path.of("");

    private final List<String> told = new ArrayList<>();
    private final AtomicInteger numOpened = new AtomicInteger();

    @BeforeAll
    static void trainOne() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "20", "--pairs", "40", "--evaluation", "10");
        Invocation.succeed(inputs.reward("run", "--steps", "3"));
        model = directory.resolve("run/model");
    }

    private RewardContext context(String... specialTokens) {
        return new RewardContext(
                path -> {
                    numOpened.incrementAndGet();
                    return ModelOpening.toldTo(RunListener.NONE).reward(path, ComputeSpec.DEFAULT);
                },
                Set.of(specialTokens),
                directory.resolve("judge"),
                true,
                told::add);
    }

    private static RewardSourceSpec.Model spec(Path path, SpecialTokens specialTokens) {
        return new RewardSourceSpec.Model(path.toString(), specialTokens, 1);
    }

    @Test
    void anotherChatTemplateIsNoticed() throws IOException {
        List<RewardSourceSpec> specs = List.of(new RewardSourceSpec.World(1), spec(model, SpecialTokens.REFUSE));
        assertThat(TemplateRemarks.of(Path.of(inputs.model()), specs)).isEmpty();
        Path chat = Files.createDirectory(directory.resolve("chat"));
        Files.writeString(chat.resolve("chat_template.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}");
        assertThat(TemplateRemarks.of(chat, specs))
                .singleElement()
                .asString()
                .startsWith("rewards[1]: the chat template of " + model + " is another one than the policy's");
    }

    private WeightedRewards open(RewardSourceSpec... specs) {
        return RewardSources.open(List.of(specs), context());
    }

    private static AnswerGroup group(RewardPrompt prompt, String... answers) {
        return new AnswerGroup(
                prompt,
                List.of(answers).stream()
                        .map(text -> new WrittenText(text, !text.isEmpty(), text.length()))
                        .toList());
    }

    private static RewardPlan plan(RewardPrompt... prompts) {
        return new RewardPlan(List.of(prompts), 2, 10, 20);
    }

    /// An evaluation opens the model for itself, and packs other answers with these.
    @Test
    void aRewardModelStaysOpenAndScoresAsInAnEvaluation() {
        AnswerScorer scorer = RewardScorer.judge(model, ComputeDevice.DEFAULT, RunListener.NONE)
                .scorer();
        String[] answers = {"the kettle is by the door .", "i do not know .", "", "kettle kettle kettle"};
        try (WeightedRewards rewards = open(spec(model, SpecialTokens.REFUSE))) {
            rewards.check(plan(KETTLE, COAT));
            for (int step = 0; step < 3; step++) {
                GroupRewards scored = rewards.rewards(List.of(group(KETTLE, answers), group(COAT, answers)));
                for (int g = 0; g < 2; g++) {
                    String prompt = g == 0 ? KETTLE.text() : COAT.text();
                    for (int a = 0; a < answers.length; a++) {
                        assertThat(scored.total(g, a))
                                .isCloseTo(scorer.scores(List.of(prompt), List.of(answers[a]))[0], within(1e-4));
                    }
                }
                assertThat(scored.names()).containsExactly("model");
            }
            assertThat(rewards.rewards(List.of()).numGroups()).isZero();
            assertThat(rewards.account()).isEmpty();
            assertThat(rewards.identity()).startsWith("1.0 * reward " + model + " ");
        }
        assertThat(numOpened).hasValue(1);
        assertThat(told).isEmpty();
    }

    @Test
    void answersThatAreTooLongStayWithoutAScore() {
        try (WeightedRewards rewards = open(spec(model, SpecialTokens.REFUSE))) {
            String endless = "the kettle is by the door . ".repeat(500);
            GroupRewards scored = rewards.rewards(List.of(group(KETTLE, endless, "i do not know .")));
            assertThat(scored.isScored(0, 0)).isFalse();
            assertThat(scored.isScored(0, 1)).isTrue();
            assertThat(rewards.rewards(List.of(group(KETTLE, endless))).numUnscored())
                    .isEqualTo(1);
            assertThat(rewards.account())
                    .containsExactly("model: 2 answers were not scored: with their prompts they are too long for "
                            + model + ", or have tokens that it does not know");
            RewardPrompt whole = new RewardPrompt("w", endless);
            rewards.check(plan(KETTLE, whole));
            assertThat(told)
                    .singleElement()
                    .asString()
                    .startsWith("the reward model " + model
                            + " can score no answer to 1 of 2 prompts, as \"w\", which would fill the model's ")
                    .endsWith("; nothing is learned from these");
            assertThatThrownBy(() -> rewards.check(plan(whole)))
                    .hasMessageStartingWith(
                            "reward model: the reward model " + model + " can score no answer to 1 of 1");
        }
    }

    @Test
    void specialTokensThatAreNoneOfTheRewardModelAreRefusedOrTold() {
        RewardPrompt turn = new RewardPrompt("t", "<|turn|>where is the kettle ?<|end|>");
        String problem = "the reward model " + model + " reads <|end|>, <|turn|> in the policy's prompts (the first is"
                + " \"t\") as plain text: its tokenizer does not have these special tokens";
        RewardContext context = context("<|turn|>", "<|end|>", "<|other|>", "<|endoftext|>");
        try (WeightedRewards rewards = RewardSources.open(List.of(spec(model, SpecialTokens.REFUSE)), context)) {
            rewards.check(plan(KETTLE, new RewardPrompt("e", "where is the kettle ?<|endoftext|>")));
            assertThatThrownBy(() -> rewards.check(plan(KETTLE, turn)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("reward model: " + problem + "; take a reward model that was trained with the policy's"
                            + " chat template, or accept what it makes of them with specialTokens: as-text");
        }
        assertThat(told).isEmpty();
        try (WeightedRewards rewards = RewardSources.open(List.of(spec(model, SpecialTokens.AS_TEXT)), context)) {
            rewards.check(plan(KETTLE, turn));
        }
        assertThat(told).containsExactly(problem);
    }

    @Test
    void whatIsNoRewardModelOfOneLabelIsRefusedByName() throws IOException {
        Directories.copyInto(model, Files.createDirectory(directory.resolve("two-labels")));
        Path two = directory.resolve("two-labels/model");
        Path config = two.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config).replaceFirst("\"0\" : \"LABEL_0\"", "\"0\" : \"bad\", \"1\" : \"good\""));
        assertThatThrownBy(() -> open(spec(two, SpecialTokens.REFUSE)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(config.toString())
                .hasMessageContaining("one label, as a model has that scores (found 2 labels)");
        assertThatThrownBy(() -> open(spec(Path.of(inputs.model()), SpecialTokens.REFUSE)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is a language model and scores no answers");
    }

    @Test
    void aModelWhoseWeightsAreNoNumbersEndsTheRun() throws IOException {
        Directories.copyInto(model, Files.createDirectory(directory.resolve("broken")));
        Path broken = directory.resolve("broken/model");
        Files.deleteIfExists(broken.resolve("checksums"));
        Path file = broken.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(bytes.getLong(0));
        int begin = JsonMapper.shared()
                .readTree(new String(bytes.array(), 8, header, StandardCharsets.UTF_8))
                .path("score.weight")
                .path("data_offsets")
                .path(0)
                .asInt();
        bytes.putFloat(8 + header + begin, Float.NaN);
        Files.write(file, bytes.array());
        try (WeightedRewards rewards = open(spec(broken, SpecialTokens.REFUSE))) {
            assertThatThrownBy(() -> rewards.rewards(List.of(group(KETTLE, "i do not know ."))))
                    .isInstanceOf(RewardException.class)
                    .hasMessage("reward model: the reward model gave NaN to an answer that it can read: its weights are"
                            + " damaged, or its numbers run over");
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> open(spec(nowhere, SpecialTokens.REFUSE)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(nowhere.toString());
    }

    @Test
    void sourcesAddUpUnderNamesOfTheirOwn() {
        RewardSourceSpec.Length usual = RewardSourceSpec.Length.DEFAULT;
        try (WeightedRewards rewards = open(
                new RewardSourceSpec.World(2),
                new RewardSourceSpec.Length(10, usual.unit(), 0, 0, usual.side(), 1),
                new RewardSourceSpec.Length(20, usual.unit(), 0, 0, usual.side(), 0.5),
                new RewardSourceSpec.Ended(-1),
                new RewardSourceSpec.Repetition(1, 1),
                new RewardSourceSpec.Exact("is (.*?) \\.", "", RewardSourceSpec.Exact.DEFAULT.letters(), 1),
                new RewardSourceSpec.Pattern("door", RewardSourceSpec.Pattern.DEFAULT.match(), 1))) {
            rewards.check(plan(KETTLE));
            // 26 characters, which group() counts as tokens.
            GroupRewards scored = rewards.rewards(List.of(group(KETTLE, "the kettle is by the door.", "")));
            assertThat(scored.names())
                    .containsExactly("world", "length", "length-2", "ended", "repetition", "exact", "pattern");
            assertThat(scored.score(1, 0, 0)).isEqualTo(-1);
            assertThat(scored.score(2, 0, 0)).isEqualTo(-0.3);
            assertThat(scored.score(4, 0, 0)).isCloseTo(-1 / 6., within(1e-12));
            assertThat(scored.score(5, 0, 0)).isZero();
            assertThat(scored.score(6, 0, 0)).isEqualTo(1);
            assertThat(scored.total(0, 1)).isEqualTo(-1 - 0.5 + 1);
            assertThatThrownBy(() -> rewards.check(plan(KETTLE, COAT)))
                    .hasMessage(
                            "reward exact: prompt \"c\": the row has no expected answer, which exact compares with");
        }
    }

    @Test
    void aJudgeComparesAnswersOfOnePrompt() {
        try (JudgeServer server = new JudgeServer(JudgeServer.LONGER);
                WeightedRewards rewards = open(judge(server.url()))) {
            rewards.check(plan(KETTLE));
            assertThat(told).singleElement().asString().startsWith("Judge judge-1 at ");
            GroupRewards scored = rewards.rewards(List.of(group(KETTLE, "aa", "a", "aaa", "bb")));
            assertThat(scored.totals(0)).containsExactly(0.5, 0, 1, 0.5);
            // Six pairs in both orders; replies are kept for the next time.
            assertThat(server.requests()).hasSize(12);
            rewards.rewards(List.of(group(KETTLE, "aa", "a", "aaa", "bb")));
            assertThat(server.requests()).hasSize(12);
            assertThat(rewards.account()).isNotEmpty().allMatch(line -> line.startsWith("judge: "));
        }
        try (JudgeServer server = new JudgeServer((_, _) -> JudgeServer.Response.status(401, "who are you"));
                WeightedRewards rewards = open(judge(server.url()))) {
            assertThatThrownBy(() -> rewards.rewards(List.of(group(KETTLE, "cc", "c"))))
                    .isInstanceOf(RewardException.class)
                    .hasMessageStartingWith("reward judge: the judge was given up: the endpoint answered 401");
        }
    }

    private static RewardSourceSpec.Judge judge(String url) {
        EndpointSection usual = EndpointSection.DEFAULT;
        return new RewardSourceSpec.Judge(
                new EndpointSection(url, "judge-1", "", "", "", usual.parallel(), 20, 0, 0, 0, ""), 1);
    }

    @Test
    void whatIsMissingIsSaidTogetherAndWhatWasOpenedIsClosed() {
        assertThatThrownBy(() -> open(
                        RewardSourceSpec.Model.DEFAULT,
                        RewardSourceSpec.World.DEFAULT,
                        RewardSourceSpec.Length.DEFAULT,
                        RewardSourceSpec.Pattern.DEFAULT,
                        RewardSourceSpec.Judge.DEFAULT))
                .isInstanceOf(RecipeException.class)
                .hasMessageContainingAll(
                        "rewards[0].path: must be given (a reward model)",
                        "rewards[2].target: must be given (a length, in tokens)",
                        "rewards[3].pattern: must be given (a regular expression)",
                        "rewards[4].endpoint.url: must be given",
                        "rewards[4].endpoint.model: must be given");
        assertThatThrownBy(this::open).hasMessageContaining("rewards: at least one source of rewards must be given");
        EndpointSection usual = EndpointSection.DEFAULT;
        assertThatThrownBy(() -> open(
                        spec(model, SpecialTokens.REFUSE),
                        new RewardSourceSpec.Judge(
                                new EndpointSection(
                                        "http://h", "m", "NO_SUCH_KEY_HERE", "", "", usual.parallel(), 20, 0, 0, 0, ""),
                                1)))
                .hasMessage("rewards[1].endpoint.keyEnv: the environment variable NO_SUCH_KEY_HERE is not set");
        assertThat(numOpened).hasValue(1);
    }

    @Test
    void rowsNeedARightAnswerWhereOneIsComparedWith() {
        assertThat(RewardSources.expected(List.of(RewardSourceSpec.World.DEFAULT)))
                .isEqualTo(ExpectedAnswer.Reading.NOT_READ);
        assertThat(RewardSources.expected(List.of(RewardSourceSpec.World.DEFAULT, RewardSourceSpec.Exact.DEFAULT)))
                .isEqualTo(ExpectedAnswer.Reading.REQUIRED);
    }
}
