package org.betatron.data.layout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.betatron.data.DataException;
import org.betatron.data.source.FieldMap;
import org.betatron.data.source.JsonRow;
import org.betatron.data.template.HumanAssistantTemplate;
import tools.jackson.databind.JsonNode;

/// How the rows of a preference file are laid out, as the names of its first row's fields say.
///
/// @param format what the row is
/// @param map    under which names it has `prompt`, `chosen` and the others
record PairLayout(PreferenceFormat format, FieldMap map) {

    /// @return the layout of a format that was named, with the names that a row has for it
    static PairLayout of(PreferenceFormat format, JsonRow row) {
        return switch (format) {
            case AUTO, COMPARED, RANKED -> of(row).orElseThrow(() -> unknown(row));
            case MESSAGES -> of(row).filter(layout -> layout.format() == format).orElse(plain(format));
            case HH, PAIRS, INSTRUCTION, SHAREGPT -> plain(format);
        };
    }

    private static PairLayout plain(PreferenceFormat format) {
        return new PairLayout(format, FieldMap.NONE);
    }

    private static DataException unknown(JsonRow row) {
        return row.error("a preference row must have \"prompt\", \"chosen\" and \"rejected\", or dialogues in"
                + " \"chosen\" and \"rejected\", but had the fields " + fields(row) + Suggestion.of(row));
    }

    private static String fields(JsonRow row) {
        return row.fields().stream()
                .map(field -> row.peek(field).isNull() ? field + " (null)" : field)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static final String PROMPT = "prompt";
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String FIRST = PreferenceLabel.FIRST;
    private static final String WINNER = PreferenceLabel.WINNER;
    private static final String ANSWERS = PreferenceLabel.ANSWERS;

    /// A prompt that is something asked.
    static final String QUESTION = "question";

    /// Names of the chosen and of the rejected answer.
    private static final List<List<String>> JUDGED = List.of(
            List.of("preferred_output", "non_preferred_output"),
            List.of("chosen_response", "rejected_response"),
            List.of("response_chosen", "response_rejected"),
            List.of("chosen_answer", "rejected_answer"),
            List.of("preferred", "dispreferred"),
            List.of("preferred", "rejected"),
            List.of("accepted", "rejected"),
            List.of("better", "worse"),
            List.of("winner", "loser"),
            List.of("positive", "negative"),
            List.of("response_j", "response_k"),
            List.of("messages", "rejected_response"),
            List.of("messages", "rejected_messages"));

    private static final List<Map<String, String>> RANKED = List.of(
            Map.of(ANSWERS, "answers", PreferenceLabel.RANKS, "ranks"),
            Map.of(ANSWERS, "answers", PreferenceLabel.SCORES, "scores"),
            Map.of(ANSWERS, "answers", WINNER, "winner"),
            Map.of(ANSWERS, "answers[].answer", PreferenceLabel.RANKS, "answers[].rank"),
            Map.of(ANSWERS, "completions[].response", PreferenceLabel.SCORES, "completions[].overall_score"),
            Map.of(ANSWERS, "completions[].completion", PreferenceLabel.RANKS, "completions[].rank"),
            Map.of(ANSWERS, "completions[].completion", PreferenceLabel.SCORES, "completions[].score"),
            Map.of(ANSWERS, "responses", PreferenceLabel.RANKS, "ranks"),
            Map.of(ANSWERS, "responses", PreferenceLabel.RANKS, "rank"),
            Map.of(ANSWERS, "responses", PreferenceLabel.SCORES, "scores"),
            Map.of(ANSWERS, "generations", PreferenceLabel.SCORES, "rating"),
            Map.of(ANSWERS, "generations", PreferenceLabel.SCORES, "ratings"));

    /// Names of prompts that are something asked, not a text to continue.
    private static final List<String> QUESTIONS =
            List.of("question.full_text", "question", "instruction", "query", "input", "context", "history");

    /// Names of dialogues that end with what is asked.
    private static final List<String> DIALOGUES = List.of("contents", "messages", "conversation", "conversations");

    /// @return the layout that a row's names say; empty if they say none
    static Optional<PairLayout> of(JsonRow row) {
        boolean isNamed = row.isMapped(CHOSEN) || row.isMapped(REJECTED);
        if (!isNamed && row.has("chosen_messages") && row.has("rejected_messages")) {
            return messages(Map.of(CHOSEN, "chosen_messages", REJECTED, "rejected_messages"));
        }
        if (!isNamed && row.has("chosen_conversations") && row.has("rejected_conversations")) {
            return messages(Map.of(CHOSEN, "chosen_conversations", REJECTED, "rejected_conversations"));
        }
        if (row.has("conversations") && row.has(CHOSEN)) {
            return Optional.of(new PairLayout(PreferenceFormat.SHAREGPT, FieldMap.NONE));
        }
        if (row.has(CHOSEN) && row.has(REJECTED)) {
            return judged(row, Map.of());
        }
        for (List<String> names : JUDGED) {
            if (row.has(names.getFirst()) && row.has(names.getLast())) {
                return judged(row, Map.of(CHOSEN, names.getFirst(), REJECTED, names.getLast()));
            }
        }
        if (isTwoOutputs(row)) {
            return judged(row, TWO_OUTPUTS);
        }
        for (Map<String, String> names : ComparedNames.ALL) {
            if (hasAll(row, names) && !isScoredAndLabelled(row, names)) {
                return withPrompt(row, PreferenceFormat.COMPARED, names);
            }
        }
        for (Map<String, String> names : RANKED) {
            if (hasAll(row, names) && areLists(row, names)) {
                return withPrompt(row, PreferenceFormat.RANKED, names);
            }
        }
        return Optional.empty();
    }

    private static boolean hasAll(JsonRow row, Map<String, String> names) {
        JsonRow seen = row.under(new FieldMap(names));
        return names.keySet().stream().allMatch(name -> seen.has(name) && !isListOfNull(seen.peek(name)));
    }

    /// A row without a winner does not make a file of winners one of scores.
    private static boolean isScoredAndLabelled(JsonRow row, Map<String, String> names) {
        return names.containsKey(PreferenceLabel.FIRST_SCORE)
                && ComparedNames.WINNERS.stream()
                        .anyMatch(name -> !row.peek(name).isMissingNode());
    }

    /// Where `output` is a list of two texts, as LLaMA-Factory has it.
    private static final Map<String, String> TWO_OUTPUTS = Map.of(CHOSEN, "output[0]", REJECTED, "output[1]");

    /// @return whether something asked has a list of two answers, of which the first is the better one
    static boolean isTwoOutputs(JsonRow row) {
        JsonNode output = row.peek("output");
        return row.has("instruction")
                && output.isArray()
                && output.size() == 2
                && output.get(0).isString()
                && output.get(1).isString();
    }

    /// @throws DataException if a row of such a file has another number of answers
    void check(JsonRow row) {
        if (map.equals(new FieldMap(TWO_OUTPUTS)) && row.peek("output").size() != 2) {
            throw row.error("\"output\" must be a list of two answers, the better one first, but had "
                    + row.peek("output").size());
        }
    }

    private static boolean areLists(JsonRow row, Map<String, String> names) {
        JsonRow seen = row.under(new FieldMap(names));
        return names.keySet().stream()
                .filter(name -> !name.equals(WINNER))
                .allMatch(name -> seen.peek(name).isArray());
    }

    private static boolean isListOfNull(JsonNode value) {
        return value.isArray() && !value.isEmpty() && value.get(0).isNull();
    }

    private static Optional<PairLayout> messages(Map<String, String> names) {
        return Optional.of(new PairLayout(PreferenceFormat.MESSAGES, new FieldMap(names)));
    }

    private static Optional<PairLayout> judged(JsonRow row, Map<String, String> names) {
        JsonRow seen = row.under(new FieldMap(names));
        JsonNode chosen = seen.peek(CHOSEN);
        if (row.peek("input").has("messages")) {
            return messages(with(with(names, PROMPT, "input.messages"), "tools", "input.tools"));
        }
        boolean hasMessages = row.has("messages") && !seen.nameOf(CHOSEN).equals("messages") && !row.has(PROMPT);
        if (hasMessages) {
            return messages(with(names, PROMPT, "messages"));
        }
        if (chosen.isContainer()) {
            String question = row.has(PROMPT) ? PROMPT : question(row);
            boolean whole = chosen.isArray() && chosen.size() > 1;
            return messages(whole || question.isEmpty() ? names : with(names, PROMPT, question));
        }
        if (row.has(PROMPT)) {
            JsonNode prompt = row.peek(PROMPT);
            PreferenceFormat format = prompt.isContainer()
                    ? PreferenceFormat.MESSAGES
                    : isHh(chosen) && isHh(seen.peek(REJECTED)) ? PreferenceFormat.HH : PreferenceFormat.PAIRS;
            return Optional.of(new PairLayout(format, new FieldMap(names)));
        }
        if (row.has("instruction")) {
            return Optional.of(new PairLayout(PreferenceFormat.INSTRUCTION, new FieldMap(names)));
        }
        if (isHh(chosen)) {
            return Optional.of(new PairLayout(PreferenceFormat.HH, new FieldMap(names)));
        }
        return withPrompt(row, PreferenceFormat.INSTRUCTION, names);
    }

    private static boolean isHh(JsonNode dialogue) {
        return dialogue.asString("").contains(HumanAssistantTemplate.ASSISTANT_MARKER);
    }

    private static Optional<PairLayout> withPrompt(JsonRow row, PreferenceFormat format, Map<String, String> names) {
        if (row.has(PROMPT)) {
            return Optional.of(new PairLayout(format, new FieldMap(names)));
        }
        String question = question(row);
        if (question.isEmpty() && format != PreferenceFormat.INSTRUCTION) {
            question = DIALOGUES.stream()
                    .filter(name -> row.has(name) && !names.containsValue(name))
                    .findFirst()
                    .orElse("");
        }
        if (question.isEmpty() && !row.under(new FieldMap(names)).peek(FIRST).isContainer()) {
            return Optional.empty();
        }
        String asked =
                format == PreferenceFormat.INSTRUCTION || row.peek(question).isString() ? "instruction" : QUESTION;
        return Optional.of(
                new PairLayout(format, new FieldMap(question.isEmpty() ? names : with(names, asked, question))));
    }

    private static String question(JsonRow row) {
        return QUESTIONS.stream().filter(row::has).findFirst().orElse("");
    }

    private static Map<String, String> with(Map<String, String> names, String field, String path) {
        Map<String, String> more = new HashMap<>(names);
        more.put(field, path);
        return more;
    }
}
