package org.betatron.runs.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.training.run.Settings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Takes records apart into [Settings], named by their paths as in recipes: `train.length.count`,
/// `data.transforms[0].type`. A list of texts is one setting.
///
/// The default of a setting is the one it has where a recipe that says all the others leaves it out; so the
/// settings of a choice have the defaults of what was chosen.
public final class RecordSettings {

    private final YAMLMapper mapper = RecipeMapper.create(new ConstructorProblems(new ArrayList<>()));
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> defaults = new LinkedHashMap<>();

    private RecordSettings() {}

    /// @param record   a recipe, or a part of one that holds no choices
    /// @param defaults the same kind of record as it is where nothing is said
    public static <R> Settings of(R record, R defaults) {
        RecordSettings settings = new RecordSettings();
        settings.add("", settings.mapper.valueToTree(record), settings.mapper.valueToTree(defaults));
        return new Settings(settings.values, settings.defaults);
    }

    private void add(String path, JsonNode given, @Nullable JsonNode usual) {
        if (given instanceof ObjectNode group) {
            addGroup(path, group, usual);
        } else if (given instanceof ArrayNode list && (isGroups(list) || Choices.isListOfGroups(path))) {
            Object item = Choices.defaultItem(path);
            JsonNode usualItem = item == null ? null : mapper.valueToTree(item);
            for (int i = 0; i < list.size(); i++) {
                add(path + "[" + i + "]", list.get(i), usualItem);
            }
        } else {
            values.put(path, text(given));
            if (usual != null && !Choices.isPlaceholder(usual)) {
                defaults.put(path, text(usual));
            }
        }
    }

    private void addGroup(String path, ObjectNode group, @Nullable JsonNode usual) {
        String tag = group.path(RecipeMapper.TYPE).asString("");
        @Nullable JsonNode usualTag = usual == null ? null : usual.get(RecipeMapper.TYPE);
        JsonNode usualGroup = usual;
        if (!tag.isEmpty() && (usualTag == null || !usualTag.asString("").equals(tag))) {
            Class<?> chosen = Choices.siblings(path).get(tag);
            usualGroup = chosen == null ? null : Choices.unchanged(chosen, mapper);
        }
        for (Map.Entry<String, JsonNode> entry : group.properties()) {
            String key = entry.getKey();
            JsonNode usualValue =
                    key.equals(RecipeMapper.TYPE) ? usualTag : usualGroup == null ? null : usualGroup.get(key);
            add(path.isEmpty() ? key : path + "." + key, entry.getValue(), usualValue);
        }
    }

    private static boolean isGroups(ArrayNode list) {
        return !list.isEmpty() && list.get(0) instanceof ObjectNode;
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }
}
