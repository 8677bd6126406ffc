package org.betatron.data.layout;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.betatron.data.source.FieldMap;
import org.betatron.data.source.JsonRow;

/// How the rows of a file of texts are laid out, as the names of its first row's fields say.
///
/// @param format what the row is
/// @param map    under which names it has `prompt`, `completion` and the others
record TextLayout(TextFormat format, FieldMap map) {

    /// What an answer may be called beside a prompt, and beside something asked.
    private static final List<String> COMPLETIONS = List.of("completion", "response", "output", "answer");

    private static final List<String> OUTPUTS = List.of("output", "response", "completion", "answer");

    /// What a dialogue that ends with the answer may be called.
    private static final List<String> DIALOGUES = List.of("messages", "conversations");

    /// What it may be called where its value is a list.
    private static final List<String> LISTS = List.of("conversation", "contents");

    /// What something asked may be called.
    private static final List<String> QUESTIONS = List.of("instruction", "question", "query", "input");

    /// @param what what the file must hold, for errors
    static TextLayout of(TextFormat format, JsonRow row, String what) {
        return switch (format) {
            case COMPLETION -> new TextLayout(format, completion(row).orElse(FieldMap.NONE));
            case INSTRUCTION -> new TextLayout(format, instruction(row).orElse(FieldMap.NONE));
            case AUTO -> detected(row, what);
            default -> new TextLayout(format, FieldMap.NONE);
        };
    }

    private static TextLayout detected(JsonRow row, String what) {
        if (row.has("chosen") || row.has("chosen_messages") || PairLayout.isTwoOutputs(row)) {
            return new TextLayout(TextFormat.PREFERENCES, FieldMap.NONE);
        }
        if (dialogue(row).isPresent()) {
            return new TextLayout(
                    PairLayout.of(row).isPresent() ? TextFormat.PREFERENCES : TextFormat.MESSAGES, FieldMap.NONE);
        }
        Optional<FieldMap> instruction = instruction(row);
        if (instruction.isPresent() && row.has("instruction")) {
            return new TextLayout(TextFormat.INSTRUCTION, instruction.get());
        }
        Optional<FieldMap> completion = completion(row);
        if (completion.isPresent()) {
            return new TextLayout(TextFormat.COMPLETION, completion.get());
        }
        if (row.has("text")) {
            return new TextLayout(TextFormat.TEXT, FieldMap.NONE);
        }
        if (instruction.isPresent()) {
            return new TextLayout(TextFormat.INSTRUCTION, instruction.get());
        }
        if (PairLayout.of(row).isPresent()) {
            return new TextLayout(TextFormat.PREFERENCES, FieldMap.NONE);
        }
        throw row.error(what + ", but had the fields " + row.fields() + Suggestion.ofText(row));
    }

    /// @return the field of a dialogue that ends with the answer
    static Optional<String> dialogue(JsonRow row) {
        return Stream.concat(
                        DIALOGUES.stream().filter(row::has),
                        LISTS.stream().filter(name -> row.peek(name).isArray()))
                .findFirst();
    }

    private static Optional<FieldMap> completion(JsonRow row) {
        return row.has("prompt")
                ? COMPLETIONS.stream()
                        .filter(row::has)
                        .findFirst()
                        .map(name -> new FieldMap(Map.of("completion", name)))
                : Optional.empty();
    }

    private static Optional<FieldMap> instruction(JsonRow row) {
        Optional<String> question = QUESTIONS.stream().filter(row::has).findFirst();
        Optional<String> output = OUTPUTS.stream().filter(row::has).findFirst();
        return question.isPresent() && output.isPresent()
                ? Optional.of(new FieldMap(Map.of("instruction", question.get(), "output", output.get())))
                : Optional.empty();
    }
}
