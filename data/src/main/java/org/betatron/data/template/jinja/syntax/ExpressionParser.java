package org.betatron.data.template.jinja.syntax;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.betatron.data.template.jinja.python.None;
import org.jspecify.annotations.Nullable;

/// Reads expressions, with the precedence of Jinja2: `or`, `and`, `not`, comparisons, `+ -`, `~`,
/// `* / // %`, `**`, signs, then attributes, calls, filters and tests.
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final Known known;

    /// How many conditions are open: what is unknown there is refused only when it is reached.
    private int conditions;

    /// The first filter or test that does not exist, outside of conditions.
    private @Nullable JinjaException unknown;

    ExpressionParser(Tokens tokens, Known known) {
        this.tokens = tokens;
        this.known = known;
    }

    /// To be called at the end of every tag.
    ///
    /// @throws JinjaException if the tag surely needs a filter or test that does not exist
    void refuseUnknown() {
        if (unknown != null) {
            throw unknown;
        }
    }

    private void note(int line, String what, String name) {
        if (conditions == 0 && unknown == null) {
            unknown = JinjaException.at(line, "there is no " + what + " '" + name + "'");
        }
    }

    void openCondition() {
        conditions++;
    }

    void closeCondition() {
        conditions--;
    }

    /// Begins a block with variables of its own, in which conditions around it do not count.
    ///
    /// @return what [#closeBlock] takes
    int openBlock() {
        int around = conditions;
        conditions = 0;
        return around;
    }

    void closeBlock(int around) {
        conditions = around;
    }

    Expression expression() {
        tokens.enter();
        JinjaException before = unknown;
        Expression value = or();
        int conditionals = 0;
        while (tokens.skipName("if")) {
            tokens.enter();
            conditionals++;
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(test, value, otherwise);
        }
        unknown = conditionals > 0 ? before : unknown;
        tokens.leave(conditionals + 1);
        return value;
    }

    /// Expressions with commas between them are a tuple.
    ///
    /// @param isConditional whether `a if b` belongs to it
    /// @param end           a name that ends it
    /// @param isInBrackets  whether it may be empty
    Expression tuple(boolean isConditional, String end, boolean isInBrackets) {
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (!isTupleEnd(end)) {
            items.add(isConditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (!isTuple && items.size() == 1) {
            return items.getFirst();
        }
        if (!isTuple && !isInBrackets) {
            throw tokens.fail("expected an expression, got '" + tokens.current().shown() + "'");
        }
        return new Expression.TupleOf(items);
    }

    boolean isTupleEnd(String end) {
        Token token = tokens.current();
        return switch (token.kind()) {
            case PRINT_END, STATEMENT_END -> true;
            default -> token.isOperator(")") || token.isName(end);
        };
    }

    Expression or() {
        List<Expression> operands = new ArrayList<>(List.of(and()));
        while (tokens.skipName("or")) {
            operands.add(and());
        }
        return operands.size() == 1 ? operands.getFirst() : new Expression.Or(operands);
    }

    private Expression and() {
        List<Expression> operands = new ArrayList<>(List.of(not()));
        while (tokens.skipName("and")) {
            operands.add(not());
        }
        return operands.size() == 1 ? operands.getFirst() : new Expression.And(operands);
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = not();
        tokens.leave(1);
        return new Expression.Unary("not", operand);
    }

    private Expression comparison() {
        Expression first = sum();
        List<Expression.Operation> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                rest.add(new Expression.Operation(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                rest.add(new Expression.Operation("in", sum()));
            } else if (token.isName("not") && tokens.following().isName("in")) {
                tokens.next();
                tokens.next();
                rest.add(new Expression.Operation("not in", sum()));
            } else {
                return rest.isEmpty() ? first : new Expression.Compare(first, rest);
            }
        }
    }

    private Expression sum() {
        return chain(Set.of("+", "-"), this::concatenation);
    }

    private Expression concatenation() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Concatenation(parts);
    }

    private Expression product() {
        return chain(Set.of("*", "/", "//", "%"), () -> chain(Set.of("**"), () -> unary(true)));
    }

    private Expression chain(Set<String> operators, Supplier<Expression> operand) {
        Expression first = operand.get();
        List<Expression.Operation> rest = new ArrayList<>();
        while (tokens.current().kind() == Token.Kind.OPERATOR
                && operators.contains(tokens.current().text())) {
            rest.add(new Expression.Operation(tokens.next().text(), operand.get()));
        }
        return rest.isEmpty() ? first : new Expression.Chain(first, rest);
    }

    private Expression unary(boolean hasFilters) {
        Token token = tokens.current();
        Expression value;
        if (token.isOperator("-") || token.isOperator("+")) {
            tokens.next();
            tokens.enter();
            value = new Expression.Unary(token.text(), unary(false));
            tokens.leave(1);
        } else {
            value = primary();
        }
        value = postfix(value);
        return hasFilters ? filtersAndTests(value) : value;
    }

    /// A name, literal, list, dictionary or what stands in parentheses.
    Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> name(token.text());
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.current().kind() == Token.Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Literal(text.toString());
            }
            case NUMBER -> new Expression.Literal(token.value());
            case OPERATOR -> bracketed(token);
            default -> throw JinjaException.at(token.line(), "unexpected '" + token.shown() + "'");
        };
    }

    private Expression bracketed(Token open) {
        tokens.enter();
        Expression value = switch (open.text()) {
            case "(" -> {
                Expression inner = tuple(true, "", true);
                tokens.expectOperator(")");
                yield inner;
            }
            case "[" -> list();
            case "{" -> dictionary();
            default -> throw JinjaException.at(open.line(), "unexpected '" + open.text() + "'");
        };
        tokens.leave(1);
        return value;
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(None.NONE);
            default -> {
                tokens.reads(name);
                yield new Expression.Name(name);
            }
        };
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.current().isOperator("]")) {
            items.add(expression());
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("]");
        return new Expression.ListOf(items);
    }

    private Expression dictionary() {
        List<Expression.Entry> entries = new ArrayList<>();
        while (!tokens.current().isOperator("}")) {
            Expression key = expression();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, expression()));
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("}");
        return new Expression.DictOf(entries);
    }

    Expression postfix(Expression first) {
        return lengthened(
                first,
                value -> tokens.skipOperator(".")
                        ? member(value)
                        : tokens.skipOperator("[") ? subscript(value) : callIfAny(value));
    }

    private Expression filtersAndTests(Expression first) {
        return lengthened(
                first,
                value -> tokens.skipOperator("|")
                        ? filter(value)
                        : tokens.skipName("is") ? test(value) : callIfAny(value));
    }

    /// @param longer the expression with what follows it; null if nothing does
    private Expression lengthened(Expression first, Function<Expression, @Nullable Expression> longer) {
        Expression value = first;
        int length = 0;
        for (Expression next = longer.apply(value); next != null; next = longer.apply(value)) {
            value = next;
            tokens.enter();
            length++;
        }
        tokens.leave(length);
        return value;
    }

    private @Nullable Expression callIfAny(Expression called) {
        return tokens.current().isOperator("(") ? new Expression.Call(called, passed()) : null;
    }

    private Expression member(Expression owner) {
        Token token = tokens.next();
        if (token.kind() == Token.Kind.NAME) {
            return new Expression.Attribute(owner, token.text());
        }
        if (token.kind() == Token.Kind.NUMBER && !(token.value() instanceof Double)) {
            return new Expression.Item(owner, new Expression.Literal(token.value()));
        }
        throw JinjaException.at(token.line(), "expected name or number");
    }

    private Expression subscript(Expression owner) {
        Expression first = tokens.current().isOperator(":") ? null : expression();
        if (first != null && !tokens.current().isOperator(":")) {
            List<Expression> keys = new ArrayList<>(List.of(first));
            while (tokens.skipOperator(",")) {
                keys.add(expression());
            }
            tokens.expectOperator("]");
            return new Expression.Item(owner, keys.size() == 1 ? first : new Expression.TupleOf(keys));
        }
        tokens.expectOperator(":");
        Expression stop = bound();
        Expression step = tokens.skipOperator(":") ? bound() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(owner, first, stop, step);
    }

    private @Nullable Expression bound() {
        Token token = tokens.current();
        return token.isOperator(":") || token.isOperator("]") || token.isOperator(",") ? null : expression();
    }

    /// One filter, whose name comes next.
    Expression filter(Expression operand) {
        int line = tokens.current().line();
        String name = dottedName();
        if (!known.isFilter(name)) {
            note(line, "filter", name);
        }
        return new Expression.Filter(
                operand, name, tokens.current().isOperator("(") ? passed() : Expression.Passed.NOTHING);
    }

    private Expression test(Expression operand) {
        boolean isNegated = tokens.skipName("not");
        int line = tokens.current().line();
        String name = dottedName();
        Token token = tokens.current();
        Expression.Passed passed = Expression.Passed.NOTHING;
        if (token.isOperator("(")) {
            passed = passed();
        } else if (isArgument(token)) {
            if (token.isName("is")) {
                throw tokens.fail("You cannot chain multiple tests with is");
            }
            passed = new Expression.Passed(List.of(postfix(primary())), Map.of(), null, null);
        }
        if (!known.isTest(name)) {
            note(line, "test", name);
        }
        Expression test = new Expression.Test(operand, name, passed);
        return isNegated ? new Expression.Unary("not", test) : test;
    }

    private static boolean isArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, NUMBER -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }

    private String dottedName() {
        StringBuilder name =
                new StringBuilder(tokens.expect(Token.Kind.NAME, "a name").text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Token.Kind.NAME, "a name").text());
        }
        return name.toString();
    }

    private Expression.Passed passed() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression spread = null;
        Expression spreadMap = null;
        while (!tokens.current().isOperator(")")) {
            Token token = tokens.current();
            if (token.isOperator("*") && spread == null && spreadMap == null) {
                tokens.next();
                spread = expression();
            } else if (token.isOperator("**") && spreadMap == null) {
                tokens.next();
                spreadMap = expression();
            } else if (token.kind() == Token.Kind.NAME && tokens.following().isOperator("=") && spreadMap == null) {
                tokens.next();
                tokens.next();
                if (named.put(token.text(), expression()) != null) {
                    throw tokens.fail("the argument '" + token.text() + "' is given twice");
                }
            } else if (named.isEmpty() && spread == null && spreadMap == null) {
                positional.add(expression());
            } else {
                throw tokens.fail("invalid syntax for function call expression");
            }
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
        return new Expression.Passed(positional, named, spread, spreadMap);
    }
}
