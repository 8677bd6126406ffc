package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Arithmetic;
import org.betatron.data.template.jinja.python.Callable;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.Items;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;
import org.betatron.data.template.jinja.syntax.Expression;
import org.jspecify.annotations.Nullable;

/// Finds the values of expressions.
final class Evaluator {

    /// Where the text of a filtered block is kept; no template can write this name.
    static final String BLOCK_TEXT = "{text}";

    private final Rendering rendering;

    Evaluator(Rendering rendering) {
        this.rendering = rendering;
    }

    Object value(Expression expression, Scope scope) {
        rendering.budget().spend(1);
        return switch (expression) {
            case Expression.Literal(Object value) -> value;
            case Expression.Name(String name) -> variable(name, scope);
            case Expression.BlockText() -> variable(BLOCK_TEXT, scope);
            case Expression.TupleOf(List<Expression> items) -> new Tuple(values(items, scope));
            case Expression.ListOf(List<Expression> items) -> values(items, scope);
            case Expression.DictOf(List<Expression.Entry> entries) -> dictionary(entries, scope);
            case Expression.Chain(Expression first, List<Expression.Operation> rest) -> chain(first, rest, scope);
            case Expression.Concatenation(List<Expression> parts) -> concatenation(parts, scope);
            case Expression.Unary unary -> unary(unary, scope);
            case Expression.And(List<Expression> operands) -> firstWith(false, operands, scope);
            case Expression.Or(List<Expression> operands) -> firstWith(true, operands, scope);
            case Expression.Compare(Expression first, List<Expression.Operation> rest) ->
                comparison(first, rest, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Attribute(Expression owner, String name) -> attribute(value(owner, scope), name);
            case Expression.Item(Expression owner, Expression key) ->
                Items.item(value(owner, scope), value(key, scope));
            case Expression.Slice slice -> paid(slice(slice, scope));
            case Expression.Call(Expression callee, Expression.Passed passed) ->
                call(value(callee, scope), arguments(passed, scope));
            case Expression.Filter(Expression operand, String name, Expression.Passed passed) ->
                Filters.apply(name, rendering, value(operand, scope), arguments(passed, scope));
            case Expression.Test(Expression operand, String name, Expression.Passed passed) ->
                Tests.apply(name, rendering, value(operand, scope), arguments(passed, scope));
        };
    }

    private Object paid(Object value) {
        rendering.budget().spendOn(value);
        return value;
    }

    private static Object variable(String name, Scope scope) {
        Object value = scope.find(name);
        if (value == null) {
            value = Globals.find(name);
        }
        return value == null ? Undefined.name(name) : value;
    }

    private List<Object> values(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Object dictionary(List<Expression.Entry> entries, Scope scope) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Expression.Entry entry : entries) {
            Object key = value(entry.key(), scope);
            Globals.put(map, key, value(entry.value(), scope));
        }
        return map;
    }

    private Object chain(Expression first, List<Expression.Operation> rest, Scope scope) {
        Object value = value(first, scope);
        for (Expression.Operation operation : rest) {
            value = paid(Arithmetic.apply(operation.operator(), value, value(operation.operand(), scope)));
        }
        return value;
    }

    private Object concatenation(List<Expression> parts, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : parts) {
            Budget.append(text, Repr.str(value(part, scope)));
        }
        return paid(text.toString());
    }

    private Object unary(Expression.Unary unary, Scope scope) {
        Object value = value(unary.operand(), scope);
        return switch (unary.operator()) {
            case "not" -> !Python.truth(value);
            case "-" -> Arithmetic.negative(value);
            default -> Arithmetic.positive(value);
        };
    }

    private Object firstWith(boolean truth, List<Expression> operands, Scope scope) {
        Object value = None.NONE;
        for (Expression operand : operands) {
            value = value(operand, scope);
            if (Python.truth(value) == truth) {
                return value;
            }
        }
        return value;
    }

    private Object comparison(Expression first, List<Expression.Operation> rest, Scope scope) {
        Object left = value(first, scope);
        for (Expression.Operation operation : rest) {
            Object right = value(operation.operand(), scope);
            rendering.budget().spendOn(left);
            rendering.budget().spendOn(right);
            boolean holds = switch (operation.operator()) {
                case "==" -> Comparison.equal(left, right);
                case "!=" -> !Comparison.equal(left, right);
                case "in" -> Comparison.contains(right, left);
                case "not in" -> !Comparison.contains(right, left);
                default -> Comparison.ordered(operation.operator(), left, right);
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Object conditional(Expression.Conditional conditional, Scope scope) {
        if (Python.truth(value(conditional.test(), scope))) {
            return value(conditional.then(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise != null
                ? value(otherwise, scope)
                : new Undefined("the inline if-expression evaluated to false and no else section was defined.");
    }

    private Object attribute(Object owner, String name) {
        Object attribute = Items.attribute(owner, name);
        if (attribute instanceof Callable) {
            rendering.budget().spendOn(owner);
        }
        return attribute;
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        return Items.slice(
                value(slice.owner(), scope),
                bound(slice.start(), scope),
                bound(slice.stop(), scope),
                bound(slice.step(), scope));
    }

    private Object bound(@Nullable Expression bound, Scope scope) {
        return bound == null ? None.NONE : value(bound, scope);
    }

    Arguments arguments(Expression.Passed passed, Scope scope) {
        if (passed.positional().isEmpty()
                && passed.named().isEmpty()
                && passed.spread() == null
                && passed.spreadMap() == null) {
            return Arguments.NONE;
        }
        List<Object> positional = values(passed.positional(), scope);
        Map<String, Object> named = new LinkedHashMap<>();
        passed.named().forEach((name, value) -> named.put(name, value(value, scope)));
        if (passed.spread() != null) {
            Iterator<Object> more = rendering.budget().iterator(value(passed.spread(), scope));
            more.forEachRemaining(positional::add);
        }
        if (passed.spreadMap() != null) {
            if (!(value(passed.spreadMap(), scope) instanceof Map<?, ?> more)) {
                throw PythonError.type("argument after ** must be a mapping");
            }
            more.forEach((name, value) -> {
                if (!(name instanceof String key)) {
                    throw PythonError.type("keywords must be strings");
                }
                if (named.put(key, value) != null) {
                    throw PythonError.type("got multiple values for keyword argument '" + key + "'");
                }
            });
        }
        return new Arguments(positional, named);
    }

    Object call(Object callee, Arguments arguments) {
        if (callee instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!(callee instanceof Callable callable)) {
            throw PythonError.type("'" + Python.typeName(callee) + "' object is not callable");
        }
        arguments.positional().forEach(rendering.budget()::spendOn);
        return paid(callable.call(arguments));
    }
}
