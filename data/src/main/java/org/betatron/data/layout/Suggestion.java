package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.betatron.data.source.JsonRow;
import tools.jackson.databind.JsonNode;

/// What a refusal of a layout proposes.
final class Suggestion {

    /// How the names of two answers differ.
    private static final List<String[]> ENDINGS = List.of(
            new String[] {"_a", "_b"},
            new String[] {"_A", "_B"},
            new String[] {"_0", "_1"},
            new String[] {"_1", "_2"},
            new String[] {"a", "b"},
            new String[] {"A", "B"},
            new String[] {"0", "1"},
            new String[] {"1", "2"});

    private static final Set<String> TEXTS = Set.of("text", "content", "answer", "response", "output", "completion");

    private Suggestion() {}

    /// @return how a preference file like this can be read
    static String of(JsonRow row) {
        return of(row, recipe(ofAnswers(row)));
    }

    /// @return what fields could be, as their names and the kinds of their values say
    private static String ofAnswers(JsonRow row) {
        for (String field : row.fields()) {
            for (String text : textsOfElements(row.peek(field))) {
                return "{prompt: " + named(row, PROMPTS, field) + ", answers: \"" + field + "[]." + text
                        + "\", winner: " + named(row, LABELS, field) + "} (or ranks or scores in place of winner)";
            }
        }
        String first = "";
        String second = "";
        int longest = 0;
        for (String field : row.fields()) {
            for (String[] ends : ENDINGS) {
                String other = field.replaceFirst(ends[0] + "$", ends[1]);
                int length = row.peek(field).asString("").length();
                if (!other.equals(field) && row.peek(other).isString() && length > longest) {
                    first = field;
                    second = other;
                    longest = length;
                }
            }
        }
        if (longest > 0) {
            return "{prompt: " + named(row, PROMPTS, first, second) + ", first: " + first + ", second: " + second
                    + ", winner: " + named(row, LABELS, first, second)
                    + "} (or firstWins, strength, or firstScore with secondScore, in place of winner)";
        }
        String chosen = named(row, CHOSEN);
        String rejected = named(row, REJECTED, chosen);
        return "{prompt: " + named(row, PROMPTS, chosen, rejected) + ", chosen: " + chosen + ", rejected: " + rejected
                + "}";
    }

    private static final List<String> COMPLETIONS =
            List.of("completion", "response", "output", "answer", "reply", "target", "solution", "summary");

    /// Parts of names, the likeliest first.
    private static final List<String> PROMPTS = List.of(
            "prompt", "question", "instruction", "query", "ask", "user", "input", "post", "context", "title", "q");

    private static final List<String> LABELS =
            List.of("winner", "label", "choice", "vote", "prefer", "better", "best", "judg");

    private static final List<String> CHOSEN =
            List.of("chosen", "good", "better", "prefer", "accept", "win", "best", "pos");

    private static final List<String> REJECTED = List.of("reject", "bad", "worse", "lose", "worst", "loser", "neg");

    /// @param parts what the name may begin with or hold, the likeliest first
    /// @param taken names that are something else
    /// @return the field of that name, `NAME` where there is none
    private static String named(JsonRow row, List<String> parts, String... taken) {
        for (String part : parts) {
            for (String field : row.fields()) {
                String plain = field.toLowerCase(Locale.ROOT);
                boolean fits = part.length() > 1 ? plain.contains(part) : plain.equals(part);
                if (fits
                        && !List.of(taken).contains(field)
                        && row.has(field)
                        && !row.peek(field).isBoolean()) {
                    return field;
                }
            }
        }
        return "NAME";
    }

    /// @return fields of objects in a list that are texts
    private static List<String> textsOfElements(JsonNode list) {
        if (!list.isArray()
                || list.size() < 2
                || list.get(0).has("role")
                || list.get(0).has("from")) {
            return List.of();
        }
        return list.get(0).properties().stream()
                .filter(field -> field.getValue().isString())
                .map(Map.Entry::getKey)
                .filter(TEXTS::contains)
                .toList();
    }

    /// @return how a file of texts like this can be read
    static String ofText(JsonRow row) {
        return of(
                row,
                recipe("{prompt: " + named(row, PROMPTS) + ", completion: "
                        + named(row, COMPLETIONS, named(row, PROMPTS)) + "}"));
    }

    /// @return how a file of prompts like this can be read
    static String ofPrompt(JsonRow row) {
        return of(row, "; where it has another name, --field prompt=NAME says which");
    }

    private static String recipe(String fields) {
        return "; where fields have other names, a recipe says which they are: data.fields: " + fields;
    }

    /// @param names how other names are given
    private static String of(JsonRow row, String names) {
        List<String> lists = new ArrayList<>();
        for (String field : row.fields()) {
            JsonNode value = row.peek(field);
            if (value.isArray()
                    && !value.isEmpty()
                    && value.get(0).isObject()
                    && !value.get(0).has("role")
                    && !value.get(0).has("from")) {
                lists.add(field);
            }
        }
        if (row.fields().size() == 1 && lists.size() == 1) {
            return "; its rows stand in a list under \"" + lists.getFirst() + "\": write that list alone into a file"
                    + " (jq '." + lists.getFirst() + "' FILE)";
        }
        return names;
    }
}
