package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What rows that are dialogues become: the texts that transformers makes of them
/// (`parity/dialogues.py`), or a refusal where something that is said would not reach the model.
class DialoguesTest {

    private static final Truncation LARGE = Truncation.to(4000, 2000);

    /// Skips what it does not know, as many published templates do.
    private static final String SKIPS = "{% for m in messages %}{% if m.role in ['user', 'assistant'] %}"
            + "<{{ m.role }}>{{ m.content }}</>{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    /// Writes what tools answered, and neither calls nor tools nor documents.
    private static final String WITH_RESULTS = SKIPS.replace("'assistant']", "'assistant', 'tool']");

    /// Writes an earlier answer otherwise than the last one.
    private static final String LAST_ONLY = "{% for m in messages %}<{{ m.role }}>{% if loop.last %}{{ m.content }}"
            + "{% endif %}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private static final String SAYS_ELSE =
            "\"prompt\" must be part of the dialogue in \"chosen\", or what comes before it, but says something else";

    private static HuggingFaceTokenizer tokenizer;

    @TempDir
    Path directory;

    @BeforeAll
    static void open(@TempDir Path files) throws IOException {
        tokenizer = TestTokenizers.bytes(files);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private TokenizedDataSet<TokenizedPair> read(String template, String row) throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), row + "\n");
        ChatTemplate chat =
                template.isEmpty() ? ChatTemplate.humanAssistant() : ChatTemplate.of(template, Map.of(), "t");
        return new DataSetLoader(tokenizer, chat, PromptStyle.AS_WRITTEN, LARGE)
                .pairs(List.of(file), PreferenceFormat.AUTO);
    }

    @TestFactory
    Stream<DynamicTest> asTransformersWritesThem() throws IOException {
        JsonNode cases;
        try (InputStream in = Objects.requireNonNull(
                DialoguesTest.class.getResourceAsStream("/org/betatron/data/parity/dialogues.json"))) {
            cases = JsonMapper.shared().readTree(in).path("cases");
        }
        return cases.valueStream()
                .map(one -> DynamicTest.dynamicTest(one.path("name").asString(), () -> {
                    TokenizedPair pair = read(
                                    one.path("template").asString(),
                                    one.path("row").toString())
                            .rows()
                            .getFirst();
                    assertThat(tokenizer.decode(pair.prompt()))
                            .isEqualTo(one.path("prompt").asString());
                    assertThat(tokenizer.decode(pair.chosen()))
                            .isEqualTo(one.path("chosen").asString() + "<|endoftext|>");
                    assertThat(tokenizer.decode(pair.rejected()))
                            .isEqualTo(one.path("rejected").asString() + "<|endoftext|>");
                }));
    }

    /// `'` stands for `"`; the template is the one that skips what it does not know.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        'system': 'Be kind.', 'prompt': ['user:Hi there'] ~ "content" of message 1 (system) does not reach the model
        'prompt': ['system:Be kind.', 'user:Hi there'] ~ "content" of message 1 (system) does not reach the model
        'prompt': ['user:Hi there', 'assistant:', 'observation:7'] ~ "content" of message 3 (tool) does not reach the model
        'prompt': ['user:Hi there', 'tool_call:{\\'name\\': \\'look\\', \\'arguments\\': {}}'] ~ "tool_calls[0].name" of message 2 (assistant)
        'prompt': ['user:Hi there', 'narrator:They meet.'] ~ "prompt[1]" has the role "narrator", which no chat template is known
        'prompt': ['user:Hi there', 'tool_call:now'] ~ "prompt[1]" must be JSON but is not valid JSON
        'tools': [{'name': 'look'}], 'prompt': ['user:Hi there'] ~ "tools[0].name" does not reach the model
        'tools': 'look', 'prompt': ['user:Hi there'] ~ "tools" must be JSON but is not valid JSON
        'documents': [{'text': 'A mug is blue.'}], 'prompt': ['user:Hi there'] ~ "documents[0].text" does not reach the model
        'images': ['a.png'], 'prompt': ['user:Hi there'] ~ "images" holds what is no text
        'videos': [1], 'prompt': 'Hi there' ~ "videos" holds what is no text
        'system': 'x', 'prompt': ['system:y', 'user:Hi there'] ~ "system" must be what the dialogue's own system message says
        'system': 'x', 'system_prompt': 'y', 'prompt': ['user:Hi there'] ~ "system", "system_prompt", "system_message", "systemInstruction", "system_instruction" must say the same
        'system_message': 'Be kind.', 'prompt': ['user:Hi there'] ~ "content" of message 1 (system) does not reach the model
        'systemPrompt': 'Be kind.', 'prompt': ['user:Hi there'] ~ "systemPrompt" says something that does not reach the model
        'Preamble': 'Be kind.', 'prompt': 'Hi there' ~ "Preamble" says something that does not reach the model
        'conversation_history': ['user:Hi', 'assistant:Hi'], 'prompt': 'Hi there' ~ "conversation_history" says something that does not
        'passages': ['A mug is blue.'], 'prompt': 'Hi there' ~ "passages" says something that does not reach the model
        'Image': 'a.png', 'prompt': 'Hi there' ~ "Image" holds what is no text
        'image_url': 'a.png', 'prompt': 'Hi there' ~ "image_url" holds what is no text
        'history': 'long ago', 'prompt': ['user:Hi there'] ~ "history" must be a list of [question, answer], or of messages
        'context': 'A mug is blue.', 'prompt': ['user:Hi there'] ~ "context" says something that does not reach the model
        'functions': [{'name': 'look'}], 'prompt': ['user:Hi there'] ~ "functions" says something that does not reach the model
        'input': 'A mug is blue.', 'prompt': 'Hi there' ~ "input" says something that does not reach the model
        """)
    void whatDoesNotReachTheModelIsRefused(String fields, String message) throws IOException {
        String row = "{" + messages(fields) + ", \"chosen\": \"Yes, it is.\", \"rejected\": \"No, it is not.\"}";
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(SKIPS, row))
                .withMessageStartingWith(directory.resolve("x.jsonl") + ":1: " + message);
    }

    /// Turns `'user:Hi'` into a message.
    private static String messages(String fields) {
        return fields.replace("\\'", "\u0001")
                .replaceAll("'([a-z_]+):([^']*)'", "{'role': '$1', 'content': '$2'}")
                .replace('\'', '"')
                .replace("\u0001", "\\\"");
    }

    @Test
    void answersAreLookedForToo() throws IOException {
        String prompt = messages("{'prompt': ['user:Hi there'], ");
        assertRefused(
                SKIPS,
                prompt
                        + messages(
                                "'chosen': [{'role': 'assistant', 'content': 'Yes.', 'reasoning_content': 'It is blue.'}],"
                                        + " 'rejected': 'No.'}"),
                "\"reasoning_content\" of the answer does not reach the model");
        assertRefused(
                SKIPS,
                prompt
                        + messages("'chosen': [{'role': 'assistant', 'tool_calls': [{'function': {'name': 'look'}}]}],"
                                + " 'rejected': 'No.'}"),
                "\"tool_calls[0].name\" of the answer does not reach the model");
        assertRefused(
                "",
                prompt
                        + messages("'chosen': [{'role': 'assistant', 'content': 'a', 'function_call': {'name': 'f'}}],"
                                + " 'rejected': 'No.'}"),
                "\"function_call.name\" of the answer does not reach the model");
    }

    /// As OLMo 3's data have it: functions beside a system message, calls beside an answer.
    @Test
    void fieldsOfAMessageWhoseNamesMeanContentAreLookedFor() throws IOException {
        String writesAll =
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ m.functions }}{{ m.function_calls }}</>"
                        + "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        String beside = messages("{'prompt': [{'role': 'user', 'content': 'Hi there', 'functions': 'look(place)'}], ")
                + messages("'chosen': [{'role': 'assistant', 'content': 'So.', 'function_calls': 'look(1)'}],")
                + messages("'rejected': [{'role': 'assistant', 'content': 'So.', 'function_calls': 'look(2)'}]}");
        TokenizedPair pair = read(writesAll, beside).rows().getFirst();
        assertThat(tokenizer.decode(pair.prompt())).isEqualTo("<user>Hi therelook(place)</><assistant>");
        assertThat(tokenizer.decode(pair.rejected())).isEqualTo("So.look(2)</><|endoftext|>");
        assertRefused(SKIPS, beside, "\"functions\" of message 1 (user) does not reach the model");
        assertRefused(
                writesAll.replace("{{ m.function_calls }}", ""),
                beside,
                "\"function_calls\" of the answer does not reach the model");
        assertRefused(
                SKIPS,
                messages(
                                "{'prompt': [{'role': 'system', 'content': 'Look.', 'tools': [{'name': 'look'}]}, 'user:Hi there'],")
                        + " \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                "\"content\" of message 1 (system) does not reach the model");
        assertRefused(
                "",
                messages(
                                "{'prompt': [{'role': 'system', 'content': 'Look.', 'tools': [{'name': 'look'}]}, 'user:Hi there'],")
                        + " \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                "\"tools[0].name\" of message 1 (system) does not reach the model");
        assertRefused(
                SKIPS,
                messages("{'prompt': [{'role': 'user', 'content': 'Look.', 'image_url': 'a.png'}],")
                        + " \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                "\"prompt[0]\" has \"image_url\"; only text is supported");
    }

    /// Both contents occur in what the template writes around the turns.
    @Test
    void shortTextsAreNotFoundByChance() throws IOException {
        assertRefused(
                SKIPS,
                "{" + messages("'prompt': ['user:Hi there', 'assistant:Hello.', 'tool:a', 'user:And?']")
                        + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                "\"content\" of message 3 (tool) does not reach the model");
        String user =
                "{% for m in messages %}<user>{% if m.role == 'assistant' %}{{ m.content }}{% endif %}</>{% endfor %}"
                        + "{% if add_generation_prompt %}<user>{% endif %}";
        assertRefused(
                user,
                "{" + messages("'prompt': ['user:use']") + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                "\"content\" of message 1 (user) does not reach the model");
    }

    /// `'` stands for `"`. What is left out stands in the user's message as well, however long it
    /// is.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        'prompt': ['system:Answer in one short sentence.', 'user:Answer in one short sentence. Why?'] ~ "content" of message 1 (system)
        'prompt': ['developer:Answer in one short sentence.', 'user:Answer in one short sentence. Why?'] ~ "content" of message 1 (developer)
        'prompt': ['user:Please look up weather', 'tool_call:{\\'name\\': \\'look\\', \\'arguments\\': {}}', 'tool:7 weather'] ~ "tool_calls[0].name" of message 2 (assistant)
        'prompt': ['user:Is look a tool?'], 'tools': [{'name': 'look'}] ~ "tools[0].name"
        'prompt': ['user:A mug is blue. Is it?'], 'documents': [{'text': 'A mug is blue.'}] ~ "documents[0].text"
        """)
    void textsThatStandElsewhereAreNotTakenForThoseThatAreLeftOut(String fields, String message) throws IOException {
        assertRefused(
                WITH_RESULTS,
                "{" + messages(fields) + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\"}",
                message + " does not reach the model");
    }

    /// The name of the call is written, an argument is not; both texts stand elsewhere.
    @Test
    void argumentsThatStandElsewhereAreNotTakenForThoseThatAreLeftOut() throws IOException {
        String names = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls %}"
                + "{{ c.function.name }}{% endfor %}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        String row = "{"
                + messages("'prompt': ['user:look at 7 mugs',"
                        + " 'tool_call:{\\'name\\': \\'look\\', \\'arguments\\': {\\'mugs\\': 7}}', 'tool:blue']")
                + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\"}";
        assertRefused(names, row, "\"tool_calls[0].arguments.mugs\" of message 2 (assistant) does not reach the model");
        assertThat(read(names.replace("function.name", "function | tojson"), row)
                        .rows())
                .hasSize(1);
    }

    private void assertRefused(String template, String row, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(template, row))
                .withMessageStartingWith(directory.resolve("x.jsonl") + ":1: " + message);
    }

    @Test
    void aPromptThatContradictsItsDialoguesIsRefused() throws IOException {
        String dialogues = ", \"chosen\": [" + messages("'user:Hi there', 'assistant:Yes.'") + "], \"rejected\": ["
                + messages("'user:Hi there', 'assistant:No.'") + "]}";
        assertRefused("", "{\"prompt\": \"Good-bye\"" + dialogues, SAYS_ELSE);
        assertRefused("", "{\"prompt\": [" + messages("'user:Good-bye'") + "]" + dialogues, SAYS_ELSE);
        assertThat(read("", "{\"prompt\": \"Hi there\"" + dialogues).rows()).hasSize(1);
    }

    /// A table that was written with its values as names, or names that a terminal would obey.
    @Test
    void manyOrOddNamesOfFieldsAreNamedInPart() throws IOException {
        StringBuilder row = new StringBuilder("{\"prompt\": \"Hi\", \"chosen\": \"Yes.\", \"rejected\": \"No.\"");
        for (int i = 0; i < 60; i++) {
            row.append(", \"x").append(i).append("\": 1");
        }
        row.append(", \"\\u001b[31m\": 1, \"").append("k".repeat(1000)).append("\": 1}");
        assertThat(read("", row.toString()).report().summary())
                .contains("fields not used: \ufffd[31m (1), " + "k".repeat(80) + "… (1), x0 (1), x1 (1), ")
                .contains(" (1) and 12 more\n");
    }

    @Test
    void oddRowsAndFieldsThatAreNotUsedAreCounted() throws IOException {
        DatasetReport report = read(
                        SKIPS,
                        "{"
                                + messages(
                                        "'conversations': ['user:Hi there, you', {'from': 'gpt', 'value': 'Hello.', 'weight': 0}]")
                                + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\", \"source\": \"web\", \"empty\": []}")
                .report();
        assertThat(report.oddities()).containsExactly(Map.entry(Oddity.ASSISTANT_TWICE, 1));
        assertThat(report.unusedFields()).containsExactly(Map.entry("message.weight", 1), Map.entry("source", 1));
        assertThat(report.summary())
                .contains(
                        "note: 1 dialogues in which the assistant speaks twice in a row\n",
                        "fields not used: message.weight (1), source (1)\n");
        assertThat(read(
                                "",
                                "{\"prompt\": \"How do I whet a knife?\", \"chosen\": \"How do I whet a knife? So.\","
                                        + " \"rejected\": \"How do I whet a knife? Not.\"}")
                        .report()
                        .oddities())
                .containsOnlyKeys(Oddity.REPEATS_PROMPT);
    }

    /// Whose earlier turns change once the answer is there: nothing of the prompt becomes part of
    /// an answer.
    @Test
    void templatesThatRewriteThePromptLeaveTheAnswerAsItIs() throws IOException {
        TokenizedDataSet<TokenizedPair> data = read(
                LAST_ONLY, "{" + messages("'prompt': ['user:Hi']") + ", \"chosen\": \"Yes.\", \"rejected\": \"No.\"}");
        assertThat(tokenizer.decode(data.rows().getFirst().prompt())).isEqualTo("<user>Hi</><assistant>");
        assertThat(tokenizer.decode(data.rows().getFirst().chosen())).isEqualTo("Yes.<|endoftext|>");
        assertThat(data.report().oddities()).containsOnlyKeys(Oddity.ANSWER_AS_WRITTEN);
    }

    @Test
    void pairsThatAreTheSameInEverythingThatIsRead() throws IOException {
        String call = "{\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"look\"}}]}";
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() ->
                        read(SKIPS, "{\"prompt\": \"Hi\", \"chosen\": [" + call + "], \"rejected\": [" + call + "]}"))
                .withMessageContaining("1 × " + DropReason.IDENTICAL_ANSWERS.text());
    }
}
