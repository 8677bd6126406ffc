package org.betatron.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/// Writes values in the layout of Python's `json.dumps(ensure_ascii=False)`, which chat templates
/// put into prompts and which models have therefore seen.
final class PythonJson {

    private static final String[] DEFAULT_SEPARATORS = {", ", ": "};
    private static final String[] COMPACT_SEPARATORS = {",", ":"};

    private PythonJson() {}

    /// @param indent spaces per level, negative for a single line
    static String write(@Nullable Object value, int indent) {
        StringBuilder out = new StringBuilder();
        write(value, indent, 0, DEFAULT_SEPARATORS, out);
        return out.toString();
    }

    /// `separators=(',', ':')`.
    static String writeCompact(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, -1, 0, COMPACT_SEPARATORS, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, int indent, int level, String[] separators, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Optional<?> optional -> write(optional.orElse(null), indent, level, separators, out);
            case Map<?, ?> map -> {
                List<Runnable> entries = new ArrayList<>();
                map.forEach((key, entry) -> entries.add(() -> {
                    quote(String.valueOf(key), out);
                    out.append(separators[1]);
                    write(entry, indent, level + 1, separators, out);
                }));
                writeAll(entries, "{", "}", indent, level, separators, out);
            }
            case Iterable<?> list -> {
                List<Runnable> entries = new ArrayList<>();
                list.forEach(entry -> entries.add(() -> write(entry, indent, level + 1, separators, out)));
                writeAll(entries, "[", "]", indent, level, separators, out);
            }
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> quote(value.toString(), out);
        }
    }

    private static void writeAll(
            List<Runnable> entries,
            String open,
            String close,
            int indent,
            int level,
            String[] separators,
            StringBuilder out) {
        out.append(open);
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0) {
                out.append(indent < 0 ? separators[0] : separators[0].strip());
            }
            breakLine(indent, level + 1, out);
            entries.get(i).run();
        }
        if (!entries.isEmpty()) {
            breakLine(indent, level, out);
        }
        out.append(close);
    }

    private static void breakLine(int indent, int level, StringBuilder out) {
        if (indent >= 0) {
            out.append('\n').repeat(" ", indent * level);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }
}
