package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How `generate --prompts`, `evaluate` and `score` read rows whose fields have other names, with bad ones among
/// them.
class PromptRowsTest {

    private static final String[] READING = {
        "--field", "prompt=ask.text", "--field", "chosen=good", "--field", "rejected=bad", "--on-bad-row", "drop"
    };

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));
    private static Path renamed = Path.of("");

    /// Four questions of the world, with a broken line and an answer that is null behind the second.
    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "20", "--pairs", "20", "--evaluation", "4");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(inputs.evaluation()))) {
            JsonNode row = JsonMapper.shared().readTree(line);
            ObjectNode other = JsonMapper.shared().createObjectNode();
            other.put("id", row.path("id").asString())
                    .put("good", row.path("chosen").asString())
                    .put("bad", row.path("rejected").asString())
                    .putObject("ask")
                    .put("text", row.path("prompt").asString());
            lines.add(other.put("seen", true).toString());
        }
        lines.add(2, "{\"id\": \"broken\", \"ask\": ");
        lines.add(3, lines.getFirst().replaceFirst("\"good\":\"[^\"]*\"", "\"good\":null"));
        renamed = Files.write(directory.resolve("renamed.jsonl"), lines);
    }

    private static String counts() {
        return """
                %s (prompts of PAIRS)
                rows: 6 read, 4 kept, 2 dropped
                  dropped 2: cannot be read
                    1: "good" must be a string but was null
                    1: every line must be one JSON object: it ends in the middle of a value; a row must not go on in the\
                 next line (jq -c . FILE writes each on one)
                fields not used: seen (4)
                """.formatted(renamed);
    }

    private static String[] generate(String... more) {
        return Invocation.arguments(
                List.of(
                        "generate",
                        "--model",
                        inputs.model(),
                        "--prompts",
                        renamed.toString(),
                        "--max-new-tokens",
                        "3"),
                more);
    }

    /// A tokenizer with a token that the model was not made for, which the last of three prompts has.
    @Test
    void promptsWithUnknownTokensAreLeftOutByName() throws IOException {
        Path model = directory.resolve("model-of-fewer");
        FuzzTarget.copy(Path.of(inputs.model()), model);
        Path file = model.resolve("tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
        int size = tokenizer.path("model").path("vocab").size();
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readString(model.resolve("config.json")));
        assertThat(config.path("vocab_size").asInt()).isEqualTo(size);
        tokenizer
                .withArray("added_tokens")
                .addObject()
                .put("id", size)
                .put("content", "<new>")
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        Files.writeString(file, tokenizer.toString());
        String answers = "\"chosen\": \"i do not know .\", \"rejected\": \"x\"}\n";
        Path rows = Files.writeString(
                directory.resolve("unknown.jsonl"),
                "{\"id\": \"a\", \"prompt\": \"where is the kettle ?\", " + answers
                        + "{\"id\": \"b\", \"prompt\": \"where is <new> ?\", " + answers);
        String left = "1 of 2 prompts hold tokens beyond the model's vocabulary of " + size + ", as " + size
                + " (\"<new>\"), and are left out: b\n";

        Invocation printed = Invocation.of("generate", "--model", model.toString(), "--prompts", rows.toString());
        assertThat(printed.exitCode()).isZero();
        assertThat(printed.err()).endsWith(left);
        assertThat(printed.out()).hasLineCount(1);
        assertThat(Invocation.succeed(inputs.evaluate(model.toString(), rows.toString(), "world")))
                .contains(left, "1 answers to 1 prompts");
        Invocation single = Invocation.of("generate", "--model", model.toString(), "--prompt", "where is <new> ?");
        assertThat(single.exitCode()).isEqualTo(2);
        assertThat(single.err())
                .isEqualTo("betatron: the prompt has token " + size + " (\"<new>\"), which is beyond the model's"
                        + " vocabulary of " + size + "; do tokenizer and model belong together?\n");
    }

    @Test
    void generateTellsTheCountsBesideTheAnswers() {
        Invocation printed = Invocation.of(generate(READING));
        assertThat(printed.exitCode()).isZero();
        assertThat(printed.err()).isEqualTo(counts());
        assertThat(printed.out()).hasLineCount(4).doesNotContain("rows:");
    }

    @Test
    void generateAnswersTheSamePromptsAsUnderTheUsualNames() throws IOException {
        Path answers = directory.resolve("answers.jsonl");
        String out = Invocation.succeed(Invocation.arguments(List.of(generate(READING)), "--out", answers.toString()));
        assertThat(out).startsWith(counts() + "4 answers written to " + answers + ": ");
        Path usual = directory.resolve("usual.jsonl");
        Invocation.succeed(
                "generate",
                "--model",
                inputs.model(),
                "--prompts",
                inputs.evaluation(),
                "--max-new-tokens",
                "3",
                "--out",
                usual.toString());
        assertThat(Files.readAllLines(answers)).hasSize(4).containsExactlyElementsOf(Files.readAllLines(usual));
    }

    @Test
    void badRowsAreRefusedUnlessTheyMayBeLeftOut() {
        Invocation refused = Invocation.of(
                generate("--field", "prompt=ask.text", "--field", "chosen=good", "--field", "rejected=bad"));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
                .contains("2 rows cannot be used", "--on-bad-row drop", renamed + ":3: every line must be one JSON")
                .contains(renamed + ":4: \"good\" must be a string but was null");
        Invocation unnamed = Invocation.of(generate());
        assertThat(unnamed.exitCode()).isEqualTo(2);
        assertThat(unnamed.err()).contains("a row of prompts must have \"prompt\"", "--field prompt=NAME");
    }

    @Test
    void optionsOfFilesNeedAFile() {
        Invocation refused = Invocation.of(
                "generate", "--model", inputs.model(), "--prompt", "where is it ?", "--on-bad-row", "drop");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("betatron: --field and --on-bad-row say how files are read: they need --prompts FILE\n");
    }

    @Test
    void evaluateMeasuresTheSamePrompts() throws IOException {
        String report = inputs.at("evaluated");
        String[] settings = {"--temperature", "0", "--max-new-tokens", "3"};
        String out = Invocation.succeed(Invocation.arguments(
                List.of(inputs.evaluate(inputs.model(), renamed.toString(), "world", READING)),
                Invocation.arguments(List.of(settings), "--out", report)));
        String usual = Invocation.succeed(inputs.evaluate(inputs.model(), inputs.evaluation(), "world", settings));
        assertThat(out).startsWith(counts()).contains("4 answers to 4 prompts against chosen");
        assertThat(out.substring(out.indexOf("Temperature"))).isEqualTo(usual.substring(usual.indexOf("Temperature")));
        JsonNode rows = JsonMapper.shared()
                .readTree(Files.readString(Path.of(report, "report.json")))
                .path("rows");
        assertThat(rows.path("numKept").asInt()).isEqualTo(4);
        assertThat(rows.path("dropped").path("UNREADABLE").asInt()).isEqualTo(2);
        assertThat(usual).startsWith(inputs.evaluation() + " (prompts of PAIRS)\nrows: 4 read, 4 kept, 0 dropped\n");
    }

    @Test
    void scoreLeavesOutTheSameRowsAndSaysSo() throws IOException {
        String[] reading = {
            "--set", "data.fields={prompt: ask.text, chosen: good, rejected: bad}", "--set", "data.onBadRow=drop"
        };
        Path scores = directory.resolve("scores.jsonl");
        String out = Invocation.succeed(Invocation.arguments(
                List.of(
                        "score",
                        "--model",
                        inputs.model(),
                        "--reference",
                        inputs.model(),
                        "--data",
                        renamed.toString(),
                        "--out",
                        scores.toString()),
                reading));
        assertThat(out).contains("rows: 6 read, 4 kept, 2 dropped\n  dropped 2: cannot be read\n");
        assertThat(Files.readAllLines(scores)).hasSize(4);
        Invocation.succeed(inputs.reward("reward", "--steps", "1"));
        Path rows = directory.resolve("scored.jsonl");
        out = Invocation.succeed(Invocation.arguments(
                List.of(
                        "score",
                        "--model",
                        inputs.at("reward/model"),
                        "--data",
                        renamed.toString(),
                        "--out",
                        rows.toString()),
                reading));
        assertThat(out).contains("rows: 6 read, 4 kept, 2 dropped\n");
        assertThat(Files.readAllLines(rows))
                .hasSize(4)
                .allMatch(line -> line.contains("\"chosen_score\"") && line.contains("\"ask\""));
    }
}
