package org.betatron.data.load;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.template.HumanAssistantTemplate;

/// A row as the texts that are tokenized, each on its own, so that no token spans the border
/// between prompt and response.
record RenderedRow(String prompt, List<String> responses) {

    static RenderedRow of(Prompt prompt, List<String> answers, ChatTemplate template, PromptStyle style) {
        return switch (prompt) {
            case Prompt.Dialogue(List<Message> messages) -> chat(messages, answers, template);
            case Prompt.Text(String text) ->
                style == PromptStyle.AS_WRITTEN || text.isEmpty()
                        ? new RenderedRow(text, answers)
                        : chat(
                                asMessages(text),
                                answers.stream().map(String::stripLeading).toList(),
                                template);
        };
    }

    private static RenderedRow chat(List<Message> messages, List<String> answers, ChatTemplate template) {
        return new RenderedRow(
                template.prompt(messages),
                answers.stream()
                        .map(answer -> template.answer(messages, answer))
                        .toList());
    }

    private static List<Message> asMessages(String text) {
        List<Message> turns = new ArrayList<>(HumanAssistantTemplate.parse(text));
        if (turns.isEmpty()) {
            return List.of(Message.user(text));
        }
        // An HH prompt ends with the marker of the answer that is to come.
        if (turns.size() > 1
                && turns.getLast().role().equals(Message.ASSISTANT)
                && turns.getLast().content().isEmpty()) {
            turns.removeLast();
        }
        return turns;
    }
}
