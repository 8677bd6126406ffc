package org.betatron.evaluation.plot;

/// Text in HTML and SVG.
public final class Markup {

    private Markup() {}

    /// @return the text so that HTML and SVG show it as it is
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> {
                    // Characters that no document may hold.
                    boolean shown = c >= ' ' || c == '\n' || c == '\t' || c == '\r';
                    escaped.appendCodePoint(shown && !(c >= 0xD800 && c <= 0xDFFF) ? c : 0xFFFD);
                }
            }
        });
        return escaped.toString();
    }
}
