package org.betatron.data.template.jinja.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What has a value.
public sealed interface Expression {

    /// A value that stands in the template.
    record Literal(Object value) implements Expression {}

    /// A variable.
    record Name(String name) implements Expression {}

    record TupleOf(List<Expression> items) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record DictOf(List<Entry> entries) implements Expression {}

    record Entry(Expression key, Expression value) {}

    /// `first` and operators applied from left to right: `+`, `-`, `*`, `/`, `//`, `%`, `**`.
    record Chain(Expression first, List<Operation> rest) implements Expression {}

    record Operation(String operator, Expression operand) {}

    /// `~`.
    record Concatenation(List<Expression> parts) implements Expression {}

    /// @param operator `-`, `+` or `not`
    record Unary(String operator, Expression operand) implements Expression {}

    /// The first false one, else the last.
    record And(List<Expression> operands) implements Expression {}

    /// The first true one, else the last.
    record Or(List<Expression> operands) implements Expression {}

    /// `a < b < c`: each value with the next. Operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`
    /// and `not in`.
    record Compare(Expression first, List<Operation> rest) implements Expression {}

    record Conditional(
            Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    /// `owner.name`.
    record Attribute(Expression owner, String name) implements Expression {}

    /// `owner[key]`.
    record Item(Expression owner, Expression key) implements Expression {}

    /// `owner[start:stop:step]`.
    record Slice(
            Expression owner,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    record Call(Expression callee, Passed passed) implements Expression {}

    /// `operand | name(...)`.
    record Filter(Expression operand, String name, Passed passed) implements Expression {}

    /// `operand is name(...)`.
    record Test(Expression operand, String name, Passed passed) implements Expression {}

    /// The text of the block that a filter is applied to.
    record BlockText() implements Expression {}

    /// Arguments of a call.
    ///
    /// @param positional by place
    /// @param named      by name
    /// @param spread     `*list`
    /// @param spreadMap  `**map`
    record Passed(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression spread,
            @Nullable Expression spreadMap) {

        static final Passed NOTHING = new Passed(List.of(), Map.of(), null, null);
    }
}
