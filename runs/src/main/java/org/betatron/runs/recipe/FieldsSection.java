package org.betatron.runs.recipe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.source.FieldMap;

/// Where files have the fields of their layout, each as a path: a name, or names of fields within
/// each
/// other (`info.post`, `turns[0].text`, `answers[].text` for all elements of a list). Empty for the
/// usual
/// name.
///
/// @param prompt text as it is, a message, or messages
/// @param instruction what the user asks, as text
/// @param input what stands below an instruction
/// @param system system message
/// @param history earlier turns
/// @param tools descriptions of functions
/// @param messages a dialogue that ends with the answer
/// @param chosen the preferred answer
/// @param rejected the other answer
/// @param first one of two answers
/// @param second the other of two answers
/// @param winner which of the two is better
/// @param firstWins whether the first is better: true, 1, false or 0
/// @param secondWins whether the second is better, where neither may be
/// @param firstScore how good the first is, the larger the better
/// @param secondScore how good the second is
/// @param strength by how much the second is better, below 0 if the first is
/// @param answers list of answers
/// @param ranks their places, the smallest is the best
/// @param scores how good they are, the largest is the best
/// @param chosenScore how good the preferred answer was judged
/// @param rejectedScore how good the other answer was judged
/// @param completion the answer of a text
/// @param text a text of which everything is learned
/// @param label whether a single answer is one to follow
/// @param expected the known right answer to a prompt
/// @param id the row's id
/// @param ignore names of fields that do not matter, though they sound like content
public record FieldsSection(
        String prompt,
        String instruction,
        String input,
        String system,
        String history,
        String tools,
        String messages,
        String chosen,
        String rejected,
        String first,
        String second,
        String winner,
        String firstWins,
        String secondWins,
        String firstScore,
        String secondScore,
        String strength,
        String answers,
        String ranks,
        String scores,
        String chosenScore,
        String rejectedScore,
        String completion,
        String text,
        String label,
        String expected,
        String id,
        List<String> ignore) {

    /// Every field under its usual name.
    public static final FieldsSection NONE = of(Map.of(), List.of());

    /// @param paths  by the names of the components
    /// @param ignore names of fields that do not matter
    /// @throws IllegalArgumentException if there is no such component
    public static FieldsSection of(Map<String, String> paths, List<String> ignore) {
        Map<String, String> left = new HashMap<>(paths);
        FieldsSection fields = new FieldsSection(
                take("prompt", left),
                take("instruction", left),
                take("input", left),
                take("system", left),
                take("history", left),
                take("tools", left),
                take("messages", left),
                take("chosen", left),
                take("rejected", left),
                take("first", left),
                take("second", left),
                take("winner", left),
                take("firstWins", left),
                take("secondWins", left),
                take("firstScore", left),
                take("secondScore", left),
                take("strength", left),
                take("answers", left),
                take("ranks", left),
                take("scores", left),
                take("chosenScore", left),
                take("rejectedScore", left),
                take("completion", left),
                take("text", left),
                take("label", left),
                take("expected", left),
                take("id", left),
                ignore);
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "a field must be one of prompt, instruction, input, system, history, tools, messages, chosen, rejected, first, second"
                            + ", winner, firstWins, secondWins, firstScore, secondScore, strength, answers, ranks, scores, chosenScore, rejectedScore, completion, text, label, expected, id but was "
                            + left.keySet().iterator().next());
        }
        return fields;
    }

    private static String take(String name, Map<String, String> paths) {
        String path = paths.remove(name);
        return path == null ? "" : path;
    }

    public FieldsSection {
        ignore = List.copyOf(ignore);
    }

    /// @return how rows are read
    public RowRules rules(OnBadRow onBadRow) {
        Map<String, String> paths = new HashMap<>();
        put("prompt", prompt, paths);
        put("instruction", instruction, paths);
        put("input", input, paths);
        put("system", system, paths);
        put("history", history, paths);
        put("tools", tools, paths);
        put("messages", messages, paths);
        put("chosen", chosen, paths);
        put("rejected", rejected, paths);
        put("first", first, paths);
        put("second", second, paths);
        put("winner", winner, paths);
        put("firstWins", firstWins, paths);
        put("secondWins", secondWins, paths);
        put("firstScore", firstScore, paths);
        put("secondScore", secondScore, paths);
        put("strength", strength, paths);
        put("answers", answers, paths);
        put("ranks", ranks, paths);
        put("scores", scores, paths);
        put("chosen_score", chosenScore, paths);
        put("rejected_score", rejectedScore, paths);
        put("completion", completion, paths);
        put("text", text, paths);
        put("label", label, paths);
        put(ExpectedAnswer.FIELD, expected, paths);
        put("id", id, paths);
        return new RowRules(new FieldMap(paths), onBadRow, Set.copyOf(ignore), Set.of());
    }

    private static void put(String field, String path, Map<String, String> paths) {
        if (!path.isBlank()) {
            paths.put(field, path.strip());
        }
    }
}
