package org.betatron.data.template.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Arithmetic;
import org.betatron.data.template.jinja.python.Callable;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.Markup;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Range;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.TextClasses;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;

/// The tests of Jinja2, `value is name`, by name.
final class Tests {

    private static final Map<String, Predicate<Object>> PLAIN = Map.ofEntries(
            Map.entry("boolean", value -> value instanceof Boolean),
            Map.entry("callable", value -> value instanceof Callable || value instanceof Undefined),
            Map.entry("defined", value -> !(value instanceof Undefined)),
            Map.entry("escaped", value -> value instanceof Markup),
            Map.entry("even", value -> Comparison.equal(Arithmetic.apply("%", value, 2L), 0L)),
            Map.entry("false", value -> value.equals(false)),
            Map.entry("filter", value -> Filters.isKnown(Repr.str(value))),
            Map.entry("float", value -> value instanceof Double),
            Map.entry("integer", value -> value instanceof Long || value instanceof BigInteger),
            Map.entry("iterable", Python::isIterable),
            Map.entry("lower", value -> TextClasses.isLower(Repr.str(value))),
            Map.entry("mapping", value -> value instanceof Map<?, ?>),
            Map.entry("none", value -> value == None.NONE),
            Map.entry("number", value -> Numbers.number(value) != null),
            Map.entry("odd", value -> Comparison.equal(Arithmetic.apply("%", value, 2L), 1L)),
            Map.entry("sequence", Tests::isSequence),
            Map.entry("string", value -> Python.text(value) != null),
            Map.entry("test", value -> isKnown(Repr.str(value))),
            Map.entry("true", value -> value.equals(true)),
            Map.entry("undefined", value -> value instanceof Undefined),
            Map.entry("upper", value -> TextClasses.isUpper(Repr.str(value))));

    private static final Map<String, BiPredicate<Object, Object>> WITH_OTHER = Map.ofEntries(
            Map.entry("divisibleby", (value, other) -> Comparison.equal(Arithmetic.apply("%", value, other), 0L)),
            Map.entry("in", (value, other) -> Comparison.contains(other, value)),
            Map.entry("sameas", Tests::isSame),
            Map.entry("==", Comparison::equal),
            Map.entry("eq", Comparison::equal),
            Map.entry("equalto", Comparison::equal),
            Map.entry("!=", (value, other) -> !Comparison.equal(value, other)),
            Map.entry("ne", (value, other) -> !Comparison.equal(value, other)),
            Map.entry(">", (value, other) -> Comparison.ordered(">", value, other)),
            Map.entry("gt", (value, other) -> Comparison.ordered(">", value, other)),
            Map.entry("greaterthan", (value, other) -> Comparison.ordered(">", value, other)),
            Map.entry(">=", (value, other) -> Comparison.ordered(">=", value, other)),
            Map.entry("ge", (value, other) -> Comparison.ordered(">=", value, other)),
            Map.entry("<", (value, other) -> Comparison.ordered("<", value, other)),
            Map.entry("lt", (value, other) -> Comparison.ordered("<", value, other)),
            Map.entry("lessthan", (value, other) -> Comparison.ordered("<", value, other)),
            Map.entry("<=", (value, other) -> Comparison.ordered("<=", value, other)),
            Map.entry("le", (value, other) -> Comparison.ordered("<=", value, other)));

    private Tests() {}

    static boolean isKnown(String name) {
        return PLAIN.containsKey(name) || WITH_OTHER.containsKey(name);
    }

    static Object apply(String name, Rendering rendering, Object value, Arguments arguments) {
        Predicate<Object> plain = PLAIN.get(name);
        if (plain != null) {
            arguments.bind(name, 0);
            return plain.test(value);
        }
        BiPredicate<Object, Object> withOther = WITH_OTHER.get(name);
        if (withOther == null) {
            throw PythonError.other("TemplateRuntimeError", "there is no test '" + name + "'");
        }
        Object other = Objects.requireNonNull(arguments.bind(name, 1, "other")[0]);
        rendering.budget().spendOn(value);
        rendering.budget().spendOn(other);
        return withOther.test(value, other);
    }

    private static boolean isSequence(Object value) {
        return switch (value) {
            case List<?> _, Tuple _, Range _, Map<?, ?> _, String _, Markup _, Undefined _ -> true;
            default -> false;
        };
    }

    /// Identity, which equal texts and small numbers share in Python.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Object value, Object other) {
        return switch (value) {
            case Boolean _, None _, String _, Long _ -> value.equals(other);
            default -> value == other;
        };
    }
}
