package org.betatron.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Rewrites a chat template into the part of the Jinja language that Jinjava evaluates as Jinja2
/// does. Each rule names a construct that occurs in published templates and that Jinjava either
/// rejects or, worse, reads differently without saying so.
final class JinjaSource {

    private static final Pattern STRING = Pattern.compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"");

    /// A name with attributes and simple indexes. The possessive quantifiers keep it from matching
    /// the beginning of a longer operand; string indexes are placeholders when the rules see them.
    private static final String OPERAND = "[A-Za-z_]\\w*+(?:\\.\\w++|\\[[^\\[\\]:]*+])*+";

    /// `not x is defined` means `not (x is defined)`; Jinjava reads `(not x) is defined`.
    private static final Pattern NOT_IS = Pattern.compile("\\bnot\\s+(" + OPERAND + ")\\s+is\\s+((?:not\\s+)?\\w++)");

    private static final String VALUE = "(?:" + OPERAND + "|'\u0001\\d+\u0001')";

    /// `not x in y`, in the same way.
    private static final Pattern NOT_IN = Pattern.compile("\\bnot\\s+(" + VALUE + ")\\s+in\\s+(" + VALUE + ")");

    private static final Pattern REVERSED = Pattern.compile("(" + OPERAND + ")\\[::-1]");

    /// Slice bounds with operators, `x[:n+1]`.
    private static final Pattern SLICE = Pattern.compile("\\[([^\\[\\]:{}]*):([^\\[\\]:{}]*)]");

    /// `f(n=x|length - 1)`: Jinjava ends the named argument before the operator.
    private static final Pattern NAMED_DIFFERENCE =
            Pattern.compile("([(,]\\s*\\w+\\s*=\\s*)(" + OPERAND + "\\s*\\|\\s*\\w+\\s*[-+]\\s*\\d+)");

    /// `x.0.type`, an index written as an attribute.
    private static final Pattern DOT_INDEX = Pattern.compile("([A-Za-z_]\\w*)\\.(\\d+)\\b");

    private JinjaSource() {}

    /// Whitespace control is resolved here, because Jinjava trims text before a block that does not
    /// begin a line.
    ///
    /// @param template source as written in a model directory
    /// @param guard    refuses what cannot be rewritten
    /// @return equivalent source for Jinjava
    /// @throws IllegalArgumentException if the template uses what Jinjava would silently get wrong
    static String forJinjava(String template, JinjaGuard guard) {
        // Jinja2 drops one line break at the end of the source, not of the output.
        String source = template.replace("\r\n", "\n");
        source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        StringBuilder out = new StringBuilder(source.length());
        StripNext strip = StripNext.NOTHING;
        int at = 0;
        while (at < source.length()) {
            int open = nextTag(source, at);
            String text = strip.apply(source.substring(at, open));
            if (open == source.length()) {
                out.append(text);
                break;
            }
            int close = endOfTag(source, open);
            String tag = source.substring(open, close);
            char kind = tag.charAt(1);
            char first = tag.charAt(2);
            char last = tag.charAt(tag.length() - 3);
            if (first == '-') {
                text = text.stripTrailing();
            } else if (kind != '{' && first != '+' && beginsLine(source, open)) {
                text = text.replaceFirst("[ \\t]+$", "");
            }
            // Two braces in a row would begin an expression.
            out.append(text.endsWith("{") ? text.substring(0, text.length() - 1) + "{{ '{' }}" : text);
            strip = last == '-'
                    ? StripNext.WHITESPACE
                    : kind != '{' && last != '+' ? StripNext.LINE_BREAK : StripNext.NOTHING;
            if (kind != '#') {
                int from = first == '-' || first == '+' ? 3 : 2;
                int to = tag.length() - (last == '-' || (last == '+' && kind == '%') ? 3 : 2);
                String end = kind == '{' ? "}}" : "%}";
                out.append(rewriteTag(
                        "{" + kind + " "
                                + tag.substring(from, Math.max(from, to)).strip() + " " + end,
                        guard));
            }
            at = close;
        }
        return out.toString();
    }

    /// What a tag removes from the text after it.
    private enum StripNext {
        NOTHING,
        LINE_BREAK,
        WHITESPACE;

        String apply(String text) {
            return switch (this) {
                case NOTHING -> text;
                case LINE_BREAK -> text.startsWith("\n") ? text.substring(1) : text;
                case WHITESPACE -> text.stripLeading();
            };
        }
    }

    private static boolean beginsLine(String source, int open) {
        int i = open - 1;
        while (i >= 0 && (source.charAt(i) == ' ' || source.charAt(i) == '\t')) {
            i--;
        }
        return i < 0 || source.charAt(i) == '\n';
    }

    private static int nextTag(String source, int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /// @return index after the tag that begins at `open`; braces and tag ends within literals do
    ///     not count
    private static int endOfTag(String source, int open) {
        char kind = source.charAt(open + 1);
        if (kind == '#') {
            int end = source.indexOf("#}", open + 2);
            return end < 0 ? fail(source, open) : end + 2;
        }
        String end = kind == '{' ? "}}" : "%}";
        int depth = 0;
        for (int i = open + 2; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\'' || c == '"') {
                i++;
                while (i < source.length() && source.charAt(i) != c) {
                    i += source.charAt(i) == '\\' ? 2 : 1;
                }
            } else if (depth == 0 && source.startsWith(end, i)) {
                return i + 2;
            } else if (c == '{') {
                depth++;
            } else if (c == '}') {
                depth--;
            }
        }
        return fail(source, open);
    }

    private static int fail(String source, int open) {
        throw new IllegalArgumentException("a tag is not closed: "
                + source.substring(open, Math.min(source.length(), open + 40)).strip());
    }

    private static String rewriteTag(String tag, JinjaGuard guard) {
        StringLiterals literals = new StringLiterals();
        String code = literals.hide(tag);
        guard.check(code, literals::show);
        if (code.equals("{% generation %}")) {
            return "{% if true %}";
        }
        if (code.equals("{% endgeneration %}")) {
            return "{% endif %}";
        }
        code = NOT_IS.matcher(code).replaceAll("not ($1 is $2)");
        code = NOT_IN.matcher(code).replaceAll("not ($1 in $2)");
        code = DOT_INDEX.matcher(code).replaceAll("$1[$2]");
        code = REVERSED.matcher(code).replaceAll("$1|reverse|list");
        code = SLICE.matcher(code)
                .replaceAll(slice ->
                        Matcher.quoteReplacement("[" + bound(slice.group(1)) + ":" + bound(slice.group(2)) + "]"));
        code = NAMED_DIFFERENCE.matcher(code).replaceAll("$1($2)");
        return literals.show(code);
    }

    private static String bound(String expression) {
        return expression.matches("\\s*-?\\w*\\s*")
                ? expression
                : "(" + expression.strip().replaceAll("\\s*\\+\\s*", " + ") + ")";
    }

    /// Keeps the rules away from the inside of string literals.
    private static final class StringLiterals {

        private static final Pattern PLACEHOLDER = Pattern.compile("'\u0001(\\d+)\u0001'");
        private final List<String> hidden = new ArrayList<>();

        String hide(String code) {
            return STRING.matcher(code).replaceAll(literal -> {
                hidden.add(literal.group());
                return "'\u0001" + (hidden.size() - 1) + "\u0001'";
            });
        }

        String show(String code) {
            return PLACEHOLDER
                    .matcher(code)
                    .replaceAll(m -> Matcher.quoteReplacement(hidden.get(Integer.parseInt(m.group(1)))));
        }
    }
}
