package org.betatron.data.template.jinja.python;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The methods of Python's strings.
final class TextMethods {

    static final Set<String> NAMES = Set.of(
            "capitalize",
            "casefold",
            "center",
            "count",
            "endswith",
            "expandtabs",
            "find",
            "format",
            "format_map",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
            "zfill");

    private TextMethods() {}

    /// @param name one of [#NAMES]
    static Object call(String text, String name, Arguments arguments) {
        return switch (name) {
            case "strip" -> TextParts.strip(text, characters(name, arguments), true, true);
            case "lstrip" -> TextParts.strip(text, characters(name, arguments), true, false);
            case "rstrip" -> TextParts.strip(text, characters(name, arguments), false, true);
            case "split", "rsplit" -> {
                @Nullable Object[] values = arguments.bind(name, 0, "sep", "maxsplit");
                long most = values[1] == null ? -1 : Numbers.index(values[1]);
                yield TextParts.split(text, textOrNone(name, values[0]), most, name.equals("rsplit"));
            }
            case "splitlines" -> {
                @Nullable Object[] values = arguments.bind(name, 0, "keepends");
                yield TextParts.lines(text, values[0] != null && Python.truth(values[0]));
            }
            case "partition", "rpartition" ->
                TextParts.partition(text, text(name, arguments.bind(name, 1, "/sep")[0]), name.equals("rpartition"));
            case "startswith", "endswith" -> hasAffix(text, name, arguments);
            case "find", "index", "rfind", "rindex", "count" -> searched(text, name, arguments);
            case "replace" -> {
                @Nullable Object[] values = arguments.bind(name, 2, "/old", "/new", "count");
                long count = values[2] == null ? -1 : Numbers.index(values[2]);
                yield TextParts.replace(text, text(name, values[0]), text(name, values[1]), count);
            }
            case "removeprefix" -> {
                String prefix = text(name, arguments.bind(name, 1, "/prefix")[0]);
                yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
            }
            case "removesuffix" -> {
                String suffix = text(name, arguments.bind(name, 1, "/suffix")[0]);
                yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }
            case "join" -> joined(text, arguments.bind(name, 1, "/iterable")[0]);
            case "center", "ljust", "rjust", "zfill" -> padded(text, name, arguments);
            case "expandtabs" -> {
                @Nullable Object[] values = arguments.bind(name, 0, "tabsize");
                yield TextParts.expandTabs(text, values[0] == null ? 8 : Numbers.index(values[0]));
            }
            case "format" -> BraceFormat.format(text, arguments);
            case "format_map" -> BraceFormat.formatMap(text, arguments);
            default -> {
                arguments.bind(name, 0);
                yield TextCase.NAMES.contains(name) ? TextCase.apply(text, name) : TextClasses.test(text, name);
            }
        };
    }

    private static String text(String method, @Nullable Object value) {
        String text = value == null ? null : Python.text(value);
        if (text == null) {
            throw PythonError.type(
                    method + "() argument must be str, not " + (value == null ? "missing" : Python.typeName(value)));
        }
        return text;
    }

    private static @Nullable String textOrNone(String method, @Nullable Object value) {
        return value == null || value == None.NONE ? null : text(method, value);
    }

    private static @Nullable String characters(String name, Arguments arguments) {
        return textOrNone(name, arguments.bind(name, 0, "/chars")[0]);
    }

    private static boolean hasAffix(String text, String name, Arguments arguments) {
        @Nullable Object[] values = arguments.bind(name, 1, "/prefix", "/start", "/end");
        String part = part(text, values[1], values[2]);
        List<?> affixes =
                values[0] instanceof Tuple(List<Object> items, List<String> _) ? items : List.of(text(name, values[0]));
        for (Object affix : affixes) {
            String expected = text(name, affix);
            if (part != null && (name.equals("startswith") ? part.startsWith(expected) : part.endsWith(expected))) {
                return true;
            }
        }
        return false;
    }

    /// @return null if the bounds lie beyond the end or the wrong way round
    private static @Nullable String part(String text, @Nullable Object start, @Nullable Object end) {
        int length = Characters.length(text);
        long from = bound(start, length, 0);
        long to = Math.min(length, bound(end, length, length));
        return from > to ? null : Characters.substring(text, (int) from, (int) to);
    }

    private static long bound(@Nullable Object value, int length, int otherwise) {
        if (value == null || value == None.NONE) {
            return otherwise;
        }
        long index = Numbers.index(value);
        return Math.max(0, index < 0 ? index + length : index);
    }

    private static Object searched(String text, String name, Arguments arguments) {
        @Nullable Object[] values = arguments.bind(name, 1, "/sub", "/start", "/end");
        String sought = text(name, values[0]);
        String part = part(text, values[1], values[2]);
        if (name.equals("count")) {
            return part == null ? 0L : TextParts.count(part, sought);
        }
        int at = part == null ? -1 : name.startsWith("r") ? part.lastIndexOf(sought) : part.indexOf(sought);
        if (at < 0) {
            if (name.endsWith("index")) {
                throw PythonError.value("substring not found");
            }
            return -1L;
        }
        String found = part == null ? "" : part;
        return bound(values[1], Characters.length(text), 0) + found.codePointCount(0, at);
    }

    private static String joined(String separator, @Nullable Object items) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        for (Iterator<Object> all = Python.iterator(items == null ? None.NONE : items); all.hasNext(); i++) {
            Object item = all.next();
            String text = Python.text(item);
            if (text == null) {
                throw PythonError.type(
                        "sequence item " + i + ": expected str instance, " + Python.typeName(item) + " found");
            }
            out.append(i == 0 ? "" : separator).append(text);
            Limits.text(out.length());
        }
        return out.toString();
    }

    private static String padded(String text, String name, Arguments arguments) {
        boolean isFilledWithZeros = name.equals("zfill");
        @Nullable
        Object[] values =
                isFilledWithZeros ? arguments.bind(name, 1, "/width") : arguments.bind(name, 1, "/width", "/fillchar");
        long width = Numbers.index(values[0] == null ? None.NONE : values[0]);
        if (isFilledWithZeros) {
            boolean isSigned = text.startsWith("-") || text.startsWith("+");
            String zeros = Arithmetic.repeated("0", Math.max(0, width - Characters.length(text)));
            return isSigned ? text.charAt(0) + zeros + text.substring(1) : zeros + text;
        }
        String fill = values[1] == null ? " " : text(name, values[1]);
        if (Characters.length(fill) != 1) {
            throw PythonError.type("The fill character must be exactly one character long");
        }
        return TextParts.pad(text, width, fill, name.charAt(0));
    }
}
