package org.betatron.data.template.jinja.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The tokens of a template, read from front to back, and what both parsers keep in mind.
final class Tokens {

    private static final int DEPTH = 200;

    private final List<Token> tokens;
    private final Deque<Set<String>> namesOfMacros = new ArrayDeque<>();
    private int at;
    private int depth;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token following() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean skipName(String name) {
        boolean isThere = current().isName(name);
        if (isThere) {
            next();
        }
        return isThere;
    }

    boolean skipOperator(String operator) {
        boolean isThere = current().isOperator(operator);
        if (isThere) {
            next();
        }
        return isThere;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw fail("expected '" + operator + "', got '" + current().shown() + "'");
        }
    }

    Token expect(Token.Kind kind, String shown) {
        if (current().kind() != kind) {
            throw fail("expected " + shown + ", got '" + current().shown() + "'");
        }
        return next();
    }

    JinjaException fail(String message) {
        return JinjaException.at(current().line(), message);
    }

    /// Opens a level of nesting, so that deep templates end in a message instead of an overflow.
    void enter() {
        if (++depth > DEPTH) {
            throw fail("the template is nested more than " + DEPTH + " deep");
        }
    }

    /// @param levels how many levels end
    void leave(int levels) {
        depth -= levels;
    }

    /// Notes that a name is read, for the macros around it.
    void reads(String name) {
        namesOfMacros.forEach(names -> names.add(name));
    }

    void beginMacro() {
        namesOfMacros.push(new HashSet<>());
    }

    /// @return names that its body reads
    Set<String> endMacro() {
        return namesOfMacros.pop();
    }
}
