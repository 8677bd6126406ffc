package org.betatron.data.template.jinja.syntax;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.data.template.jinja.python.Characters;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.TextClasses;

/// Reads the tokens within one tag.
final class TagLexer {

    private static final String DIGITS = "(?:\\d++_)*+\\d++";
    private static final Pattern FLOAT = Pattern.compile(
            "(?<!\\.)" + DIGITS + "(?:(?:\\." + DIGITS + ")?[eE][-+]?" + DIGITS + "|\\." + DIGITS + ")");
    private static final Pattern INTEGER = Pattern.compile(
            "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
    private static final Pattern NAME = Pattern.compile("\\w++", Pattern.UNICODE_CHARACTER_CLASS);

    /// Longer ones first.
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens;
    private final Deque<String> brackets = new ArrayDeque<>();
    private int at;
    private int line;

    TagLexer(String source, int at, int line, List<Token> tokens) {
        this.source = source;
        this.at = at;
        this.line = line;
        this.tokens = tokens;
    }

    int at() {
        return at;
    }

    /// @return whether the end of the tag does not count here
    boolean isWithinBrackets() {
        return !brackets.isEmpty();
    }

    /// Reads one token or a stretch of white space.
    void read() {
        char c = source.charAt(at);
        if (Characters.isSpace(c)) {
            line += c == '\n' ? 1 : 0;
            at++;
        } else if (c == '\'' || c == '"') {
            readString(c);
        } else if (!readNumber() && !readName()) {
            readOperator();
        }
    }

    private boolean readNumber() {
        Matcher real = FLOAT.matcher(source).region(at, source.length()).useTransparentBounds(true);
        if (real.lookingAt()) {
            add(Token.Kind.NUMBER, real.group(), Double.parseDouble(real.group().replace("_", "")), real.end());
            return true;
        }
        Matcher whole = INTEGER.matcher(source).region(at, source.length());
        if (!whole.lookingAt()) {
            return false;
        }
        try {
            add(Token.Kind.NUMBER, whole.group(), Numbers.parse(whole.group(), 0), whole.end());
        } catch (PythonError e) {
            throw JinjaException.at(line, e);
        }
        return true;
    }

    private boolean readName() {
        Matcher name = NAME.matcher(source).region(at, source.length());
        if (!name.lookingAt()) {
            return false;
        }
        if (!TextClasses.isIdentifier(name.group())) {
            throw JinjaException.at(line, "Invalid character in identifier");
        }
        add(Token.Kind.NAME, name.group(), name.group(), name.end());
        return true;
    }

    private void readOperator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator);
                add(Token.Kind.OPERATOR, operator, operator, at + operator.length());
                return;
            }
        }
        throw JinjaException.at(
                line, "unexpected char " + Repr.repr(Character.toString(source.codePointAt(at))) + " in a tag");
    }

    private void balance(String operator) {
        switch (operator) {
            case "{" -> brackets.push("}");
            case "(" -> brackets.push(")");
            case "[" -> brackets.push("]");
            case "}", ")", "]" -> {
                String expected = brackets.poll();
                if (!operator.equals(expected)) {
                    throw JinjaException.at(
                            line,
                            "unexpected '" + operator + "'"
                                    + (expected == null ? "" : ", expected '" + expected + "'"));
                }
            }
            default -> {}
        }
    }

    private void readString(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw JinjaException.at(line, "a string or tag is not closed");
        }
        String text = unescaped(source.substring(at + 1, end));
        add(Token.Kind.STRING, text, text, end + 1);
    }

    private void add(Token.Kind kind, String text, Object value, int end) {
        tokens.add(new Token(kind, text, value, line));
        for (; at < end; at++) {
            line += source.charAt(at) == '\n' ? 1 : 0;
        }
    }

    /// The escapes of Python's literals.
    private String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                i++;
            } else {
                i = escape(text, i + 1, out);
            }
        }
        return out.toString();
    }

    /// @return index after the escape whose character stands at `i`
    private int escape(String text, int i, StringBuilder out) {
        char c = text.charAt(i);
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append(c);
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'v' -> out.append('\u000B');
            case 'x' -> {
                return hexadecimal(text, i, 2, out);
            }
            case 'u' -> {
                return hexadecimal(text, i, 4, out);
            }
            case 'U' -> {
                return hexadecimal(text, i, 8, out);
            }
            case 'N' -> {
                return named(text, i, out);
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int end = i;
                while (end < text.length() && end < i + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7') {
                    end++;
                }
                out.appendCodePoint(Integer.parseInt(text.substring(i, end), 8));
                return end;
            }
            default -> {
                int whole = text.codePointAt(i);
                out.append('\\');
                // Jinja2 has escaped characters beyond ASCII before it sees the backslash.
                out.append(
                        whole < 128
                                ? Character.toString(whole)
                                : Repr.escaped(whole).substring(1));
                return i + Character.charCount(whole);
            }
        }
        return i + 1;
    }

    private int hexadecimal(String text, int i, int digits, StringBuilder out) {
        int end = i + 1 + digits;
        String code = end <= text.length() ? text.substring(i + 1, end) : "";
        if (!code.matches("[0-9a-fA-F]+") || new BigInteger(code, 16).intValue() > Character.MAX_CODE_POINT) {
            throw JinjaException.at(line, "a string has a broken escape \\" + text.charAt(i));
        }
        out.appendCodePoint(Integer.parseInt(code, 16));
        return end;
    }

    private int named(String text, int i, StringBuilder out) {
        int end = text.indexOf('}', i);
        try {
            out.appendCodePoint(Character.codePointOf(text.substring(i + 2, Math.max(i + 2, end))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw JinjaException.at(line, "a string has a broken escape \\N");
        }
        return end + 1;
    }
}
