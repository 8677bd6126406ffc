package org.betatron.data.template.jinja.python;

import java.util.Locale;
import java.util.Set;

/// Upper and lower case, as Python's methods change it.
public final class TextCase {

    static final Set<String> NAMES = Set.of("capitalize", "casefold", "lower", "swapcase", "title", "upper");

    private TextCase() {}

    static String apply(String text, String name) {
        return switch (name) {
            case "upper" -> upper(text);
            case "lower" -> lower(text);
            case "casefold" -> lower(text).replace("ß", "ss").replace("ς", "σ");
            case "capitalize" -> capitalize(text);
            case "title" -> title(text);
            case "swapcase" -> swapped(text);
            default -> throw new IllegalArgumentException(name);
        };
    }

    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    public static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int second = text.offsetByCodePoints(0, 1);
        return titleCase(text.codePointAt(0)) + lower(text.substring(second));
    }

    private static String titleCase(int c) {
        int title = Character.toTitleCase(c);
        String upper = upper(Character.toString(c));
        boolean isLonger = upper.codePointCount(0, upper.length()) > 1;
        return isLonger && title == c ? capitalLigature(upper) : Character.toString(title);
    }

    private static String capitalLigature(String upper) {
        return upper.charAt(0) + lower(upper.substring(1));
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean[] isInWord = {false};
        text.codePoints().forEach(c -> {
            out.append(isInWord[0] ? lower(Character.toString(c)) : titleCase(c));
            isInWord[0] = TextClasses.isCased(c);
        });
        return out.toString();
    }

    private static String swapped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> out.append(
                        Character.isUpperCase(c) ? lower(Character.toString(c)) : upper(Character.toString(c))));
        return out.toString();
    }
}
