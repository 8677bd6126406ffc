package org.betatron.data.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.template.ChatTemplate;
import org.jspecify.annotations.Nullable;

/// Looks for everything that a dialogue says in what a chat template made of it.
///
/// Texts are looked for without white space around them, and as JSON writes them. What the assistant
/// thought (`reasoning_content`, or what stands before `</think>`) may be left out of earlier turns, as
/// templates of reasoning models do. Texts so short that they may occur by chance are looked for by a mark:
/// the dialogue is written once more with a character in them that occurs nowhere else.
final class DialogueContents {

    private static final int SHORT = 16;
    private static final char FIRST_MARK = '\ue000';
    private static final int MARKS = 6400;
    private static final String THOUGHT_ENDS = "</think>";

    private final Prompt.Dialogue dialogue;
    private final ChatTemplate template;

    DialogueContents(Prompt.Dialogue dialogue, ChatTemplate template) {
        this.dialogue = dialogue;
        this.template = template;
    }

    /// @param what which content
    /// @param text of it
    /// @param who  leaves it out
    record Missing(String what, String text, String who) {

        void refuse() {
            String shown = text.length() > 40 ? text.substring(0, text.offsetByCodePoints(0, 30)) + "…" : text;
            throw new DataException(what + " does not reach the model, the chat template leaves it out (" + who
                    + "): \"" + shown.replace("\n", "\\n") + "\"");
        }
    }

    private Optional<Missing> missing(String what, String text) {
        return Optional.of(new Missing(what, text, template.origin()));
    }

    /// @param prompt as the template wrote the dialogue
    /// @return something that is said before the answer and is not there
    Optional<Missing> missingIn(String prompt) {
        int from = 0;
        for (int i = 0; i < dialogue.messages().size(); i++) {
            Message message = dialogue.messages().get(i);
            String name = name(i);
            for (Map.Entry<String, String> said :
                    SaidTexts.of(message).required().entrySet()) {
                int end = find(said.getValue(), prompt, isMovable(message) ? 0 : from);
                if (end < 0) {
                    return missing("\"" + said.getKey() + "\" of " + name, said.getValue());
                }
                from = isMovable(message) || !said.getKey().equals(Message.CONTENT) ? from : end;
            }
        }
        for (Map.Entry<String, String> said :
                SaidTexts.ofVariables(dialogue.variables()).entrySet()) {
            if (find(said.getValue(), prompt, 0) < 0) {
                return missing("\"" + said.getKey() + "\"", said.getValue());
            }
        }
        return Optional.empty();
    }

    /// Templates put a system message where they like.
    private static boolean isMovable(Message message) {
        return message.role().equals(Message.SYSTEM) || message.role().equals("developer");
    }

    /// @param response as the template wrote the answer
    /// @return something that the answer says and is not there
    Optional<Missing> missingAnswer(Message answer, String response) {
        SaidTexts said = SaidTexts.of(answer);
        Map<String, String> all = new LinkedHashMap<>(said.required());
        all.putAll(said.reasoning());
        return all.entrySet().stream()
                .filter(entry -> find(entry.getValue(), response, 0) < 0)
                .findFirst()
                .flatMap(entry -> missing("\"" + entry.getKey() + "\" of the answer", entry.getValue()));
    }

    boolean leavesOutReasoning(String prompt) {
        return dialogue.messages().stream()
                .flatMap(message -> SaidTexts.of(message).reasoning().values().stream())
                .anyMatch(text -> find(text, prompt, 0) < 0);
    }

    /// @return end of the text in the other one, -1 if it is not there
    static int find(String text, String in, int from) {
        String stripped = strip(text);
        int at = in.indexOf(stripped, from);
        if (at >= 0) {
            return at + stripped.length();
        }
        String escaped = SaidTexts.escaped(stripped);
        at = escaped.equals(stripped) ? -1 : in.indexOf(escaped, from);
        return at < 0 ? -1 : at + escaped.length();
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /// What Python's `strip` takes away.
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    /// @param answers   to the dialogue
    /// @param asWritten whether answers are not written by the template
    /// @return something short that is said and is not written
    Optional<Missing> missingByMarks(List<Message> answers, boolean asWritten) {
        List<Message> marked = new ArrayList<>();
        boolean any = false;
        for (int i = 0; i < dialogue.messages().size(); i++) {
            Message message = dialogue.messages().get(i);
            marked.add(isShort(message) ? marked(message, mark(i)) : message);
            any |= isShort(message);
        }
        Prompt.Dialogue before = new Prompt.Dialogue(marked, dialogue.variables());
        if (answers.isEmpty() || asWritten) {
            return any ? missingMark(marked, template.write(before, true)) : Optional.empty();
        }
        for (int k = 0; k < answers.size(); k++) {
            Message answer = answers.get(k);
            if (!isShort(answer) && !(any && k == 0)) {
                continue;
            }
            Message markedAnswer = isShort(answer) ? marked(answer, mark(marked.size())) : answer;
            String whole = template.write(before.followedBy(markedAnswer), false);
            if (isShort(answer) && whole.indexOf(mark(marked.size())) < 0) {
                return missing("\"content\" of the answer", answer.content());
            }
            Optional<Missing> missing = missingMark(marked, whole);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    private Optional<Missing> missingMark(List<Message> marked, String written) {
        for (int i = 0; i < marked.size(); i++) {
            Message message = dialogue.messages().get(i);
            if (isShort(message) && written.indexOf(mark(i)) < 0) {
                return missing("\"content\" of " + name(i), message.content());
            }
        }
        return Optional.empty();
    }

    private static boolean isShort(Message message) {
        String content = message.content();
        return content.length() < SHORT
                && !content.isBlank()
                && !content.contains(THOUGHT_ENDS)
                && content.chars().noneMatch(c -> c >= FIRST_MARK && c < FIRST_MARK + MARKS);
    }

    private static char mark(int message) {
        return (char) (FIRST_MARK + message % MARKS);
    }

    /// Behind the first character that is no white space, where no template looks for anything.
    private static Message marked(Message message, char mark) {
        String content = message.content();
        int at = 0;
        while (isSpace(content.charAt(at))) {
            at++;
        }
        at += Character.charCount(content.codePointAt(at));
        return message.withContent(content.substring(0, at) + mark + content.substring(at));
    }

    private String name(int index) {
        return "message " + (index + 1) + " (" + dialogue.messages().get(index).role() + ")";
    }

    /// @return fields of messages that the template seems not to have read, by a name for reports
    Set<String> unread(List<Message> answers, String written) {
        Set<String> names = new LinkedHashSet<>();
        List<Message> all = new ArrayList<>(dialogue.messages());
        all.addAll(answers);
        for (Message message : all) {
            for (Map.Entry<String, @Nullable Object> field : message.fields().entrySet()) {
                String name = field.getKey();
                boolean isSaid = name.equals(Message.CONTENT) || Message.SAID.contains(name);
                if (!isSaid && !message.isEmpty(name)) {
                    String text = String.valueOf(field.getValue());
                    if (!(field.getValue() instanceof String) || !written.contains(text)) {
                        names.add("message." + name);
                    }
                }
            }
        }
        return names;
    }
}
