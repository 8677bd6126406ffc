package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.List;
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

    /// @return what fields could be, as the kinds of their values say
    private static String ofAnswers(JsonRow row) {
        for (String field : row.fields()) {
            for (String text : textsOfElements(row.peek(field))) {
                return "{prompt: NAME, answers: \"" + field + "[]." + text
                        + "\", winner: NAME} (or ranks or scores in place of winner)";
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
        return longest == 0
                ? "{prompt: NAME, chosen: NAME, rejected: NAME}"
                : "{prompt: NAME, first: " + first + ", second: " + second
                        + ", winner: NAME} (or firstWins or strength in place of winner)";
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
        return of(row, recipe("{prompt: NAME, completion: NAME}"));
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
