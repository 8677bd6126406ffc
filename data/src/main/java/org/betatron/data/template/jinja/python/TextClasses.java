package org.betatron.data.template.jinja.python;

import java.util.function.IntPredicate;

/// Python's questions about the characters of a text.
public final class TextClasses {

    private TextClasses() {}

    /// @param name such as `isdigit`
    static boolean test(String text, String name) {
        return switch (name) {
            case "isalnum" -> all(text, c -> Character.isLetter(c) || isNumeric(c));
            case "isalpha" -> all(text, Character::isLetter);
            case "isascii" -> text.chars().allMatch(c -> c < 128);
            case "isdecimal" -> all(text, c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER);
            case "isdigit" ->
                all(text, c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER || isRaisedDigit(c));
            case "isnumeric" -> all(text, TextClasses::isNumeric);
            case "isidentifier" -> isIdentifier(text);
            case "islower" -> isLower(text);
            case "isupper" -> isUpper(text);
            case "isprintable" -> text.codePoints().allMatch(Characters::isPrintable);
            case "isspace" -> all(text, Characters::isSpace);
            case "istitle" -> isTitle(text);
            default -> throw new IllegalArgumentException(name);
        };
    }

    public static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    public static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    public static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints().allMatch(c -> c == '_' || isIdentifierPart(c));
    }

    private static boolean isIdentifierPart(int c) {
        return Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    private static boolean all(String text, IntPredicate predicate) {
        return !text.isEmpty() && text.codePoints().allMatch(predicate);
    }

    private static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    private static boolean isRaisedDigit(int c) {
        return Character.getType(c) == Character.OTHER_NUMBER
                && (c == 0xB2
                        || c == 0xB3
                        || c == 0xB9
                        || (c >= 0x2070 && c <= 0x2089)
                        || (c >= 0x2460 && c <= 0x2468));
    }

    private static boolean isTitle(String text) {
        boolean isInWord = false;
        boolean hasWord = false;
        for (int c : text.codePoints().toArray()) {
            if (isCased(c) && Character.isLowerCase(c) != isInWord) {
                return false;
            }
            isInWord = isCased(c);
            hasWord |= isInWord;
        }
        return hasWord;
    }
}
