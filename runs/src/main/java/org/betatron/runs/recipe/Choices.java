package org.betatron.runs.recipe;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.betatron.core.Source;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.transform.SidesSpec;
import org.betatron.data.transform.TransformSpec;
import org.betatron.training.TrainLength;
import org.betatron.training.online.PairSpec;
import org.betatron.training.online.RoundBetaSpec;
import org.betatron.training.reference.ReferenceUpdateSpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The choices that a recipe makes by a tag, and the defaults of what can be chosen.
public final class Choices {

    /// Stands for a number that has no default. No setting may take this value.
    private static final double PLACEHOLDER = Double.NaN;

    /// Objectives that are made of objectives, to any depth.
    private static final String NESTED_OBJECTIVE = "^(alignment\\.objective)(?:(?:\\.terms\\[])?\\.objective)+";

    private static final Map<String, Class<?>> BY_PATH = new LinkedHashMap<>();

    static {
        BY_PATH.put("alignment.objective", ObjectiveSpec.class);
        BY_PATH.put("alignment.calibration", CalibrationSpec.class);
        BY_PATH.put("alignment.selection", SelectionSpec.class);
        BY_PATH.put("alignment.aggregation", AggregationSpec.class);
        BY_PATH.put("reference.update", ReferenceUpdateSpec.class);
        BY_PATH.put("adapter", AdapterSpec.class);
        BY_PATH.put("optimizer", OptimizerSpec.class);
        BY_PATH.put("data.transforms[]", TransformSpec.class);
        BY_PATH.put("data.transforms[].sides", SidesSpec.class);
        BY_PATH.put("train.length", TrainLength.class);
        BY_PATH.put("rewards[]", RewardSourceSpec.class);
        BY_PATH.put("policy", PolicySpec.class);
        BY_PATH.put("pairs", PairSpec.class);
        BY_PATH.put("roundBeta", RoundBetaSpec.class);
        BY_PATH.put(RewardSourceSpec.PATH + "[]", RewardSourceSpec.class);
    }

    private Choices() {}

    /// @return the sealed interface at each recipe path that is a choice; `[]` stands for every
    ///     number of an item of a list
    public static Map<String, Class<?>> byPath() {
        return BY_PATH;
    }

    /// @param path recipe path of a choice
    /// @return what can be chosen there, by tag
    public static Map<String, Class<?>> siblings(String path) {
        Class<?> choice = BY_PATH.get(registered(path));
        if (choice == null) {
            throw new IllegalStateException("the choice at " + path + " is not registered");
        }
        return RecipeMapper.tags(choice);
    }

    /// @param path recipe path of a choice
    /// @return settings that go by a name of their own there, by that name
    public static Map<String, Record> variants(String path) {
        return Collections.unmodifiableMap(Presets.variants(path));
    }

    /// @param settings one of [#variants]
    /// @return where it was published; empty where nothing says so
    public static String sourceOf(Record settings) {
        try {
            for (Field field : settings.getClass().getFields()) {
                Source source = field.getAnnotation(Source.class);
                if (source != null && settings.equals(field.get(null))) {
                    return source.value();
                }
            }
            return "";
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("constants of " + settings.getClass() + " must be public", e);
        }
    }

    /// @return the value of the record's constant `DEFAULT`, or null where it has none
    public static @Nullable Object defaultOf(Class<?> type) {
        try {
            return type.getField("DEFAULT").get(null);
        } catch (NoSuchFieldException e) {
            return null;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("DEFAULT of " + type + " must be public", e);
        }
    }

    /// @return the path under which a choice is registered: without numbers of items, and with
    ///     objectives inside of
    ///     objectives at the place of the outermost
    private static String registered(String path) {
        return path.replaceAll("\\[\\d+]", "[]").replaceFirst(NESTED_OBJECTIVE, "$1");
    }

    /// @param path recipe path of a list
    /// @return whether its items are groups of keys, and not texts
    static boolean isListOfGroups(String path) {
        return BY_PATH.containsKey(registered(path) + "[]") || defaultItem(path) != null;
    }

    /// @param path recipe path of a list
    /// @return what an item is before its keys are given; null where items are choices, or texts
    static @Nullable Object defaultItem(String path) {
        return registered(path).equals("alignment.objective.terms") ? ObjectiveSpec.Sum.Term.DEFAULT : null;
    }

    /// @param type record of a choice
    /// @return its settings where none is given, with its tag; placeholders for those without a
    ///     default
    static ObjectNode unchanged(Class<?> type, ObjectMapper mapper) {
        ObjectNode tree = mapper.createObjectNode();
        tree.put(RecipeMapper.TYPE, RecipeMapper.tag(type));
        Object defaults = defaultOf(type);
        if (defaults != null) {
            tree.setAll((ObjectNode) mapper.valueToTree(defaults));
        } else {
            for (RecordComponent component : type.getRecordComponents()) {
                tree.set(component.getName(), initial(component.getType(), mapper));
            }
        }
        tree.put(RecipeMapper.TYPE, RecipeMapper.tag(type));
        return tree;
    }

    /// @return what stands for a component of a record without defaults until it is given: the
    ///     component's own defaults, an empty list, or a placeholder
    private static JsonNode initial(Class<?> type, ObjectMapper mapper) {
        Object defaults = defaultOf(type);
        if (defaults != null) {
            return mapper.valueToTree(defaults);
        }
        return type == List.class ? mapper.createArrayNode() : placeholder(type, mapper);
    }

    private static JsonNode placeholder(Class<?> type, ObjectMapper mapper) {
        if (type == int.class) {
            return mapper.getNodeFactory().numberNode(Integer.MIN_VALUE);
        }
        return type == long.class
                ? mapper.getNodeFactory().numberNode(Long.MIN_VALUE)
                : mapper.getNodeFactory().numberNode(PLACEHOLDER);
    }

    static boolean isPlaceholder(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.asLong() == (node.isInt() ? Integer.MIN_VALUE : Long.MIN_VALUE);
        }
        return node.isNumber() && Double.isNaN(node.asDouble());
    }

    /// @param chosen record of a choice
    /// @return what recipes call it
    public static String tag(Object chosen) {
        return RecipeMapper.tag(chosen.getClass());
    }

    /// @return an enum constant as recipes spell it
    public static String spelling(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
