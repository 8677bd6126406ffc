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
/// Texts are looked for without white space around them, and as JSON writes them. What the
/// assistant thought (`reasoning_content`, or what stands before `</think>`) may be left out of
/// earlier turns, as templates of reasoning models do. A text that is left out may stand there all
/// the same, in another text or in what the template writes itself: where that could be, the
/// dialogue is written once more with [Marks].
final class DialogueContents {

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
                    CollectedTexts.of(message).required().entrySet()) {
                int end = find(said.getValue(), prompt, isMovable(message) ? 0 : from);
                if (end < 0) {
                    return missing("\"" + said.getKey() + "\" of " + name, said.getValue());
                }
                from = isMovable(message) || !said.getKey().equals(Message.CONTENT) ? from : end;
            }
        }
        for (Map.Entry<String, String> said :
                CollectedTexts.of(dialogue.variables()).required().entrySet()) {
            if (find(said.getValue(), prompt, 0) < 0) {
                return missing("\"" + said.getKey() + "\"", said.getValue());
            }
        }
        return Optional.empty();
    }

    /// Templates put a system message where they like.
    static boolean isMovable(Message message) {
        return message.role().equals(Message.SYSTEM) || message.role().equals("developer");
    }

    /// @param response as the template wrote the answer
    /// @return something that the answer says and is not there
    Optional<Missing> missingAnswer(Message answer, String response) {
        CollectedTexts said = CollectedTexts.of(answer);
        Map<String, String> all = new LinkedHashMap<>(said.required());
        all.putAll(said.reasoning());
        return all.entrySet().stream()
                .filter(entry -> find(entry.getValue(), response, 0) < 0)
                .findFirst()
                .flatMap(entry -> missing("\"" + entry.getKey() + "\" of the answer", entry.getValue()));
    }

    boolean leavesOutReasoning(String prompt) {
        return dialogue.messages().stream()
                .flatMap(message -> CollectedTexts.of(message).reasoning().values().stream())
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
    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    /// @param answers   to the dialogue
    /// @param asWritten whether answers are not written by the template
    /// @param unmarked  what was written of dialogue and answers
    /// @return something that is said and is not written, though its text may stand there
    Optional<Missing> missingByMarks(List<Message> answers, boolean asWritten, String unmarked) {
        Marks marks = new Marks(unmarked, 0);
        List<Message> marked = new ArrayList<>();
        for (int i = 0; i < dialogue.messages().size(); i++) {
            marked.add(marks.in(dialogue.messages().get(i), " of " + name(i), false));
        }
        Prompt.Dialogue before = new Prompt.Dialogue(marked, marks.in(dialogue.variables()));
        boolean isDoubtful = marks.areNeeded();
        if (answers.isEmpty() || asWritten) {
            return isDoubtful ? missing(marks, before, true) : Optional.empty();
        }
        for (int k = 0; k < answers.size(); k++) {
            Marks ofAnswer = new Marks(unmarked, marks.next());
            Message answer = ofAnswer.in(answers.get(k), " of the answer", true);
            if (!ofAnswer.areNeeded() && !(isDoubtful && k == 0)) {
                continue;
            }
            Optional<Missing> missing = missing(marks.and(ofAnswer), before.followedBy(answer), false);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    private Optional<Missing> missing(Marks marks, Prompt.Dialogue marked, boolean generates) {
        String written;
        try {
            written = template.write(marked, generates);
        } catch (DataException _) {
            // It looks into the texts, and took these without marks. They are looked for as they are.
            return Optional.empty();
        }
        return marks.missingIn(written).flatMap(text -> missing(text.what(), text.text()));
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
                boolean isSaid = name.equals(Message.CONTENT) || Message.isSaidBesideText(name);
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
