package org.betatron.evaluation.plot;

import org.betatron.core.VisibleText;

/// Text in HTML and SVG.
public final class Markup {

    private Markup() {}

    /// @return the text so that HTML and SVG show it as it is
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        VisibleText.of(text.replace("\r\n", "\n")).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
