package org.betatron.data.template.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Arithmetic;
import org.betatron.data.template.jinja.python.Characters;
import org.betatron.data.template.jinja.python.Json;
import org.betatron.data.template.jinja.python.Limits;
import org.betatron.data.template.jinja.python.Markup;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.TextCase;
import org.betatron.data.template.jinja.python.TextParts;
import org.betatron.data.template.jinja.python.Tuple;
import org.jspecify.annotations.Nullable;

/// Filters that give a text.
final class TextFilters {

    private static final Pattern WORD_START = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    static final Map<String, Filter> ALL = Map.ofEntries(
            cased("capitalize", TextCase::capitalize),
            Map.entry("center", TextFilters::center),
            Map.entry("format", TextFilters::format),
            Map.entry("indent", TextFilters::indent),
            Map.entry("join", TextFilters::join),
            cased("lower", TextCase::lower),
            Map.entry("replace", TextFilters::replace),
            Map.entry("string", (_, value, arguments) -> {
                arguments.bind("string", 0);
                return value instanceof Markup ? value : Repr.str(value);
            }),
            Map.entry("title", TextFilters::title),
            Map.entry("tojson", TextFilters::toJson),
            Map.entry("trim", TextFilters::trim),
            Map.entry("truncate", TextFilters::truncate),
            cased("upper", TextCase::upper),
            Map.entry("urlencode", TextFilters::urlEncode),
            Map.entry("wordcount", (_, value, arguments) -> {
                arguments.bind("wordcount", 0);
                return WORD.matcher(Repr.str(value)).results().count();
            }));

    private TextFilters() {}

    private static Map.Entry<String, Filter> cased(String name, UnaryOperator<String> change) {
        return Map.entry(name, (_, value, arguments) -> {
            arguments.bind(name, 0);
            return like(value, change.apply(Repr.str(value)));
        });
    }

    /// A text as markup if it comes from some.
    private static Object like(Object source, String text) {
        return source instanceof Markup ? new Markup(text) : text;
    }

    private static Object center(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("center", 0, "width");
        long width = values[0] == null ? 80 : Numbers.index(values[0]);
        return like(value, TextParts.pad(Repr.str(value), width, " ", 'm'));
    }

    private static Object format(Rendering rendering, Object value, Arguments arguments) {
        boolean isNamed = !arguments.named().isEmpty();
        if (isNamed && !arguments.positional().isEmpty()) {
            throw PythonError.other(
                    "FilterArgumentError", "can't handle positional and keyword arguments at the same time");
        }
        Object values = isNamed
                ? new java.util.LinkedHashMap<Object, Object>(arguments.named())
                : new Tuple(arguments.positional());
        return Arithmetic.apply("%", value instanceof Markup ? value : Repr.str(value), values);
    }

    private static Object indent(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("indent", 0, "width", "first", "blank");
        Object width = values[0] == null ? (Object) 4L : values[0];
        String given = Python.text(width);
        Object blanks = Arithmetic.apply("*", " ", given == null ? Numbers.index(width) : 0L);
        String indention = given != null ? given : Repr.str(blanks);
        boolean isFirst = values[1] != null && Python.truth(values[1]);
        boolean isBlank = values[2] != null && Python.truth(values[2]);
        // Jinja2 adds a line break in front of splitting, so that a last empty line counts.
        String text = Repr.str(Arithmetic.apply("+", value, value instanceof Markup ? new Markup("\n") : "\n"));
        StringBuilder out = new StringBuilder(isFirst ? indention : "");
        boolean isLater = false;
        for (Object line : TextParts.lines(text, false)) {
            out.append(isLater ? "\n" : "");
            out.append(isLater && (isBlank || !line.equals("")) ? indention : "")
                    .append(line);
            Limits.text(out.length());
            isLater = true;
        }
        return like(value, out.toString());
    }

    private static Object join(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("join", 0, "d", "attribute");
        String separator = values[0] == null ? "" : Repr.str(values[0]);
        Object attribute = values[1];
        StringBuilder out = new StringBuilder();
        boolean isLater = false;
        for (Iterator<Object> items = rendering.budget().iterator(value); items.hasNext(); isLater = true) {
            Object item = items.next();
            Object shown = attribute == null || attribute == None.NONE ? item : Paths.get(item, attribute, null);
            out.append(isLater ? separator : "");
            Budget.append(out, Repr.str(shown));
        }
        return out.toString();
    }

    private static Object replace(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("replace", 2, "old", "new", "count");
        long count = values[2] == null || values[2] == None.NONE ? -1 : Numbers.index(values[2]);
        String old = Repr.str(Objects.requireNonNull(values[0]));
        return TextParts.replace(Repr.str(value), old, Repr.str(Objects.requireNonNull(values[1])), count);
    }

    private static Object title(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("title", 0);
        String text = Repr.str(value);
        StringBuilder out = new StringBuilder();
        Matcher start = WORD_START.matcher(text);
        int at = 0;
        while (start.find()) {
            out.append(word(text.substring(at, start.start()))).append(start.group());
            at = start.end();
        }
        return out.append(word(text.substring(at))).toString();
    }

    private static String word(String word) {
        int second = word.isEmpty() ? 0 : word.offsetByCodePoints(0, 1);
        return TextCase.upper(word.substring(0, second)) + TextCase.lower(word.substring(second));
    }

    private static Object toJson(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        Object indent = values[1] == null ? None.NONE : values[1];
        String level = indent == None.NONE
                ? null
                : Python.text(indent) != null ? Python.text(indent) : Repr.str(Arithmetic.apply("*", " ", indent));
        String items = level == null ? ", " : ",";
        String keys = ": ";
        if (values[2] != null && values[2] != None.NONE) {
            List<Object> separators = Python.list(values[2]);
            if (separators.size() != 2) {
                throw PythonError.value("tojson takes two separators, not " + separators.size());
            }
            items = Repr.str(separators.getFirst());
            keys = Repr.str(separators.getLast());
        }
        boolean isAscii = values[0] != null && Python.truth(values[0]);
        boolean isSorted = values[3] != null && Python.truth(values[3]);
        return new Json(isAscii, level, items, keys, isSorted).write(value);
    }

    private static Object trim(Rendering rendering, Object value, Arguments arguments) {
        Object characters = arguments.bind("trim", 0, "chars")[0];
        String stripped = characters == null || characters == None.NONE ? null : Python.text(characters);
        if (stripped == null && characters != null && characters != None.NONE) {
            throw PythonError.type("strip arg must be None or str");
        }
        return like(value, TextParts.strip(Repr.str(value), stripped, true, true));
    }

    private static Object truncate(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = values[0] == null ? 255 : Math.clamp(Numbers.index(values[0]), -1, Limits.TEXT);
        String end = values[2] == null ? "..." : Repr.str(values[2]);
        long leeway = values[3] == null || values[3] == None.NONE ? 5 : Numbers.index(values[3]);
        int kept = length - Characters.length(end);
        if (kept < 0 || leeway < 0) {
            throw PythonError.other(
                    "AssertionError", "expected length >= " + Characters.length(end) + " and leeway >= 0");
        }
        if (Python.length(value) <= length + leeway) {
            return value;
        }
        String text = Python.text(value);
        if (text == null) {
            throw PythonError.type("truncate takes a text, not a " + Python.typeName(value));
        }
        String cut = Characters.substring(text, 0, kept);
        boolean killsWords = values[1] != null && Python.truth(values[1]);
        int space = killsWords ? -1 : cut.lastIndexOf(' ');
        return like(value, (space < 0 ? cut : cut.substring(0, space)) + end);
    }

    private static Object urlEncode(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("urlencode", 0);
        if (Python.text(value) != null || !Python.isIterable(value)) {
            return quoted(Repr.str(value), "/").toString();
        }
        List<String> pairs = new ArrayList<>();
        Object entries = value instanceof Map<?, ?> ? new ArrayList<>(((Map<?, ?>) value).entrySet()) : value;
        for (Object entry : Python.list(entries)) {
            List<Object> pair =
                    entry instanceof Map.Entry<?, ?> e ? List.of(e.getKey(), e.getValue()) : Python.list(entry);
            if (pair.size() != 2) {
                throw PythonError.value("urlencode takes pairs of key and value");
            }
            pairs.add(quoted(Repr.str(pair.getFirst()), "").replace("%20", "+") + "="
                    + quoted(Repr.str(pair.getLast()), "").replace("%20", "+"));
        }
        return String.join("&", pairs);
    }

    private static String quoted(String text, String safe) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean isKept =
                    c < 128 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0);
            out.append(isKept ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }
}
