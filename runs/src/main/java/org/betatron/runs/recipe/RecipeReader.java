package org.betatron.runs.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads one recipe: a YAML file and overrides, merged over the defaults of a record.
///
/// The defaults decide which keys exist and what kind of value each takes, so an unknown key is
/// found wherever it stands. All problems are collected and thrown together by [#resolve]. For one
/// recipe; not thread-safe.
public final class RecipeReader {

    private static final Pattern ITEM = Pattern.compile("(\\w+)\\[(\\d{1,4})]");

    private final List<String> problems = new ArrayList<>();
    private final Set<String> explicit = new LinkedHashSet<>();
    private final YAMLMapper mapper = RecipeMapper.create(new ConstructorProblems(problems));
    private final ObjectNode user = mapper.createObjectNode();
    private String where = "options";

    /// Adds a recipe file.
    ///
    /// @throws RecipeException if it cannot be read or is not YAML
    public RecipeReader file(Path file) {
        where = file.toString();
        try {
            return text(where, Files.readString(file));
        } catch (IOException e) {
            throw new RecipeException(where, List.of("cannot be read: " + reason(e)));
        }
    }

    /// Adds a recipe that is there as text.
    ///
    /// @param name what messages call it
    /// @throws RecipeException if it is not YAML
    public RecipeReader text(String name, String yaml) {
        where = name;
        try {
            JsonNode tree = mapper.readTree(yaml);
            if (tree instanceof ObjectNode object) {
                mergeRaw(user, object);
            } else if (!tree.isMissingNode() && !tree.isNull()) {
                throw new RecipeException(where, List.of("a recipe must be keys with values"));
            }
        } catch (JacksonException e) {
            throw new RecipeException(where, List.of("is not valid YAML: " + yamlProblem(e)));
        }
        return this;
    }

    /// Adds overrides of the form `path.to.key=value`; the value is YAML.
    public RecipeReader overrides(List<String> assignments) {
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                problems.add("--set " + assignment + ": must have the form path.to.key=value");
                continue;
            }
            try {
                set(assignment.substring(0, equals).strip(), mapper.readTree(assignment.substring(equals + 1)));
            } catch (JacksonException e) {
                problems.add("--set " + assignment + ": the value is not valid YAML: " + yamlProblem(e));
            }
        }
        return this;
    }

    /// @param settings values by path
    /// @return the text of a recipe that says nothing else
    public static String yaml(Map<String, String> settings) {
        RecipeReader reader = new RecipeReader();
        settings.forEach((path, value) -> reader.set(path, reader.mapper.readTree(value)));
        return reader.mapper.writeValueAsString(reader.user);
    }

    /// @param yaml a recipe
    /// @return what it says under an outermost key, as text
    static String value(String yaml, String key) {
        return new RecipeReader().mapper.readTree(yaml).path(key).toString();
    }

    /// Sets one value, unless it is null: how a command line option enters the recipe.
    public RecipeReader option(String path, @Nullable Object value) {
        if (value != null) {
            set(path, mapper.valueToTree(value));
        }
        return this;
    }

    /// @param key outermost key of a recipe
    /// @return whether something was said about it
    public boolean mentions(String key) {
        return user.has(key);
    }

    /// Merges, checks and binds everything that was added.
    ///
    /// @param type kind of recipe
    /// @throws RecipeException with every problem that was found
    public <R extends Recipe> Resolved<R> resolve(Class<R> type) {
        ObjectNode tree = mapper.valueToTree(Recipe.defaults(type));
        merge("", tree, user);
        if (PromptedRecipe.class.isAssignableFrom(type)) {
            AdapterRate.apply(tree, explicit);
        }
        boolean isComplete = requireValues("", tree);
        if (!isComplete) {
            throwProblems();
        }
        // What was refused so far left a default behind, so that values out of range are found as well.
        R recipe = null;
        try {
            recipe = mapper.treeToValue(tree, type);
        } catch (JacksonException e) {
            if (problems.isEmpty()) {
                problems.add(e.getOriginalMessage());
            }
        }
        throwProblems();
        if (recipe == null) {
            throw new RecipeException(where, List.of("is empty"));
        }
        return new Resolved<>(recipe, mapper.writeValueAsString(tree), explicit);
    }

    /// @param from     recipe
    /// @param settings values by path, in place of those that it has
    static <R extends Recipe> Resolved<R> with(Resolved<R> from, Class<R> type, Map<String, Object> settings) {
        RecipeReader reader = new RecipeReader();
        if (reader.mapper.readTree(from.yaml()) instanceof ObjectNode written) {
            mergeRaw(reader.user, written);
        }
        settings.forEach(reader::option);
        Resolved<R> changed = reader.resolve(type);
        return new Resolved<>(changed.recipe(), changed.yaml(), from.explicit());
    }

    /// Writes down a recipe that was made in Java.
    <R extends Recipe> Resolved<R> resolve(R recipe) {
        ObjectNode tree = mapper.valueToTree(recipe);
        addDifferences("", tree, mapper.valueToTree(Recipe.defaults(recipe.getClass())));
        String yaml = mapper.writeValueAsString(tree);
        Set<String> differing = Set.copyOf(explicit);
        if (mapper.readTree(yaml) instanceof ObjectNode written) {
            mergeRaw(user, written);
        }
        if (!resolve(recipe.getClass()).recipe().equals(recipe)) {
            throw new RecipeException(where, List.of("is not the same after it was written down and read back"));
        }
        return new Resolved<>(recipe, yaml, differing);
    }

    private void addDifferences(String path, ObjectNode given, ObjectNode defaults) {
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            String childPath = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            JsonNode usual = defaults.path(entry.getKey());
            if (entry.getValue() instanceof ObjectNode group) {
                addDifferences(
                        childPath, group, usual instanceof ObjectNode object ? object : mapper.createObjectNode());
            } else if (!entry.getValue().equals(usual)) {
                explicit.add(childPath);
            }
        }
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw new RecipeException(where, problems);
        }
    }

    private void set(String path, JsonNode value) {
        ObjectNode at = user;
        String[] keys = path.split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            ObjectNode item = item(at, keys[i]);
            if (item != null) {
                at = item;
                continue;
            }
            JsonNode child = at.path(keys[i]);
            if (child.isString()) {
                boolean isPreset =
                        Presets.applyTo(String.join(".", List.of(keys).subList(0, i + 1)));
                at.putObject(keys[i]).set(isPreset ? Presets.KEY : RecipeMapper.TYPE, child);
            }
            at = at.path(keys[i]) instanceof ObjectNode object ? object : at.putObject(keys[i]);
        }
        String last = keys[keys.length - 1];
        if (value instanceof ObjectNode object && at.path(last) instanceof ObjectNode existing) {
            mergeRaw(existing, object);
        } else {
            at.set(last, value);
        }
    }

    /// @return the group that a key such as `rewards[0]` names in a list that was given before;
    ///     null if none
    private static @Nullable ObjectNode item(ObjectNode at, String key) {
        Matcher item = ITEM.matcher(key);
        return item.matches()
                        && at.path(item.group(1)).path(Integer.parseInt(item.group(2))) instanceof ObjectNode group
                ? group
                : null;
    }

    private static void mergeRaw(ObjectNode target, ObjectNode source) {
        source.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode from && target.path(entry.getKey()) instanceof ObjectNode into) {
                mergeRaw(into, from);
            } else {
                target.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private void merge(String path, ObjectNode target, ObjectNode source) {
        for (Map.Entry<String, JsonNode> entry : source.properties()) {
            String key = entry.getKey();
            String childPath = path.isEmpty() ? key : path + "." + key;
            JsonNode known = target.get(key);
            if (known == null) {
                problems.add(childPath + ": unknown key; "
                        + Suggestion.of(
                                key,
                                target.properties().stream()
                                        .map(Map.Entry::getKey)
                                        .toList()));
                continue;
            }
            explicit.add(childPath);
            if (known instanceof ObjectNode group) {
                mergeGroup(childPath, target, key, group, entry.getValue());
            } else if (Choices.isListOfGroups(childPath)) {
                target.set(key, mergeList(childPath, entry.getValue()));
            } else if (!key.equals(RecipeMapper.TYPE) || !target.has(RecipeMapper.TYPE)) {
                JsonNode value = convert(childPath, known, entry.getValue());
                if (value != null) {
                    target.set(key, value);
                }
            }
        }
    }

    /// A list is given as a whole: it replaces the one that was there.
    private ArrayNode mergeList(String path, JsonNode given) {
        ArrayNode items = mapper.createArrayNode();
        List<JsonNode> givenItems =
                given instanceof ArrayNode list ? list.valueStream().toList() : List.of(given);
        for (int i = 0; i < givenItems.size(); i++) {
            String itemPath = path + "[" + i + "]";
            JsonNode item = givenItems.get(i);
            Object defaults = Choices.defaultItem(path);
            if (defaults != null) {
                ObjectNode parent = mapper.createObjectNode();
                mergeGroup(itemPath, parent, itemPath, mapper.valueToTree(defaults), item);
                if (parent.path(itemPath) instanceof ObjectNode merged) {
                    items.add(merged);
                }
                continue;
            }
            if (!item.isString() && !(item instanceof ObjectNode object && object.has(RecipeMapper.TYPE))) {
                problems.add(itemPath + ": must be one of "
                        + String.join(", ", Choices.siblings(itemPath).keySet())
                        + ", or a group of keys with such a type, but was " + item);
                continue;
            }
            ObjectNode parent = mapper.createObjectNode();
            ObjectNode unchosen = parent.putObject(itemPath).put(RecipeMapper.TYPE, "");
            mergeGroup(itemPath, parent, itemPath, unchosen, item);
            JsonNode chosen = parent.path(itemPath);
            if (!chosen.path(RecipeMapper.TYPE).asString("").isEmpty()) {
                items.add(chosen);
            }
        }
        return items;
    }

    private void mergeGroup(String path, ObjectNode parent, String key, ObjectNode group, JsonNode given) {
        boolean isChoice = group.has(RecipeMapper.TYPE);
        ObjectNode source;
        if (given instanceof ObjectNode object) {
            source = object;
        } else if (given.isString() && (isChoice || Presets.applyTo(path))) {
            // "objective: simpo" is short for "objective: {type: simpo}", and for presets likewise.
            source = mapper.createObjectNode();
            source.put(isChoice ? RecipeMapper.TYPE : Presets.KEY, given.asString());
        } else {
            problems.add(path + ": must be a group of keys but was " + given);
            return;
        }
        ObjectNode base = group;
        Object variant =
                isChoice ? Presets.variant(path, source.path(RecipeMapper.TYPE).asString("")) : null;
        if (variant != null) {
            base = mapper.valueToTree(variant);
            base.put(RecipeMapper.TYPE, RecipeMapper.tag(variant.getClass()));
            source = source.deepCopy();
            source.remove(RecipeMapper.TYPE);
        } else if (isChoice && source.has(RecipeMapper.TYPE)) {
            ObjectNode chosen =
                    choose(path, group, source.path(RecipeMapper.TYPE).asString(""));
            if (chosen == null) {
                return;
            }
            base = chosen;
        } else if (Presets.applyTo(path) && source.has(Presets.KEY)) {
            Object preset = Presets.find(source.path(Presets.KEY).asString(""));
            if (preset == null) {
                problems.add(path + "." + Presets.KEY + ": must be one of " + Presets.names() + " but was "
                        + source.path(Presets.KEY));
                return;
            }
            base = mapper.valueToTree(preset);
            source = source.deepCopy();
            source.remove(Presets.KEY);
        }
        parent.set(key, base);
        merge(path, base, source);
    }

    private @Nullable ObjectNode choose(String path, ObjectNode current, String tag) {
        if (current.path(RecipeMapper.TYPE).asString("").equals(tag)) {
            return current;
        }
        Map<String, Class<?>> tags = Choices.siblings(path);
        Class<?> type = tags.get(tag);
        if (type == null) {
            Set<String> known = new LinkedHashSet<>(tags.keySet());
            known.addAll(Presets.variants(path).keySet());
            problems.add(path + ".type: must be " + Suggestion.oneOf(known, tag));
            return null;
        }
        return Choices.unchanged(type, mapper);
    }

    /// @return the value in the kind that the default has, or null after noting a problem
    private @Nullable JsonNode convert(String path, JsonNode known, JsonNode given) {
        if (known instanceof ArrayNode) {
            ArrayNode list = given instanceof ArrayNode array
                    ? array
                    : mapper.createArrayNode().add(given);
            if (list.valueStream().allMatch(RecipeReader::isText)) {
                return list;
            }
            problems.add(path + ": must be text, or a list of texts, but was " + given);
            return null;
        }
        if (known.isNumber() || known.isMissingNode()) {
            return number(path, known, given);
        }
        boolean fits = known.isBoolean() ? given.isBoolean() : isText(given);
        if (!fits) {
            problems.add(path + ": must be " + (known.isBoolean() ? "true or false" : "text") + " but was " + given);
            return null;
        }
        return known.isBoolean() ? given : mapper.getNodeFactory().stringNode(given.asString());
    }

    private static boolean isText(JsonNode node) {
        return node.isValueNode() && !node.isNull();
    }

    private @Nullable JsonNode number(String path, JsonNode known, JsonNode given) {
        boolean whole = known.isIntegralNumber();
        // YAML reads 5e-7 as text, because it has no point.
        String text = given.isValueNode() ? given.asString("") : "";
        try {
            if (whole) {
                return whole(path, known, Long.parseLong(text));
            }
            double value = Double.parseDouble(text);
            if (Double.isNaN(value)) {
                throw new NumberFormatException(text);
            }
            return mapper.getNodeFactory().numberNode(value);
        } catch (NumberFormatException e) {
            problems.add(path + ": must be a " + (whole ? "whole " : "") + "number but was "
                    + (given.isString() ? "'" + text + "'" : given.isNumber() ? text : given));
            return null;
        }
    }

    private @Nullable JsonNode whole(String path, JsonNode known, long value) {
        if (known.isInt() && value != (int) value) {
            problems.add(path + ": must be in [" + Integer.MIN_VALUE + ", " + Integer.MAX_VALUE + "] but was " + value);
            return null;
        }
        return mapper.getNodeFactory().numberNode(value);
    }

    /// A record without defaults leaves placeholders, which must be filled by now.
    ///
    /// @return whether they are
    private boolean requireValues(String path, ObjectNode tree) {
        boolean isComplete = true;
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            String childPath = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getValue() instanceof ObjectNode group) {
                isComplete &= requireValues(childPath, group);
            } else if (entry.getValue() instanceof ArrayNode list) {
                for (int i = 0; i < list.size(); i++) {
                    isComplete &=
                            !(list.get(i) instanceof ObjectNode item) || requireValues(childPath + "[" + i + "]", item);
                }
            } else if (Choices.isPlaceholder(entry.getValue())) {
                problems.add(childPath + ": must be given");
                isComplete = false;
            }
        }
        return isComplete;
    }

    /// The parser draws where it stopped, over several lines; the sentences among them say what is
    /// wrong.
    private static String yamlProblem(JacksonException e) {
        String said = e.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" "))
                .collect(Collectors.joining(", "));
        TokenStreamLocation place = e.getLocation();
        return said + (place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")");
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "there is no such file"
                : String.valueOf(e.getMessage());
    }
}
