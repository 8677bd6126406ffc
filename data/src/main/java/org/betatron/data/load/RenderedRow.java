package org.betatron.data.load;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.layout.Leftover;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.template.HumanAssistantTemplate;

/// A row as the texts that are tokenized, each on its own, so that no token spans the border
/// between prompt and response.
///
/// @param prompt    what the answers continue
/// @param responses the answers
/// @param oddities  what is worth knowing of them
/// @param unread    fields that nothing was read of
record RenderedRow(String prompt, List<String> responses, Set<Oddity> oddities, Set<String> unread) {

    /// Nothing is worth knowing, and everything was read.
    RenderedRow(String prompt, List<String> responses) {
        this(prompt, responses, Set.of(), Set.of());
    }

    /// @throws org.betatron.data.DataException if something that is said does not reach the model; without a
    ///     place
    static RenderedRow of(
            Prompt prompt, List<Message> answers, Leftover left, ChatTemplate template, PromptStyle style) {
        RenderedRow row = switch (prompt) {
            case Prompt.Dialogue dialogue -> WrittenDialogue.of(dialogue, answers, template);
            case Prompt.Text(String text) ->
                style == PromptStyle.AS_WRITTEN || text.isEmpty()
                        ? asWritten(text, answers)
                        : WrittenDialogue.of(
                                new Prompt.Dialogue(asMessages(text)),
                                answers.stream()
                                        .map(answer -> answer.withContent(
                                                answer.content().stripLeading()))
                                        .toList(),
                                template);
        };
        return new ReadContents(row).check(left);
    }

    private static RenderedRow asWritten(String prompt, List<Message> answers) {
        Set<Oddity> oddities = EnumSet.noneOf(Oddity.class);
        List<String> responses = answers.stream().map(Message::content).toList();
        String asked = prompt.strip();
        if (!asked.isEmpty()
                && !responses.isEmpty()
                && responses.stream().allMatch(response -> response.strip().startsWith(asked))) {
            oddities.add(Oddity.REPEATS_PROMPT);
        }
        return new RenderedRow(prompt, responses, oddities, Set.of());
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
