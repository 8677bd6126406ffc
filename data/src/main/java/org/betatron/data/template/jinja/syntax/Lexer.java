package org.betatron.data.template.jinja.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.data.template.jinja.python.Characters;

/// Cuts a template into text and the tokens of its tags. Blocks are trimmed and stripped
/// (`trim_blocks`, `lstrip_blocks`): a line break after a statement and blanks before it go.
final class Lexer {

    private static final Pattern RAW =
            Pattern.compile("\\{%([-+]?)\\s*+raw\\s*+(-%\\}|%\\})", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)\\s*+endraw\\s*+(\\+%\\}|-%\\}|%\\}\n?)", Pattern.UNICODE_CHARACTER_CLASS);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean isLineStart = true;

    private Lexer(String source) {
        this.source = source;
    }

    /// @throws JinjaException if a tag is not closed or has a character that no tag has
    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.readAll();
        lexer.tokens.add(new Token(Token.Kind.END, "", lexer.line));
        return lexer.tokens;
    }

    private void readAll() {
        while (at < source.length()) {
            int open = nextTag(at);
            if (open == source.length()) {
                addText(source.substring(at));
                moveTo(open);
                return;
            }
            char kind = source.charAt(open + 1);
            Matcher raw = RAW.matcher(source).region(open, source.length());
            if (kind == '%' && raw.lookingAt()) {
                readRaw(open, raw);
                continue;
            }
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            boolean isSigned = sign == '-' || sign == '+';
            addText(before(source.substring(at, open), isSigned ? sign : ' ', kind != '{'));
            moveTo(isSigned ? open + 3 : open + 2);
            if (kind == '#') {
                readComment();
            } else {
                readTag(kind);
            }
        }
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /// Text before a tag, stripped as the tag's sign says.
    private String before(String text, char sign, boolean isStripped) {
        if (sign == '-') {
            return Characters.stripTrailing(text);
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean isAlone = lineStart > 0 || isLineStart;
        return sign != '+'
                        && isStripped
                        && isAlone
                        && Characters.stripLeading(text.substring(lineStart)).isEmpty()
                ? text.substring(0, lineStart)
                : text;
    }

    private void addText(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, text, line));
        }
    }

    private void moveTo(int to) {
        for (int i = at; i < to; i++) {
            line += source.charAt(i) == '\n' ? 1 : 0;
        }
        if (to > at) {
            isLineStart = source.charAt(to - 1) == '\n';
        }
        at = to;
    }

    private void readRaw(int open, Matcher raw) {
        String sign = raw.group(1);
        addText(before(source.substring(at, open), sign.isEmpty() ? ' ' : sign.charAt(0), true));
        int begin = raw.group(2).startsWith("-") ? spaceFrom(raw.end()) : raw.end();
        moveTo(begin);
        Matcher end = END_RAW.matcher(source);
        if (!end.find(begin)) {
            throw JinjaException.at(line, "'raw' is not closed");
        }
        addText(before(
                source.substring(begin, end.start()),
                end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0),
                true));
        moveTo(end.group(2).startsWith("-") ? spaceFrom(end.end()) : end.end());
    }

    private void readComment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw JinjaException.at(line, "a comment is not closed");
        }
        boolean isKept = end > at && source.charAt(end - 1) == '+';
        boolean isStripped = end > at && source.charAt(end - 1) == '-';
        int after = end + 2;
        moveTo(isStripped ? spaceFrom(after) : isKept ? after : afterBreak(after));
    }

    private int spaceFrom(int from) {
        int to = from;
        while (to < source.length() && Characters.isSpace(source.charAt(to))) {
            to++;
        }
        return to;
    }

    private int afterBreak(int from) {
        return from < source.length() && source.charAt(from) == '\n' ? from + 1 : from;
    }

    private void readTag(char kind) {
        boolean isPrint = kind == '{';
        String end = isPrint ? "}}" : "%}";
        tokens.add(new Token(isPrint ? Token.Kind.PRINT : Token.Kind.STATEMENT, "", line));
        TagLexer tag = new TagLexer(source, at, line, tokens);
        while (true) {
            int from = tag.at();
            if (from >= source.length()) {
                throw JinjaException.at(line, "a tag is not closed");
            }
            if (!tag.isWithinBrackets()) {
                boolean isStripped = source.startsWith("-" + end, from);
                boolean isKept = !isPrint && source.startsWith("+" + end, from);
                if (isStripped || isKept || source.startsWith(end, from)) {
                    moveTo(from);
                    tokens.add(new Token(isPrint ? Token.Kind.PRINT_END : Token.Kind.STATEMENT_END, "", line));
                    int after = from + (isStripped || isKept ? 3 : 2);
                    moveTo(isStripped ? spaceFrom(after) : isPrint || isKept ? after : afterBreak(after));
                    return;
                }
            }
            tag.read();
        }
    }
}
