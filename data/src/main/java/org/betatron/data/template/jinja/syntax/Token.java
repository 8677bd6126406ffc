package org.betatron.data.template.jinja.syntax;

/// @param kind  what it is
/// @param text  for operators and names as written; for texts as meant
/// @param value of literals, else the text
/// @param line  of the template, from 1
record Token(Kind kind, String text, Object value, int line) {

    /// Kinds of tokens.
    enum Kind {
        DATA,
        STATEMENT,
        STATEMENT_END,
        PRINT,
        PRINT_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    Token(Kind kind, String text, int line) {
        this(kind, text, text, line);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /// For errors.
    String shown() {
        return switch (kind) {
            case STATEMENT -> "begin of statement block";
            case STATEMENT_END -> "end of statement block";
            case PRINT -> "begin of print statement";
            case PRINT_END -> "end of print statement";
            case DATA -> "text";
            case STRING -> "string";
            case END -> "end of template";
            case NAME, NUMBER, OPERATOR -> text;
        };
    }
}
