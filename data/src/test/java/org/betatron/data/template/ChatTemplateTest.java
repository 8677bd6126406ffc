package org.betatron.data.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.data.DataException;
import org.betatron.data.SharedData;
import org.betatron.data.row.Message;
import org.betatron.data.template.jinja.Template;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {

    private static final String CHATML = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n'"
            + " + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> realTemplates() {
        Path file;
        try {
            file = SharedData.require("chat-templates/cases.json");
        } catch (TestAbortedException absent) {
            // A factory that aborts is not reported as skipped, a test is.
            return Stream.of(DynamicTest.dynamicTest("real templates", () -> {
                throw absent;
            }));
        }
        List<Map<String, Object>> cases =
                JsonMapper.builder().build().readValue(file.toFile(), new TypeReference<>() {});
        assertThat(cases).hasSize(40);
        return cases.stream().map(c -> DynamicTest.dynamicTest(String.valueOf(c.get("name")), () -> check(c)));
    }

    private static void check(Map<String, Object> c) {
        String template = String.valueOf(c.get("chat_template"));
        Map<String, Object> variables =
                JsonMapper.builder().build().convertValue(c.get("data"), new TypeReference<>() {});
        // One template prints the day on which it was recorded.
        String target = String.valueOf(c.get("target"))
                .replace(
                        "Today Date: 10 July 2025",
                        "Today Date: "
                                + Template.parse("{{ strftime_now('%d %B %Y') }}")
                                        .render(Map.of()));
        String text = Template.parse(template).render(variables);
        if ("MadeAgents/Hammer2.1".equals(c.get("name"))) {
            // Recorded with an engine that prints a list as JSON; Jinja2 prints it as Python does.
            assertThat(text).contains("[{'type': 'function', 'function': {'name': 'get_current_temperature'");
            return;
        }
        assertThat(text).isEqualTo(target);
    }

    @Test
    void answersContinueThePrompt() {
        ChatTemplate template = ChatTemplate.of(CHATML, Map.of(), "test");
        List<Message> prompt = List.of(Message.user("q"));
        assertThat(template.prompt(prompt)).isEqualTo("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n");
        assertThat(template.dialogue(List.of(Message.user("q"), Message.assistant("a"))))
                .isEqualTo("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n");
    }

    @Test
    void messagesAreTextNotTemplates() {
        ChatTemplate template = ChatTemplate.of(CHATML, Map.of(), "test");
        assertThat(template.dialogue(List.of(Message.user("{{ 7 * 7 }} {% if %} {# c #} <b>&amp;"))))
                .isEqualTo("<|im_start|>user\n{{ 7 * 7 }} {% if %} {# c #} <b>&amp;<|im_end|>\n");
    }

    @Test
    void withoutATemplateTheHhLayout() {
        ChatTemplate template = ChatTemplate.load(directory);
        List<Message> prompt =
                List.of(Message.system("s"), Message.user("q"), Message.assistant("a"), Message.user("r"));
        assertThat(template.prompt(prompt))
                .isEqualTo("\n\nSystem: s\n\nHuman: q\n\nAssistant: a\n\nHuman: r\n\nAssistant:");
        assertThat(HumanAssistantTemplate.parse("\n\nHuman: q\n\nAssistant: a\n\nHuman: r\n\nAssistant:"))
                .containsExactly(Message.user("q"), Message.assistant("a"), Message.user("r"), Message.assistant(""));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> template.prompt(List.of(new Message("tool", "x"))))
                .withMessage("role must be system, user or assistant for a model without a chat template"
                        + " but was \"tool\"");
    }

    @Test
    void modelDirectories() throws IOException {
        Path config = directory.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"chat_template\": \"{{ bos_token }}x\", \"bos_token\": {\"content\": \"<s>\"}}");
        assertThat(ChatTemplate.load(directory).dialogue(List.of())).isEqualTo("<s>x");
        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"}, {\"name\": \"default\", \"template\":"
                        + " \"d\"}]}");
        assertThat(ChatTemplate.load(directory).dialogue(List.of())).isEqualTo("d");
        Files.writeString(directory.resolve("chat_template.jinja"), "file\n");
        assertThat(ChatTemplate.load(directory).dialogue(List.of())).isEqualTo("file");
        Files.writeString(config, "{");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ChatTemplate.load(directory))
                .withMessageStartingWith(config + ": it ends in the middle of a value at line 1, column 2");
    }

    @Test
    void refusalsNameTheTemplateAndItsLine() {
        assertRefused("{{ messages|frobnicate }}", "cannot be used, line 1: there is no filter 'frobnicate'");
        assertRefused("a\n{{ 'x' is frobnicated }}", "cannot be used, line 2: there is no test 'frobnicated'");
        assertRefused("{% include 'x' %}", "cannot be used, line 1: the statement 'include' is not supported");
        assertRefused("{{ 'x' ", "cannot be used, line 1: a tag is not closed");
        assertRefused("{% if true %}x", "cannot be used, line 1: the template ends within 'if'");
        assertRefused("{{ raise_exception('only users') }}", "refuses these messages: only users");
        assertRefused("\n\n{{ messages[0].x.y }}", "cannot be rendered, line 3: 'dict object' has no attribute 'x'");
        assertRefused("{{ bos_token + 'a' }}", "cannot be rendered, line 1: 'bos_token' is undefined");
    }

    private static void assertRefused(String template, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ChatTemplate.of(template, Map.of(), "t.json").dialogue(List.of(Message.user("u"))))
                .withMessageStartingWith("t.json: the chat template " + message);
    }

    @Test
    void jinjaDetailsThatTemplatesRelyOn() {
        assertThat(render("{% if not x is defined %}a{% endif %}")).isEqualTo("a");
        assertThat(render("{% if not 'a' in 'b' and not messages[0].x %}a{% endif %}"))
                .isEqualTo("a");
        assertThat(render("{{ bos_token ~ 'a' }}\r\n{% if true %}\r\nb{% endif %}"))
                .isEqualTo("a\nb");
        assertThat(render("{{ 'a' }}: {% if true %}b{% endif %}")).isEqualTo("a: b");
        assertThat(render("a\n  {% if true %}\nb\n  {%- endif %}\nc")).isEqualTo("a\nbc");
        assertThat(render("{{ '{% x' }}{{ ' a b '.strip().split(' ')[-1] }}")).isEqualTo("{% xb");
        assertThat(render("{{ {'a': [1, 'é', true]} | tojson }}")).isEqualTo("{\"a\": [1, \"é\", true]}");
        assertThat(render("{% for m in messages[::-1] %}{{ m.content }}{% endfor %}"))
                .isEqualTo("u");
        assertThat(render("{{ 'hello world'.title() }}{{ 'xxa'.lstrip('x') }}")).isEqualTo("Hello Worlda");
    }

    private static String render(String template) {
        return ChatTemplate.of(template, Map.of(), "test").dialogue(List.of(Message.user("u")));
    }

    @Test
    void whatIsNoFileIsNotPassedOver() throws IOException {
        Path file = Files.createDirectory(directory.resolve("chat_template.jinja"));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ChatTemplate.load(directory))
                .withMessage(file + ": must be a file but is a directory");
    }
}
