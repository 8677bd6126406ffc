package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.core.files.Checksums;
import org.betatron.testkit.JudgeServer;
import org.betatron.testkit.JudgeServer.Response;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `evaluate --judge endpoint` against a real server that plays good and bad endpoints.
class EndpointJudgeCommandTest {

    @TempDir
    private static Path directory = Path.of("");

    @TempDir
    private Path out = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));

    @BeforeAll
    static void makeModel() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "50", "--pairs", "10", "--evaluation", "6");
    }

    private Invocation evaluate(String url, String... options) {
        List<String> first = List.of(
                "--temperature",
                "0,1",
                "--max-new-tokens",
                "10",
                "--judge-url",
                url,
                "--judge-model",
                "judge-1",
                "--judge-retries",
                "0",
                "--out",
                out.toString());
        return Invocation.of(
                inputs.evaluate(inputs.model(), inputs.evaluation(), "endpoint", Invocation.arguments(first, options)));
    }

    private JsonNode report() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(out.resolve("report.json")));
    }

    private List<Path> written() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.getFileName().toString().matches("written-.*[.]jsonl"))
                    .toList();
        }
    }

    private List<JsonNode> answers() throws IOException {
        return Files.readAllLines(out.resolve("answers.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @Test
    void costIsSaidAndAgreedToBeforeAnythingIsWritten() {
        try (JudgeServer server = new JudgeServer(JudgeServer.LONGER)) {
            Invocation invocation = evaluate(server.url(), "--judge-price", "3,15");
            assertThat(invocation.exitCode()).isEqualTo(2);
            assertThat(invocation.err())
                    .startsWith(
                            "betatron: nothing was written or sent yet: the judge would be asked at most 24 requests")
                    .contains(", cost 0.")
                    .endsWith("; add --yes to go on\n");
            assertThat(server.requests()).isEmpty();
            assertThat(out).isEmptyDirectory();
        }
    }

    @Test
    void repliesAreInTheOutputAndASecondRunAsksNothing() throws IOException {
        String first;
        String url;
        try (JudgeServer server = new JudgeServer(JudgeServer.LONGER)) {
            url = server.url();
            Invocation invocation = evaluate(url, "--yes");
            assertThat(invocation.err()).isEmpty();
            assertThat(invocation.out())
                    .contains("win rate", "24 requests answered, 0 more from earlier runs; 240 tokens in, 48 out")
                    .doesNotContain("PARTIAL", "score", "NaN");
            first = Files.readString(out.resolve("report.json"));
            assertThat(server.requests()).hasSize(24);
        }
        assertThat(answers()).hasSize(12).allSatisfy(answer -> {
            boolean longer = answer.path("answer").asString().length()
                    > answer.path("opponent").asString().length();
            assertThat(answer.path("outcome").asString()).isEqualTo(longer ? "win" : "loss");
            assertThat(answer.path("replies")).hasSize(2);
            assertThat(answer.path("replies").get(0).asString()).startsWith("They differ in length.");
        });
        assertThat(report().path("partial").asBoolean()).isFalse();
        // The server is gone by now, and what was written is found.
        List<Path> written = written();
        assertThat(written).hasSize(2);
        List<String> lines = Files.readAllLines(written.getFirst());
        assertThat(lines).hasSize(6);
        Invocation again = evaluate(url, "--yes");
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("0 requests answered, 24 more from earlier runs");
        JsonNode reports = JsonMapper.shared().readTree(first).path("reports");
        assertThat(report().path("reports")).isEqualTo(reports);
        // Proof that answers are not generated again: what stands in the file is judged, if its checksum says so.
        Path answers = written.getFirst();
        String before = Checksums.of(answers);
        Files.write(
                answers,
                lines.stream()
                        .map(line -> line.replaceFirst("\"text\":\"[^\"]*\"", "\"text\":\"typed by hand\""))
                        .toList());
        assertThat(evaluate(url, "--yes").err()).contains(answers + " has other bytes than were written");
        Path settings = answers.resolveSibling(answers.getFileName().toString().replace(".jsonl", ".settings.json"));
        Files.writeString(settings, Files.readString(settings).replace(before, Checksums.of(answers)));
        evaluate(url, "--yes");
        assertThat(answers())
                .filteredOn(answer -> answer.path("answer").asString().equals("typed by hand"))
                .hasSize(6);
    }

    @Test
    void whatWasJudgedBeforeTheServerFailedIsAPartialReport() throws IOException {
        try (JudgeServer server = new JudgeServer((number, request) ->
                number < 10 ? JudgeServer.LONGER.answer(number, request) : Response.status(503, "overloaded"))) {
            Invocation invocation = evaluate(server.url(), "--yes", "--judge-parallel", "1");
            assertThat(invocation.exitCode()).isEqualTo(1);
            assertThat(invocation.out())
                    .contains(
                            "Temperature 0.0: 5 answers to 6 prompts",
                            "PARTIAL: 7 of 12 comparisons have no verdict",
                            "  the endpoint answered 503: overloaded",
                            "10 requests answered");
            assertThat(invocation.err())
                    .isEqualTo("betatron: the judge was given up: the endpoint answered 503: overloaded; what it"
                            + " answered is kept, and the same command goes on where it stopped\n");
            assertThat(report().path("partial").asBoolean()).isTrue();
            assertThat(answers())
                    .hasSize(12)
                    .filteredOn(answer -> answer.path("outcome").asString().equals("undecided"))
                    .hasSize(7)
                    .allSatisfy(answer ->
                            assertThat(answer.path("answer").isString()).isTrue());

            server.become(JudgeServer.LONGER);
            assertThat(evaluate(server.url(), "--yes").out())
                    .contains("14 requests answered, 10 more from earlier runs")
                    .doesNotContain("PARTIAL");
        }
    }

    @Test
    void judgeThatSaysNothingUsefulLeavesAPartialReport() throws IOException {
        try (JudgeServer server = new JudgeServer((_, _) -> Response.completion("Well."))) {
            Invocation invocation = evaluate(server.url(), "--yes");
            assertThat(invocation.exitCode()).isEqualTo(1);
            assertThat(invocation.err()).startsWith("betatron: no comparison has a verdict: the judge's reply");
            assertThat(invocation.out())
                    .contains(
                            "PARTIAL: 12 of 12 comparisons have no verdict",
                            "the judge's reply holds no one verdict [[A]], [[B]] or [[tie]]")
                    .doesNotContain("win rate", "NaN");
            assertThat(answers())
                    .hasSize(12)
                    .allSatisfy(answer ->
                            assertThat(answer.path("replies").get(1).asString()).isEqualTo("Well."));
        }
    }

    @Test
    void endpointThatIsDownIsOneLineBeforeAnythingIsWritten() {
        String url;
        try (JudgeServer server = new JudgeServer(JudgeServer.LONGER)) {
            url = server.url();
        }
        Invocation invocation = evaluate(url, "--yes");
        assertThat(invocation.exitCode()).isEqualTo(1);
        assertThat(invocation.err())
                .isEqualTo("betatron: the judge cannot be asked, and nothing was written yet: no connection to " + url
                        + "/chat/completions; is the server running there?\n");
        assertThat(out).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--judge-key-env NO_SUCH_KEY | --judge-key-env: the environment variable NO_SUCH_KEY is not set",
                "--judge-parameters [1] | --judge-parameters must be a JSON object but was [1]",
                "--judge-parameters {\"stream\":true} | the judge's parameters must not set 'stream', which is set already",
                "--judge-parallel 0 | parallel requests must be in [1, 1000] but were 0",
                "--judge-price 1 | --judge-price must be two numbers, IN,OUT, but was [1.0]",
                "--judge-template missing.txt | cannot read the judge's template missing.txt: no such file: missing.txt",
            })
    void wrongSettingsAreOneLine(String options, String message) {
        Invocation invocation = evaluate("http://127.0.0.1:9/v1", options.split(" "));
        assertThat(invocation.err()).startsWith("betatron: " + message + "\n");
    }

    @Test
    void urlThatIsNoneIsOneLine() {
        assertThat(evaluate("ftp://host", "--yes").err())
                .isEqualTo("betatron: the judge's URL must look like https://host/v1 but was 'ftp://host'\n");
    }

    @Test
    void optionsOfAnotherJudgeAreRefused() {
        assertRefused("--judge-model has no effect with this judge", "world", "--judge-model", "judge-1");
        assertRefused("--yes has no effect with this judge", "reward", "--reward-model", "m", "--yes");
        assertRefused("--reward-model has no effect with this judge", "endpoint", "--reward-model", "m");
    }

    @Test
    void missingOptionsAreNamed() {
        assertRefused(
                "--judge endpoint needs --out DIR or --judge-cache DIR, to keep the judge's replies: a second run then"
                        + " pays for nothing twice",
                "endpoint",
                "--judge-model",
                "judge-1",
                "--judge-url",
                "http://127.0.0.1:9");
        assertRefused("--judge endpoint needs --judge-url URL", "endpoint", "--out", out.toString());
        assertRefused("--judge reward needs --reward-model DIR", "reward");
    }

    private static void assertRefused(String message, String judge, String... options) {
        Invocation invocation = Invocation.of(inputs.evaluate("m", "d", judge, options));
        assertThat(invocation.err()).isEqualTo("betatron: " + message + "\nSee: betatron evaluate --help\n");
        assertThat(invocation.exitCode()).isEqualTo(2);
    }
}
