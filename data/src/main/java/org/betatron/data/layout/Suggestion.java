package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.source.JsonRow;
import tools.jackson.databind.JsonNode;

/// What a refusal of a layout proposes.
final class Suggestion {

    private Suggestion() {}

    /// @return how a preference file like this can be read
    static String of(JsonRow row) {
        return of(row, recipe("{prompt: NAME, chosen: NAME, rejected: NAME}"));
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
