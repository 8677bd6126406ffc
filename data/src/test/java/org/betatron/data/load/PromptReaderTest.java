package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.source.FieldMap;
import org.betatron.data.template.ChatTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptReaderTest {

    private static final ChatTemplate PLAIN = ChatTemplate.humanAssistant();

    /// Two that cannot be read among two that can.
    private static final String NESTED = """
            {"id": "a", "info": {"q": "Where?"}, "votes": 3}
            {"id": "b", "info": {"q":
            {"id": "c", "info": {"q": null}}
            {"id": "d", "info": {"q": "When?"}}
            """;

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("x.jsonl"), text);
    }

    private static PromptReader reader(OnBadRow onBadRow, Map<String, String> fields, ChatTemplate... templates) {
        return new PromptReader(
                List.of(templates),
                PromptStyle.AS_WRITTEN,
                new RowRules(new FieldMap(fields), onBadRow, Set.of("note"), Set.of()));
    }

    @Test
    void promptsStandWhereTheRulesSayAndBadRowsAreCounted() throws IOException {
        Path file = file(NESTED);
        PromptSet read =
                reader(OnBadRow.DROP, Map.of("prompt", "info.q"), PLAIN).read(List.of(file));
        assertThat(read.of(0)).containsExactly(new PromptRow("a", "Where?", null), new PromptRow("d", "When?", null));
        assertThat(read.report().text()).isEqualTo("""
                        %s (prompts)
                        rows: 4 read, 2 kept, 2 dropped
                          dropped 2: cannot be read
                            1: a row of prompts must have "info.q" but had the fields [id, info]; where it has another\
                         name, --field prompt=NAME says which
                            1: every line must be one JSON object: it ends in the middle of a value; a row must not\
                         go on in the next line (jq -c . FILE writes each on one)
                        fields not used: votes (1)
                        """.formatted(file));
    }

    @Test
    void allBadRowsAreNamedTogether() throws IOException {
        Path file = file(NESTED);
        PromptReader reader = reader(OnBadRow.REFUSE, Map.of("prompt", "info.q"), PLAIN);
        DataException refused = catchThrowableOfType(DataException.class, () -> reader.read(List.of(file)));
        assertThat(refused).hasMessageStartingWith("2 rows cannot be used (").hasMessageContaining("--on-bad-row drop");
        assertThat(refused.details()).hasSize(2);
        assertThat(refused.details().getFirst()).startsWith(file + ":2: every line must be one JSON object");
        assertThat(refused.details().getLast()).startsWith(file + ":3: a row of prompts must have \"info.q\"");
    }

    @Test
    void nothingThatIsLeftOutGoesUnsaid() throws IOException {
        Path file = file("""
                {"id": "a", "prompt": "p", "response_a": "x", "response_b": "y", "winner": "model_b"}
                {"id": "b", "prompt": "q", "response_a": "x", "response_b": "y", "winner": "tie"}
                """);
        PromptSet read = reader(OnBadRow.REFUSE, Map.of(), PLAIN).read(List.of(file));
        assertThat(read.of(0)).containsExactly(new PromptRow("a", "p", "y"));
        assertThat(read.report().dropped()).isEqualTo(Map.of(DropReason.UNDECIDED, 1));
        assertThat(read.report().numRead()).isEqualTo(2);
    }

    /// A pair without an answer does not make the pairs behind it lose theirs; equal answers do no
    /// harm.
    @Test
    void chosenAnswersAreReadWhateverTheFirstRowIs() throws IOException {
        Path file = file("""
                {"id": "a", "prompt": "p", "chosen": null, "rejected": "b"}
                {"id": "b", "prompt": "q", "chosen": "same", "rejected": "same"}
                """);
        PromptSet read = reader(OnBadRow.REFUSE, Map.of(), PLAIN).read(List.of(file));
        assertThat(read.of(0)).containsExactly(new PromptRow("a", "p", null), new PromptRow("b", "q", "same"));
    }

    @Test
    void whatDoesNotReachTheModelIsRefusedUnlessItDoesNotMatter() throws IOException {
        String pair = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"%s\": \"Be brief\"}\n";
        Path said = file(pair.formatted("context"));
        PromptReader reader = reader(OnBadRow.REFUSE, Map.of(), PLAIN);
        assertThatThrownBy(() -> reader.read(List.of(said)))
                .hasMessageStartingWith(said + ":1: \"context\" says something that does not reach the model");
        Path noted = file(pair.formatted("note"));
        assertThat(reader.read(List.of(noted)).report().unusedFields()).isEqualTo(Map.of("note", 1));
    }

    /// What is compared is what is said; calls have no text of their own, so they stay as they are
    /// written.
    @Test
    void chosenAnswersEndWithWhatIsSaid() throws IOException {
        ChatTemplate turns = ChatTemplate.of(
                "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{% if m.tool_calls %}"
                        + "{{ m.tool_calls | tojson }}{% endif %}<end>\n{% endfor %}"
                        + "{% if add_generation_prompt %}<assistant>{% endif %}",
                Map.of(), "turns");
        String call = "[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":{}}}]";
        Path file = file("""
                {"prompt": [{"role": "user", "content": "?"}], "chosen": [{"role": "assistant", "content": " a, b "}],                 "rejected": [{"role": "assistant", "content": "c"}]}
                {"prompt": [{"role": "user", "content": "?"}], "chosen": [{"role": "assistant", "content": "a",                 "tool_calls": %s}], "rejected": [{"role": "assistant", "content": "c"}]}
                {"prompt": "?", "chosen": " a ", "rejected": "c"}
                """.formatted(call));
        assertThat(reader(OnBadRow.REFUSE, Map.of(), turns).read(List.of(file)).of(0))
                .extracting(PromptRow::chosen)
                .containsExactly(
                        "a, b",
                        "a[{\"type\": \"function\", \"function\": {\"name\": \"look\", \"arguments\": {}}}]<end>\n",
                        "a");
    }

    @Test
    void rowsOfTwoModelsStayTheSame() throws IOException {
        // This one has no place for a system message.
        ChatTemplate users = ChatTemplate.of(
                "{% for m in messages %}{% if m.role != 'system' %}<{{ m.content }}>{% endif %}{% endfor %}",
                Map.of(), "users");
        ChatTemplate all = ChatTemplate.of("{% for m in messages %}[{{ m.content }}]{% endfor %}", Map.of(), "all");
        Path file = file("""
                {"id": "a", "prompt": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Who?"}]}
                {"id": "b", "prompt": [{"role": "user", "content": "What?"}]}
                """);
        PromptSet read = reader(OnBadRow.DROP, Map.of(), all, users).read(List.of(file));
        assertThat(read.of(0)).containsExactly(new PromptRow("b", "[What?]", null));
        assertThat(read.of(1)).containsExactly(new PromptRow("b", "<What?>", null));
        assertThat(read.report().numDropped()).isEqualTo(1);
        assertThat(reader(OnBadRow.DROP, Map.of(), all).read(List.of(file)).of(0))
                .hasSize(2);
    }

    @Test
    void noRowThatIsLeftIsAnError() throws IOException {
        Path file = file("""
                {"prompt": [{"role": "user", "content": 1}]}
                """);
        assertThatThrownBy(() -> reader(OnBadRow.DROP, Map.of(), PLAIN).read(List.of(file)))
                .hasMessage("[" + file + "]: none of the 1 rows can be used: 1 × cannot be read");
    }

    private static PromptReader expecting(Map<String, String> fields) {
        return new PromptReader(
                List.of(PLAIN),
                PromptStyle.AS_WRITTEN,
                new RowRules(new FieldMap(fields), OnBadRow.REFUSE, Set.of(), Set.of()),
                ExpectedAnswer.Reading.REQUIRED);
    }

    @Test
    void expectedAnswersStandUnderUsualNames() throws IOException {
        Path file = file("""
                {"id": "a", "prompt": "p", "solution": "It is 7.", "answer": 7}
                {"id": "b", "prompt": "p", "ground_truth": " Paris ", "answer": null}
                {"id": "c", "prompt": "p", "chosen": "x", "rejected": "y", "expected": true}
                {"id": "d", "prompt": "p", "expected_answer": 0.5}
                """);
        PromptSet read = expecting(Map.of()).read(List.of(file));
        assertThat(read.of(0))
                .containsExactly(
                        new PromptRow("a", "p", null, "7"),
                        new PromptRow("b", "p", null, " Paris "),
                        new PromptRow("c", "p", "x", "true"),
                        new PromptRow("d", "p", null, "0.5"));
        assertThat(read.report().unusedFields()).isEqualTo(Map.of("solution", 1));
    }

    @Test
    void expectedAnswersAreFieldsLikeOthersWhereNobodyAsks() throws IOException {
        PromptSet read = reader(OnBadRow.REFUSE, Map.of(), PLAIN).read(List.of(file("""
                {"id": "a", "prompt": "p", "answer": 7}
                """)));
        assertThat(read.of(0)).containsExactly(new PromptRow("a", "p", null));
        assertThat(read.report().unusedFields()).isEqualTo(Map.of("answer", 1));
    }

    @Test
    void expectedAnswersStandWhereTheRulesSay() throws IOException {
        Path file = file("""
                {"id": "a", "info": {"q": "p", "right": "x"}, "answer": "another"}
                """);
        PromptSet read =
                expecting(Map.of("prompt", "info.q", "expected", "info.right")).read(List.of(file));
        assertThat(read.of(0)).containsExactly(new PromptRow("a", "p", null, "x"));
        assertThat(read.report().unusedFields()).isEqualTo(Map.of("answer", 1));
    }

    @Test
    void rowsWithoutAnExpectedAnswerAreNamedByFileRowAndField() throws IOException {
        Path file = file("""
                {"prompt": "p", "answer": "x"}
                {"prompt": "p", "label": "x"}
                {"prompt": "p", "answer": ["x"]}
                {"prompt": "p", "answer": "  "}
                """);
        DataException refused = catchThrowableOfType(
                DataException.class, () -> expecting(Map.of()).read(List.of(file)));
        assertThat(refused.details())
                .containsExactly(
                        file + ":2: a row must have the expected answer under one of the names expected, answer,"
                                + " expected_answer, ground_truth, solution but had the fields [prompt, label]; where it"
                                + " has another name, data.fields: {expected: NAME} of a recipe says which",
                        file + ":3: the expected answer \"answer\" must be text or a number but was a list",
                        file + ":4: the expected answer \"answer\" must not be empty");
        assertThatThrownBy(() -> expecting(Map.of("expected", "gold")).read(List.of(file)))
                .isInstanceOf(DataException.class)
                .satisfies(e -> assertThat(((DataException) e).details().getFirst())
                        .startsWith(file + ":1: a row must have the expected answer under \"gold\" but had"));
    }
}
