package org.betatron.data.load;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.template.ChatTemplate;

/// A dialogue and the answers to it as a chat template writes them: the prompt is what the template
/// writes before an answer, each response is how it goes on.
///
/// Templates that open a thought for the answer, and do not write it where the answer is there,
/// shorten the prompt to what both begin with, as TRL does. Templates that write earlier turns
/// otherwise once an answer is there leave the prompt as it is, and the answer is used as it is.
final class WrittenDialogue {

    /// An answer that repeats less than this may do so by chance; ours.
    private static final int REPEATED_CHARACTERS = 8;

    private final Prompt.Dialogue dialogue;
    private final List<Message> answers;
    private final ChatTemplate template;
    private final DialogueContents contents;
    private final Set<Oddity> oddities = EnumSet.noneOf(Oddity.class);
    private final Set<String> unread = new LinkedHashSet<>();

    private WrittenDialogue(Prompt.Dialogue dialogue, List<Message> answers, ChatTemplate template) {
        this.dialogue = dialogue;
        this.answers = answers;
        this.template = template;
        this.contents = new DialogueContents(dialogue, template);
    }

    /// @throws DataException if the template refuses the messages, or leaves out something that is
    ///     said
    static RenderedRow of(Prompt.Dialogue dialogue, List<Message> answers, ChatTemplate template) {
        return new WrittenDialogue(dialogue, answers, template).write();
    }

    private RenderedRow write() {
        String before = template.write(dialogue, true);
        List<String> wholes = answers.stream()
                .map(answer -> template.write(dialogue.followedBy(answer), false))
                .toList();
        int common = before.length();
        for (String whole : wholes) {
            common = Math.min(common, commonPrefix(before, whole));
        }
        boolean continues = common == before.length();
        String prompt = before.substring(0, common);
        if (!continues && contents.missingIn(prompt).isPresent()) {
            return asWritten(before);
        }
        if (!continues) {
            oddities.add(Oddity.PROMPT_SHORTENED);
        }
        int end = common;
        List<String> responses =
                wholes.stream().map(whole -> whole.substring(end)).toList();
        check(prompt, responses);
        return done(prompt, responses);
    }

    private RenderedRow asWritten(String prompt) {
        oddities.add(Oddity.ANSWER_AS_WRITTEN);
        for (Message answer : answers) {
            answer.saidBesideText().stream().findFirst().ifPresent(field -> {
                throw new DataException("the chat template does not continue the prompt with an answer, so its \""
                        + field + "\" cannot be written");
            });
        }
        List<String> responses = answers.stream().map(Message::content).toList();
        check(prompt, responses);
        return done(prompt, responses);
    }

    private void check(String prompt, List<String> responses) {
        String all = prompt + String.join("", responses);
        contents.missingByMarks(answers, oddities.contains(Oddity.ANSWER_AS_WRITTEN), all)
                .ifPresent(DialogueContents.Missing::refuse);
        contents.missingIn(prompt).ifPresent(DialogueContents.Missing::refuse);
        for (int i = 0; i < responses.size(); i++) {
            contents.missingAnswer(answers.get(i), responses.get(i)).ifPresent(DialogueContents.Missing::refuse);
        }
        if (contents.leavesOutReasoning(prompt)) {
            oddities.add(Oddity.REASONING_LEFT_OUT);
        }
        unread.addAll(contents.unread(answers, all));
        lookForOddities();
    }

    private void lookForOddities() {
        Message last = null;
        for (Message message : dialogue.messages()) {
            if (last != null && isAssistant(last) && isAssistant(message)) {
                oddities.add(Oddity.ASSISTANT_TWICE);
            }
            last = message;
        }
        if (last != null && isAssistant(last) && !answers.isEmpty()) {
            oddities.add(Oddity.ASSISTANT_TWICE);
        }
        String asked = last == null ? "" : last.content().strip();
        if (asked.length() >= REPEATED_CHARACTERS
                && !answers.isEmpty()
                && answers.stream().allMatch(answer -> answer.content().strip().startsWith(asked))) {
            oddities.add(Oddity.REPEATS_PROMPT);
        }
    }

    private static boolean isAssistant(Message message) {
        return message.role().equals(Message.ASSISTANT);
    }

    private RenderedRow done(String prompt, List<String> responses) {
        return new RenderedRow(prompt, responses, oddities, unread);
    }

    /// @return length of what both begin with, whole characters only
    private static int commonPrefix(String first, String second) {
        int length = 0;
        while (length < first.length() && length < second.length() && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        boolean splits = length > 0 && length < first.length() && Character.isHighSurrogate(first.charAt(length - 1));
        return splits ? length - 1 : length;
    }
}
