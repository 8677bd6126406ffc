package org.betatron.runs.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.core.objective.ObjectiveSpec;

/// A parameter of something that a recipe can choose, with its default.
public final class ChoiceParameter {

    private static final String MUST_BE = " must be ";
    private static final String BUT_WAS = " but was ";

    private final Class<?> owner;
    private final RecordComponent component;
    private final Object defaults;
    private final String group;

    /// @param group what stands before its name; empty, or ending in a dot
    private ChoiceParameter(Class<?> owner, RecordComponent component, Object defaults, String group) {
        this.owner = owner;
        this.component = component;
        this.defaults = defaults;
        this.group = group;
    }

    /// @param type a record with a constant `DEFAULT`
    /// @return its parameters, in declaration order
    public static List<ChoiceParameter> of(Class<?> type) {
        Object defaults = Objects.requireNonNull(Choices.defaultOf(type), () -> type + " has no constant DEFAULT");
        return of(type, defaults, "");
    }

    /// @param settings of a choice
    /// @return its parameters, in declaration order, with these settings as their defaults
    public static List<ChoiceParameter> ofSettings(Record settings) {
        return of(settings.getClass(), settings, "");
    }

    private static List<ChoiceParameter> of(Class<?> type, Object defaults, String group) {
        return Stream.of(type.getRecordComponents())
                .map(component -> new ChoiceParameter(type, component, defaults, group))
                .toList();
    }

    /// @return the parameters of the group that it is, with its name and a dot before theirs; itself where it is none
    public List<ChoiceParameter> flat() {
        Class<?> type = component.getType();
        return type.isRecord()
                ? of(type, value(component, defaults), name() + ".").stream()
                        .flatMap(parameter -> parameter.flat().stream())
                        .toList()
                : List.of(this);
    }

    /// @return parameters and defaults of a record on one line, for example `beta=0.1  labelSmoothing=0.1`
    public static String describe(Class<?> type) {
        return of(type).stream()
                .map(parameter -> parameter.name() + "=" + parameter.spelledDefault())
                .collect(Collectors.joining("  "));
    }

    public String name() {
        return group + component.getName();
    }

    /// @return the default as a recipe spells it
    public String spelledDefault() {
        return spelled(value(component, defaults), component.getType());
    }

    /// @return whether its value is an objective, or a list of objectives with weights
    public boolean holdsObjectives() {
        return component.getType() == ObjectiveSpec.class || component.getType() == List.class;
    }

    /// @return the values that it may take, as far as the record says so
    public String range() {
        Class<?> type = component.getType();
        if (type == boolean.class) {
            return "true or false";
        }
        if (type.isEnum()) {
            return Stream.of(type.getEnumConstants()).map(Choices::spelling).collect(Collectors.joining(", "));
        }
        if (type == double.class) {
            return rangeOfNumber(Double.NaN);
        }
        if (type == int.class) {
            return rangeOfNumber(Integer.MIN_VALUE);
        }
        return component.getGenericType() instanceof ParameterizedType list
                ? "a list of " + fields((Class<?>) list.getActualTypeArguments()[0])
                : "one of " + String.join(", ", RecipeMapper.tags(type).keySet());
    }

    /// The range stands in one place, the check of the record's constructor: what it says when it refuses.
    ///
    /// @param impossible a number that no parameter may be
    private String rangeOfNumber(Number impossible) {
        RecordComponent[] components = owner.getRecordComponents();
        Object[] values = Stream.of(components)
                .map(other -> other.getName().equals(component.getName()) ? impossible : value(other, defaults))
                .toArray();
        try {
            owner.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (InvocationTargetException e) {
            String message = String.valueOf(e.getTargetException().getMessage());
            int from = message.indexOf(MUST_BE);
            int to = message.lastIndexOf(BUT_WAS);
            if (from >= 0 && to > from) {
                return message.substring(from + MUST_BE.length(), to);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + owner, e);
        }
        throw new IllegalStateException(owner + " accepts " + impossible + " as " + name());
    }

    private static String fields(Class<?> item) {
        return Stream.of(item.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /// @param declared type of the place where the value stands: a choice needs its tag there
    private static String spelled(Object value, Class<?> declared) {
        return switch (value) {
            case List<?> items ->
                items.stream().map(item -> spelled(item, item.getClass())).collect(Collectors.joining(", ", "[", "]"));
            case Enum<?> constant -> Choices.spelling(constant);
            case Record group -> {
                Stream<String> tag =
                        declared.isSealed() ? Stream.of("type: " + RecipeMapper.tag(group.getClass())) : Stream.empty();
                Stream<String> fields = Stream.of(group.getClass().getRecordComponents())
                        .map(field -> field.getName() + ": " + spelled(value(field, group), field.getType()));
                yield Stream.concat(tag, fields).collect(Collectors.joining(", ", "{", "}"));
            }
            default -> String.valueOf(value);
        };
    }

    private static Object value(RecordComponent component, Object instance) {
        try {
            return component.getAccessor().invoke(instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
