package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.Directories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `world`, `generate`, `chat` and `evaluate` on the controlled world, with a small model.
class EvaluationCommandsTest {

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));
    private static String trained = "";

    @BeforeAll
    static void makeModels() throws IOException {
        inputs = WorldInputs.in(directory, 2, "--texts", "300", "--pairs", "40", "--evaluation", "12");
        trained = inputs.at("run/model");
        Invocation.succeed(inputs.sft(
                "run",
                "--steps",
                "40",
                "--batch-size",
                "16",
                "--learning-rate",
                "1e-2",
                "--set",
                "train.warmupSteps=5"));
    }

    @Test
    void answersOfAnotherCommandAreNotReplaced() throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        Path answers = Files.writeString(own.resolve("answers.jsonl"), "{}\n");
        Invocation refused = Invocation.of(
                "evaluate",
                "--model",
                trained,
                "--data",
                inputs.evaluation(),
                "--judge",
                "world",
                "--out",
                own.toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .isEqualTo("betatron: " + answers + " is not of an evaluation, which leaves report.json beside it, and"
                        + " would be replaced: move it away, or choose another directory\n");
        assertThat(answers).hasContent("{}");
    }

    @Test
    void generateIsReproducibleWhateverTheBatchSize() throws IOException {
        String[] names = {"one.jsonl", "many.jsonl"};
        for (int i = 0; i < 2; i++) {
            String out = Invocation.succeed(
                    "generate",
                    "--model",
                    trained,
                    "--prompts",
                    inputs.evaluation(),
                    "--samples",
                    "3",
                    "--temperature",
                    "1",
                    "--top-p",
                    "0.95",
                    "--max-new-tokens",
                    "40",
                    "--batch-size",
                    i == 0 ? "1" : "11",
                    "--out",
                    directory.resolve(names[i]).toString());
            assertThat(out)
                    .contains(
                            "rows: 12 read, 12 kept, 0 dropped\n",
                            "\n36 answers written to " + directory.resolve(names[i]) + ": ");
        }
        List<String> one = Files.readAllLines(directory.resolve(names[0]));
        List<String> many = Files.readAllLines(directory.resolve(names[1]));
        assertThat(one).hasSize(36);
        // Answers are written as they are complete: the order depends on the batch, the answers do not.
        assertThat(many).containsExactlyInAnyOrderElementsOf(one);
        JsonNode line = JsonMapper.shared().readTree(one.getFirst());
        assertThat(line.propertyNames()).containsExactly("id", "sample", "prompt", "completion", "tokens", "end");
        assertThat(line.path("id").asString()).isEqualTo("evaluation-0");
    }

    @Test
    void evaluateCountsWinsOfTheTrainedModel() throws IOException {
        String report = directory.resolve("report").toString();
        String out = Invocation.succeed(inputs.evaluate(
                trained,
                inputs.evaluation(),
                "world",
                "--against",
                inputs.model(),
                "--temperature",
                "0,1",
                "--samples",
                "4",
                "--max-new-tokens",
                "40",
                "--out",
                report));
        assertThat(out)
                .contains(
                        "Temperature 0.0: 12 answers to 12 prompts",
                        "Temperature 1.0: 48 answers to 12 prompts",
                        "win rate",
                        "length-controlled",
                        "KL, nats");
        JsonNode root = JsonMapper.shared().readTree(Files.readString(Path.of(report, "report.json")));
        JsonNode drawn = root.path("reports").get(1);
        // Whatever sentences it learned in forty steps, random words are worse.
        assertThat(drawn.path("winRate").path("value").asDouble()).isGreaterThan(0.8);
        assertThat(drawn.path("score").path("value").asDouble())
                .isGreaterThan(drawn.path("opponentScore").path("value").asDouble() + 1);
        assertThat(drawn.path("kl").path("low").asDouble()).isGreaterThan(1);
        List<String> answers = Files.readAllLines(Path.of(report, "answers.jsonl"));
        assertThat(answers).hasSize(60);
        long wins = answers.stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.path("temperature").asDouble() == 1
                        && line.path("outcome").asString().equals("win"))
                .count();
        assertThat(wins / 48.0).isEqualTo(drawn.path("win").path("value").asDouble());
    }

    @Test
    void evaluateAgainstItselfHasNoDivergence() {
        String out = Invocation.succeed(inputs.evaluate(
                trained,
                inputs.evaluation(),
                "world",
                "--against",
                trained,
                "--temperature",
                "0,1",
                "--max-new-tokens",
                "40"));
        assertThat(out).contains("tie                100.0 %").contains("KL, nats             0.00   (0.00 to 0.00)");
    }

    /// At 1 a mixture answers as the model, at 0 as its reference, and what is between is somewhere
    /// else.
    @Test
    void realignMeasuresAModelBetweenItsReferenceAndBeyond() throws IOException {
        Path out = directory.resolve("realigned");
        String[] command = {
            "realign",
            "--model",
            trained,
            "--reference",
            inputs.model(),
            "--data",
            inputs.evaluation(),
            "--judge",
            "world",
            "--lambda",
            "1,0,0.5",
            "--max-new-tokens",
            "20",
            "--out",
            out.toString()
        };
        String first = Invocation.succeed(command);
        assertThat(first).contains("\nBest: lambda ", "true reward", "Report: " + out.resolve("REPORT.md"));
        List<String> points = Files.readAllLines(out.resolve("results.jsonl"));
        assertThat(points).extracting(line -> number(line, "lambda")).containsExactly(0.0, 0.5, 1.0);
        assertThat(points).extracting(line -> divergence(line) > 1e-6).containsExactly(false, true, true);

        String alone = directory.resolve("alone").toString();
        Invocation.succeed(inputs.evaluate(
                trained,
                inputs.evaluation(),
                "world",
                "--against",
                inputs.model(),
                "--temperature",
                "1",
                "--max-new-tokens",
                "20",
                "--out",
                alone));
        assertThat(out.resolve("lambda-1/answers.jsonl"))
                .hasSameTextualContentAs(directory.resolve("alone/answers.jsonl"));

        String report = Files.readString(out.resolve("REPORT.md"));
        assertThat(report).contains("| 0.5 | ", "realign.svg", "--realign ");
        Invocation.succeed(command);
        assertThat(out.resolve("REPORT.md")).hasContent(report);
    }

    private static double number(String line, String field) {
        return JsonMapper.shared().readTree(line).path(field).asDouble();
    }

    private static double divergence(String line) {
        return JsonMapper.shared().readTree(line).path("kl").path("value").asDouble();
    }

    @Test
    void whatRealignCannotDoIsSaidBeforeAnythingIsMeasured() {
        String[] command = {
            "realign",
            "--model",
            trained,
            "--data",
            inputs.evaluation(),
            "--judge",
            "world",
            "--out",
            directory.resolve("never").toString()
        };
        assertThat(Invocation.of(command).err()).contains("name the model that it was aligned from with --reference");
        List<String> more = new ArrayList<>(List.of(command));
        more.addAll(List.of("--reference", inputs.model(), "--lambda"));
        for (String wrong : List.of("-1", "0.5,0.5", "NaN")) {
            List<String> each = new ArrayList<>(more);
            each.add(wrong);
            Invocation refused = Invocation.of(each.toArray(String[]::new));
            assertThat(refused.exitCode()).as(wrong).isEqualTo(2);
            assertThat(refused.err()).as(wrong).contains("ambda");
        }
        assertThat(directory.resolve("never")).doesNotExist();
    }

    @Test
    void chatAnswersRealigned() {
        String asked = "where is the kettle ?\n/quit\n";
        String[] mixed = {"--plain", "--temperature", "0", "--reference", inputs.model(), "--realign"};
        String model = typed(asked, "--plain", "--temperature", "0");
        List<String> answers = new ArrayList<>();
        for (String lambda : List.of("1", "0")) {
            List<String> options = new ArrayList<>(List.of(mixed));
            options.add(lambda);
            answers.add(typed(asked, options.toArray(String[]::new)));
        }
        assertThat(answers.getFirst()).endsWith(model.substring(2)).contains("Lambda 1: logits of");
        assertThat(answers.getLast()).doesNotEndWith(model.substring(2));
    }

    @Test
    void evaluateAgainstTheChosenAnswers() {
        String out = Invocation.succeed(inputs.evaluate(
                inputs.model(), inputs.evaluation(), "world", "--limit", "5", "--max-new-tokens", "40"));
        assertThat(out)
                .contains("Temperature 0.0: 5 answers to 5 prompts against chosen", "loss")
                .doesNotContain("KL");
    }

    @Test
    void chatShowsAnswersAsTheyAreWritten() {
        String prompt = "where is the kettle ?";
        String answer = Invocation.succeed("generate", "--model", trained, "--prompt", prompt, "--max-new-tokens", "20")
                .strip();
        String out = typed(prompt + "\n\n/quit\nnever read\n", "--plain", "--temperature", "0");
        assertThat(out).isEqualTo("> " + answer + "\n> > \n");
        assertThat(typed("hello\nagain\n/new\nhello\n", "--temperature", "0"))
                .startsWith("> ")
                .contains("\n> ");
    }

    @Test
    void chatKnowsItsCommands() {
        assertThat(typed("/help\n/exit\nnever read\n"))
                .startsWith("> /reset (or /new)   begins a new dialogue\n")
                .contains("/exit (or /quit)   ends\n> \n");
        assertThat(typed("/bye\n")).startsWith("> (/bye is no command; /help shows those that are.)\n");
        assertThat(typed("/system be kind\n", "--plain"))
                .startsWith("> (Without a chat template there are no system messages.)\n");
        // After a reset the same question has the same answer.
        String once = typed("where is the kettle ?\n", "--temperature", "0");
        String first = once.substring(0, once.length() - 1);
        assertThat(typed("where is the kettle ?\n/reset\nwhere is the kettle ?\n", "--temperature", "0"))
                .isEqualTo(first + "> " + first.substring(2) + "\n");
    }

    /// A model with a chat template is asked with it, unless what it is given is to be continued as
    /// it is.
    @Test
    void generateAsksAChatModelAsOne() throws IOException {
        Path chat = directory.resolve("chat-model");
        Directories.copyInto(Path.of(trained), directory.resolve("copied"));
        Files.move(directory.resolve("copied").resolve(Path.of(trained).getFileName()), chat);
        Files.writeString(
                chat.resolve("chat_template.jinja"), "{% for m in messages %}<{{ m.content }}>{% endfor %} kettle");
        String[] texts = {"--max-new-tokens", "8", "--out"};
        for (String raw : List.of("", "--raw")) {
            Path out = directory.resolve("asked" + raw + ".jsonl");
            List<String> arguments =
                    new ArrayList<>(List.of("generate", "--model", chat.toString(), "--prompt", "where"));
            arguments.addAll(List.of(texts));
            arguments.add(out.toString());
            if (!raw.isEmpty()) {
                arguments.add(raw);
            }
            Invocation.succeed(arguments.toArray(String[]::new));
            assertThat(Files.readString(out))
                    .contains(raw.isEmpty() ? "\"prompt\":\"<where> kettle\"" : "\"prompt\":\"where\"");
        }
    }

    private static String typed(String text, String... options) {
        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        try {
            String[] arguments = new String[options.length + 5];
            System.arraycopy(new String[] {"chat", "--model", trained, "--max-new-tokens", "20"}, 0, arguments, 0, 5);
            System.arraycopy(options, 0, arguments, 5, options.length);
            return Invocation.succeed(arguments);
        } finally {
            System.setIn(in);
        }
    }

    @Test
    void promptThatIsTooLongIsRefusedOrLeftOut() throws IOException {
        String tooLong = "kettle ".repeat(128).strip();
        assertFails(
                "the prompt has 128 tokens, which leaves no room in the model's 128 positions; shorten it",
                "generate",
                "--model",
                inputs.model(),
                "--prompt",
                tooLong);
        String answers = "\"chosen\": \"i do not know .\", \"rejected\": \"x\"}\n";
        String longRow = "{\"id\": \"a\", \"prompt\": \"" + tooLong + "\", " + answers;
        Path only = Files.writeString(directory.resolve("long.jsonl"), longRow);
        Invocation invocation = evaluate(only);
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err())
                .isEqualTo("betatron: no prompt is left to answer: all 1 fill the model's 128 positions\n");
        Path mixed = Files.writeString(
                directory.resolve("mixed.jsonl"), longRow + "{\"prompt\": \"where is the kettle ?\", " + answers);
        Invocation left = evaluate(mixed);
        assertThat(left.exitCode()).isZero();
        assertThat(left.out())
                .contains(
                        "\n1 of 2 prompts fill the model's 128 positions and are left out: a\n",
                        "1 answers to 1 prompts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n"})
    void emptyEvaluationSetIsRefused(String content) throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.jsonl"), content);
        assertThat(evaluate(empty).err()).isEqualTo("betatron: " + empty + ": has no rows\n");
    }

    @Test
    void modelWithoutAnEndTokenIsRefused() throws IOException {
        Path broken = Files.createDirectories(directory.resolve("endless"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(Path.of(inputs.model(), name), broken.resolve(name));
        }
        Files.writeString(
                broken.resolve("tokenizer.json"),
                Files.readString(broken.resolve("tokenizer.json")).replace("<|endoftext|>", "<other>"));
        Files.writeString(
                broken.resolve("config.json"),
                Files.readString(broken.resolve("config.json")).replace("eos_token_id", "was_token_id"));
        assertFails(
                broken + ": no token ends an answer: set \"eos_token\" in tokenizer_config.json",
                "generate",
                "--model",
                broken.toString(),
                "--prompt",
                "a");
    }

    @Test
    void promptsThatTheJudgeDoesNotKnowAreRefusedBeforeAnythingIsWritten() throws IOException {
        Path other = Files.writeString(
                directory.resolve("other.jsonl"),
                "{\"prompt\": \"who am i ?\", \"chosen\": \"you\", \"rejected\": \"me\"}\n");
        Invocation invocation = evaluate(other);
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.out()).isEqualTo(other + " (prompts of PAIRS)\nrows: 1 read, 1 kept, 0 dropped\n");
        assertThat(invocation.err())
                .startsWith("betatron: the reward of the controlled world is known for its own questions only")
                .hasLineCount(1);
    }

    @Test
    void promptsWithoutChosenAnswersNeedAnOpponent() {
        Invocation invocation = evaluate(Path.of(inputs.world(), "sft.jsonl"));
        assertThat(invocation.err())
                .isEqualTo("betatron: row text-0 has no \"chosen\" answer to compare with; give the opponent with"
                        + " --against DIR\n");
    }

    @Test
    void settingsOutOfRangeAreOneLine() {
        assertFails("flips must be in [0, 1] but was 2.0", "world", inputs.world(), "--flips", "2");
        assertFails(
                "topP must be in (0, 1] but was 0.0",
                "generate",
                "--model",
                inputs.model(),
                "--prompt",
                "a",
                "--top-p",
                "0");
        Invocation none = Invocation.of("generate", "--model", inputs.model());
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).startsWith("betatron: either --prompt TEXT or --prompts FILE must be given\n");
    }

    private static Invocation evaluate(Path data) {
        return Invocation.of(inputs.evaluate(inputs.model(), data.toString(), "world"));
    }

    private static void assertFails(String message, String... arguments) {
        Invocation invocation = Invocation.of(arguments);
        assertThat(invocation.err()).isEqualTo("betatron: " + message + "\n");
        assertThat(invocation.exitCode()).isEqualTo(2);
    }
}
