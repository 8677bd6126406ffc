package org.betatron.data.template.jinja.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads a template: its text, its tags and their expressions.
public final class Parser {

    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    /// Statements of Jinja2 that need other templates or that `transformers` leaves out.
    private static final Set<String> REFUSED =
            Set.of("include", "import", "from", "extends", "block", "autoescape", "do", "trans", "debug");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private int loops;

    /// Loops around, those outside of macros too; none of them may assign to `loop`.
    private int allLoops;

    private Parser(Tokens tokens, Known known) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens, known);
    }

    /// @param source template
    /// @param known  filters and tests that there are
    /// @throws JinjaException if it cannot be read
    public static List<Statement> parse(String source, Known known) {
        Parser parser = new Parser(new Tokens(Lexer.tokens(source)), known);
        List<Statement> statements = parser.statements("", Set.of());
        if (parser.tokens.current().kind() != Token.Kind.END) {
            throw parser.tokens.fail(
                    "unknown statement '" + parser.tokens.current().shown() + "'");
        }
        return statements;
    }

    /// Statements up to one of `ends`, whose name is then the current token; without ends up to the
    /// end of the template.
    private List<Statement> statements(String opener, Set<String> ends) {
        tokens.enter();
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.line(), token.text()));
                case PRINT -> {
                    body.add(new Statement.Print(token.line(), expressions.tuple(true, "", false)));
                    tokens.expect(Token.Kind.PRINT_END, "end of print statement");
                    expressions.refuseUnknown();
                }
                case STATEMENT -> {
                    if (tokens.current().kind() == Token.Kind.NAME
                            && ends.contains(tokens.current().text())) {
                        tokens.leave(1);
                        return body;
                    }
                    body.addAll(statement());
                    endOfTag();
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw JinjaException.at(
                                token.line(),
                                "the template ends within '" + opener + "', which needs 'end" + opener + "'");
                    }
                    tokens.leave(1);
                    return body;
                }
            }
        }
    }

    private void endOfTag() {
        tokens.expect(Token.Kind.STATEMENT_END, "end of statement block");
        expressions.refuseUnknown();
    }

    /// The body of a block whose opening tag ends here, up to `end`, which is read as well.
    private List<Statement> body(String opener) {
        int around = expressions.openBlock();
        List<Statement> body = rest(opener);
        expressions.closeBlock(around);
        return body;
    }

    /// Likewise, for what follows an `else` of `if`.
    private List<Statement> rest(String opener) {
        List<Statement> body = bodyUntil(opener, Set.of("end" + opener));
        tokens.next();
        return body;
    }

    private List<Statement> bodyUntil(String opener, Set<String> ends) {
        tokens.skipOperator(":");
        endOfTag();
        return statements(opener, ends);
    }

    private List<Statement> statement() {
        Token token = tokens.expect(Token.Kind.NAME, "the name of a statement");
        int line = token.line();
        return switch (token.text()) {
            case "if" -> List.of(ifs(line));
            case "for" -> List.of(loop(line));
            case "set" -> List.of(assignment(line));
            case "macro" -> List.of(macro(line));
            case "call" -> List.of(callBlock(line));
            case "filter" -> List.of(filterBlock(line));
            case "with" -> List.of(with(line));
            case "print" -> prints(line);
            case "generation" -> {
                int outer = loops;
                loops = 0;
                List<Statement> body = body("generation");
                loops = outer;
                yield List.of(new Statement.Generation(line, body));
            }
            case "break" -> List.of(new Statement.Break(withinLoop(token)));
            case "continue" -> List.of(new Statement.Continue(withinLoop(token)));
            default ->
                throw JinjaException.at(
                        line,
                        REFUSED.contains(token.text())
                                ? "the statement '" + token.text() + "' is not supported in chat templates"
                                : "unknown statement '" + token.text() + "'");
        };
    }

    private int withinLoop(Token token) {
        if (loops == 0) {
            throw JinjaException.at(token.line(), "'" + token.text() + "' outside of a loop");
        }
        return token.line();
    }

    private List<Statement> prints(int line) {
        List<Statement> prints = new ArrayList<>();
        while (tokens.current().kind() != Token.Kind.STATEMENT_END) {
            if (!prints.isEmpty()) {
                tokens.expectOperator(",");
            }
            prints.add(new Statement.Print(line, expressions.expression()));
        }
        return prints;
    }

    private Statement ifs(int line) {
        expressions.openCondition();
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        int at = line;
        while (true) {
            Expression test = expressions.tuple(false, "", false);
            branches.add(new Statement.Branch(at, test, bodyUntil("if", Set.of("elif", "else", "endif"))));
            Token end = tokens.next();
            if (end.isName("elif")) {
                at = end.line();
                continue;
            }
            if (end.isName("else")) {
                otherwise = rest("if");
            }
            expressions.closeCondition();
            return new Statement.If(line, branches, otherwise);
        }
    }

    private Statement loop(int line) {
        allLoops++;
        Statement.Target target = target("in", false);
        if (!tokens.skipName("in")) {
            throw tokens.fail("expected 'in', got '" + tokens.current().shown() + "'");
        }
        Expression items = expressions.tuple(false, "recursive", false);
        int around = expressions.openBlock();
        Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean isRecursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = bodyUntil("for", Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = tokens.next().isName("else") ? body("for") : List.of();
        expressions.closeBlock(around);
        allLoops--;
        return new Statement.For(line, target, items, condition, isRecursive, body, otherwise);
    }

    private Statement assignment(int line) {
        Statement.Target target = target("", true);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(line, target, expressions.tuple(true, "", false));
        }
        Expression filter = new Expression.BlockText();
        while (tokens.skipOperator("|")) {
            filter = expressions.filter(filter);
        }
        return new Statement.AssignBlock(line, target, filter, body("set"));
    }

    private Statement filterBlock(int line) {
        Expression filter = expressions.filter(new Expression.BlockText());
        while (tokens.skipOperator("|")) {
            filter = expressions.filter(filter);
        }
        return new Statement.FilterBlock(line, filter, body("filter"));
    }

    private Statement with(int line) {
        List<Statement.Binding> bindings = new ArrayList<>();
        while (tokens.current().kind() != Token.Kind.STATEMENT_END) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Statement.Target target = target("", false);
            tokens.expectOperator("=");
            bindings.add(new Statement.Binding(target, expressions.expression()));
        }
        return new Statement.With(line, bindings, body("with"));
    }

    private Statement macro(int line) {
        String name = targetName(tokens.expect(Token.Kind.NAME, "the name of a macro"));
        List<Statement.Parameter> parameters = parameters();
        MacroBody macro = macroBody("macro", parameters);
        return new Statement.Macro(line, name, macro.signature(), macro.body());
    }

    private Statement callBlock(int line) {
        List<Statement.Parameter> parameters = tokens.current().isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw JinjaException.at(line, "expected call");
        }
        MacroBody macro = macroBody("call", parameters);
        return new Statement.CallBlock(line, call, macro.signature(), macro.body());
    }

    private record MacroBody(Statement.Signature signature, List<Statement> body) {}

    private MacroBody macroBody(String opener, List<Statement.Parameter> parameters) {
        int outer = loops;
        loops = 0;
        tokens.beginMacro();
        List<Statement> body = body(opener);
        Set<String> read = tokens.endMacro();
        loops = outer;
        List<String> names = parameters.stream().map(Statement.Parameter::name).toList();
        return new MacroBody(
                new Statement.Signature(
                        parameters,
                        read.contains("caller"),
                        read.contains("varargs") && !names.contains("varargs"),
                        read.contains("kwargs") && !names.contains("kwargs")),
                body);
    }

    private List<Statement.Parameter> parameters() {
        tokens.expectOperator("(");
        List<Statement.Parameter> parameters = new ArrayList<>();
        boolean hasDefault = false;
        while (!tokens.current().isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            String name = targetName(tokens.expect(Token.Kind.NAME, "the name of a parameter"));
            Expression otherwise = tokens.skipOperator("=") ? expressions.expression() : null;
            if (otherwise == null && hasDefault) {
                throw tokens.fail("non-default argument follows default argument");
            }
            hasDefault |= otherwise != null;
            parameters.add(new Statement.Parameter(name, otherwise));
        }
        tokens.expectOperator(")");
        return parameters;
    }

    /// Names with commas between them, up to the name `end`.
    private Statement.Target target(String end, boolean mayBeAttribute) {
        List<Statement.Target> targets = new ArrayList<>();
        boolean isTuple = false;
        while (!expressions.isTupleEnd(end)) {
            targets.add(oneTarget(mayBeAttribute));
            if (!tokens.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (targets.isEmpty()) {
            throw tokens.fail(
                    "expected a name to assign to, got '" + tokens.current().shown() + "'");
        }
        return isTuple ? new Statement.TupleTarget(targets) : targets.getFirst();
    }

    private Statement.Target oneTarget(boolean mayBeAttribute) {
        Token token = tokens.current();
        if (mayBeAttribute
                && token.kind() == Token.Kind.NAME
                && tokens.following().isOperator(".")) {
            tokens.next();
            tokens.next();
            tokens.reads(token.text());
            return new Statement.AttributeTarget(
                    token.text(),
                    tokens.expect(Token.Kind.NAME, "the name of an attribute").text());
        }
        if (token.kind() == Token.Kind.NAME) {
            tokens.next();
            if (allLoops > 0 && token.isName("loop")) {
                throw JinjaException.at(token.line(), "can't assign to 'loop' within a loop");
            }
            return new Statement.NameTarget(targetName(token));
        }
        return asTarget(token, expressions.primary());
    }

    private Statement.Target asTarget(Token token, Expression expression) {
        return switch (expression) {
            case Expression.Name(String name) -> new Statement.NameTarget(name);
            case Expression.TupleOf(List<Expression> items)
            when !items.isEmpty() ->
                new Statement.TupleTarget(
                        items.stream().map(item -> asTarget(token, item)).toList());
            default -> throw JinjaException.at(token.line(), "can't assign to '" + token.shown() + "'");
        };
    }

    private static String targetName(Token token) {
        if (CONSTANTS.contains(token.text())) {
            throw JinjaException.at(token.line(), "can't assign to '" + token.text() + "'");
        }
        return token.text();
    }
}
