package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Markup;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// Filters for web pages. Chat templates use `safe` where they print JSON.
final class MarkupFilters {

    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern TAG = Pattern.compile("<[^>]*>");
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NO_NAME = Pattern.compile("[\\s/>=]");

    static final Map<String, Filter> ALL = Map.of(
            "e", MarkupFilters::escape,
            "escape", MarkupFilters::escape,
            "forceescape",
                    (_, value, arguments) -> {
                        arguments.bind("forceescape", 0);
                        return new Markup(Markup.escape(Repr.str(value)));
                    },
            "safe",
                    (_, value, arguments) -> {
                        arguments.bind("safe", 0);
                        return new Markup(Repr.str(value));
                    },
            "striptags", MarkupFilters::stripTags,
            "xmlattr", MarkupFilters::attributes);

    private MarkupFilters() {}

    private static Object escape(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("escape", 0);
        return Markup.of(value);
    }

    private static Object stripTags(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("striptags", 0);
        String text = COMMENT.matcher(Repr.str(value)).replaceAll("");
        text = SPACE.matcher(TAG.matcher(text).replaceAll("")).replaceAll(" ").strip();
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static Object attributes(Rendering rendering, Object value, Arguments arguments) {
        Object autospace = arguments.bind("xmlattr", 0, "autospace")[0];
        if (!(value instanceof Map<?, ?> map)) {
            throw PythonError.type("xmlattr takes a mapping");
        }
        List<String> written = new ArrayList<>();
        map.forEach((@Nullable Object key, @Nullable Object entry) -> {
            if (key != null && entry != null && entry != None.NONE && !(entry instanceof Undefined)) {
                if (NO_NAME.matcher(Repr.str(key)).find()) {
                    throw PythonError.value("Invalid character in attribute name: " + Repr.repr(key));
                }
                written.add(Markup.of(key).text() + "=\"" + Markup.of(entry).text() + "\"");
            }
        });
        String text = String.join(" ", written);
        return (text.isEmpty() || (autospace != null && !Python.truth(autospace)) ? "" : " ") + text;
    }
}
