package org.betatron.data.template.jinja.python;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts, joins and pads texts as Python's methods do.
public final class TextParts {

    private TextParts() {}

    /// @param characters which are taken off; null for white space
    public static String strip(String text, @Nullable String characters, boolean atStart, boolean atEnd) {
        int start = 0;
        int end = text.length();
        while (atStart && start < end && isStripped(text.codePointAt(start), characters)) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (atEnd && end > start && isStripped(text.codePointBefore(end), characters)) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean isStripped(int c, @Nullable String characters) {
        return characters == null ? Characters.isSpace(c) : characters.indexOf(c) >= 0;
    }

    /// @param separator null for runs of white space
    /// @param most      how often it is split, negative for any number of times
    static List<Object> split(String text, @Nullable String separator, long most, boolean isFromEnd) {
        if (separator == null) {
            return isFromEnd ? wordsFromEnd(text, most) : words(text, most);
        }
        if (separator.isEmpty()) {
            throw PythonError.value("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        if (isFromEnd) {
            int end = text.length();
            for (int at = lastBefore(text, separator, end); at >= 0 && parts.size() != most; ) {
                parts.add(text.substring(at + separator.length(), end));
                end = at;
                at = lastBefore(text, separator, end);
            }
            parts.add(text.substring(0, end));
            Collections.reverse(parts);
            return parts;
        }
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() != most; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static int lastBefore(String text, String separator, int end) {
        return end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
    }

    private static List<Object> words(String text, long most) {
        List<Object> parts = new ArrayList<>();
        int at = skip(text, 0, true);
        while (at < text.length()) {
            int end = parts.size() == most ? text.length() : skip(text, at, false);
            parts.add(text.substring(at, end));
            at = skip(text, end, true);
        }
        return parts;
    }

    private static int skip(String text, int from, boolean isOverSpace) {
        int at = from;
        while (at < text.length() && Characters.isSpace(text.charAt(at)) == isOverSpace) {
            at++;
        }
        return at;
    }

    private static List<Object> wordsFromEnd(String text, long most) {
        List<Object> parts = new ArrayList<>();
        String rest = Characters.stripTrailing(text);
        while (!rest.isEmpty()) {
            int start = rest.length();
            while (start > 0 && !Characters.isSpace(rest.charAt(start - 1))) {
                start--;
            }
            if (parts.size() == most) {
                start = 0;
            }
            parts.add(rest.substring(start));
            rest = Characters.stripTrailing(rest.substring(0, start));
        }
        Collections.reverse(parts);
        return parts;
    }

    public static List<Object> lines(String text, boolean keepsEnds) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (Characters.isLineBreak(text.charAt(i))) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(text.substring(start, keepsEnds ? end : i));
                start = end;
                i = end - 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    static Tuple partition(String text, String separator, boolean isFromEnd) {
        if (separator.isEmpty()) {
            throw PythonError.value("empty separator");
        }
        int at = isFromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return isFromEnd ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    /// @param count how many are replaced, negative for all
    public static String replace(String text, String old, String by, long count) {
        if (old.isEmpty()) {
            return interleaved(text, by, count);
        }
        StringBuilder out = new StringBuilder();
        int start = 0;
        long left = count;
        for (int at = text.indexOf(old); at >= 0 && left != 0; at = text.indexOf(old, start)) {
            out.append(text, start, at).append(by);
            Limits.text(out.length());
            start = at + old.length();
            left--;
        }
        return start == 0 ? text : out.append(text, start, text.length()).toString();
    }

    private static String interleaved(String text, String by, long count) {
        StringBuilder out = new StringBuilder();
        long left = count;
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            out.append(left == 0 ? "" : by).appendCodePoint(text.codePointAt(i));
            Limits.text(out.length());
            left -= left == 0 ? 0 : 1;
        }
        return out.append(left == 0 ? "" : by).toString();
    }

    static long count(String text, String part) {
        if (part.isEmpty()) {
            return Characters.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /// @param side `c` for the middle, `l` to fill after the text, `r` before it
    public static String pad(String text, long width, String fill, char side) {
        long length = Characters.length(text);
        long missing = Math.max(0, width - length);
        long left = side == 'l' ? 0 : side == 'r' ? missing : missing / 2 + (missing & width & 1);
        return Arithmetic.repeated(fill, left) + text + Arithmetic.repeated(fill, missing - left);
    }

    static String expandTabs(String text, long size) {
        StringBuilder out = new StringBuilder();
        long column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                long missing = size > 0 ? size - column % size : 0;
                out.append(Arithmetic.repeated(" ", missing));
                Limits.text(out.length());
                column += missing;
            } else {
                out.append(c);
                column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
            }
        }
        return out.toString();
    }
}
