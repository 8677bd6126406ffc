package org.betatron.core;

/// Text of others as a terminal or a page may show it: nothing in it is unseen, and nothing in it
/// moves what stands beside it.
public final class VisibleText {

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private VisibleText() {}

    /// @return the text with each character that has no shape of its own as `\\u202e`: control
    ///     characters but line feeds and tabs, marks of direction, of no width and of layout,
    ///     fillers, tags, halves of characters. Joiners and variation selectors stay behind
    ///     characters beyond ASCII, where Persian, Hindi and emoji need them
    public static String of(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        int before = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (isVisible(c, before)) {
                visible.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    visible.append(String.format("\\u%04x", (int) unit));
                }
            }
            before = c;
            i += Character.charCount(c);
        }
        return visible.toString();
    }

    private static boolean isVisible(int c, int before) {
        if (c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER || (c >= 0xFE00 && c <= 0xFE0F)) {
            return before > 0x7F && (isVisible(before, 0) || (before >= 0xFE00 && before <= 0xFE0F));
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c == '\n' || c == '\t';
            case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                false;
            default -> !isFiller(c);
        };
    }

    /// Letters and marks without a shape.
    private static boolean isFiller(int c) {
        return switch (c) {
            case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0 -> true;
            default -> (c >= 0x180B && c <= 0x180F) || (c >= 0xE0100 && c <= 0xE01EF);
        };
    }
}
