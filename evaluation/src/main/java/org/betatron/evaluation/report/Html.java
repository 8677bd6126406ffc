package org.betatron.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.plot.Markup;

/// A page that is being written: text is escaped, and only what [#raw] is given is markup.
public final class Html {

    private final StringBuilder text = new StringBuilder();

    Html raw(String markup) {
        text.append(markup).append('\n');
        return this;
    }

    /// @param tag  name of the element, attributes allowed
    /// @param text what it holds, as text
    Html element(String tag, String text) {
        this.text
                .append('<')
                .append(tag)
                .append('>')
                .append(Markup.escape(text))
                .append("</")
                .append(tag.split(" ", 2)[0])
                .append(">\n");
        return this;
    }

    /// @param cells of one row, as text
    /// @param tag   `td` or `th`
    Html row(String tag, Iterable<String> cells) {
        text.append("<tr>");
        cells.forEach(cell -> element(tag, cell));
        text.append("</tr>\n");
        return this;
    }

    /// @param title of the page, as text
    /// @return the whole page, styles included
    String page(String title) {
        return template().replace("{{title}}", Markup.escape(title)).replace("{{body}}", text);
    }

    /// @param file replaced as a whole if it exists
    static void write(Path file, String page) {
        try {
            StagedFiles.write(file, partial -> Files.writeString(partial, page));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// @return a number with four significant digits at most; a dash for none
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e6) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        String text = String.format(Locale.ROOT, "%.4g", value);
        return text.contains("e") || !text.contains(".")
                ? text
                : text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static String template() {
        try (InputStream in = Html.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IllegalStateException("page.html is missing beside " + Html.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read page.html", e);
        }
    }
}
