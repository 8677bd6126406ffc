package org.betatron.data.template.jinja.python;

/// A text that `safe` or `escape` has marked: what is added to it with `+` is escaped.
public record Markup(String text) {

    /// @return text in which `&`, `<`, `>` and both quotes are written as entities
    public static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /// `value` as markup, escaped unless it is some.
    public static Markup of(Object value) {
        return value instanceof Markup markup ? markup : new Markup(escape(Repr.str(value)));
    }
}
