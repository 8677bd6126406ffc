package org.betatron.data.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.betatron.data.row.Message;
import org.jspecify.annotations.Nullable;

/// Marks in the texts of a dialogue, each of which must come through where its text does.
///
/// A mark is a character for private use in the midst of a text, or a large number in place of a number,
/// that occurs nowhere in what was written without marks.
final class Marks implements SaidTexts.Visitor {

    /// Texts with fewer characters may occur by chance.
    private static final int SHORT = 16;

    private static final char FIRST_MARK = '\ue000';
    private static final int MARKS = 6400;
    private static final long FIRST_NUMBER = 731_000_000_000L;

    private final String unmarked;
    private final Map<String, Text> texts = new LinkedHashMap<>();
    private int next;
    private boolean areNeeded;

    private String where = "";
    private boolean isAnswer;
    private boolean isOrdered;

    /// @param unmarked what was written without marks
    /// @param next     number of the first mark
    Marks(String unmarked, int next) {
        this.unmarked = unmarked;
        this.next = next;
    }

    /// @param what which content
    /// @param text of it
    record Text(String what, String text) {}

    /// @param where words behind the name of a field
    /// @return the message with its marks
    Message in(Message message, String where, boolean isAnswer) {
        this.where = where;
        this.isAnswer = isAnswer;
        isOrdered = !DialogueContents.isMovable(message);
        return new SaidTexts(this).in(message);
    }

    /// @return tools and documents with their marks
    Map<String, @Nullable Object> in(Map<String, @Nullable Object> variables) {
        where = "";
        isOrdered = false;
        return new SaidTexts(this).in(variables);
    }

    /// @return whether something has a mark that could be left out unseen. Long contents could not: each is
    ///     looked for behind the one before
    boolean areNeeded() {
        return areNeeded;
    }

    /// @return number of the next mark
    int next() {
        return next;
    }

    /// @return these and others
    Marks and(Marks others) {
        Marks all = new Marks(unmarked, others.next);
        all.texts.putAll(texts);
        all.texts.putAll(others.texts);
        return all;
    }

    /// @param written with these marks
    /// @return the first text whose mark is not there
    Optional<Text> missingIn(String written) {
        return texts.entrySet().stream()
                .filter(text -> !written.contains(text.getKey()) && !written.contains(escaped(text.getKey())))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /// JSON may be written in the characters of ASCII alone.
    private static String escaped(String mark) {
        return mark.length() > 1 ? mark : "\\u%04x".formatted((int) mark.charAt(0));
    }

    @Override
    public String required(String name, String text) {
        for (; next < MARKS; next++) {
            String mark = String.valueOf((char) (FIRST_MARK + next));
            if (unmarked.indexOf(mark) < 0) {
                next++;
                note(mark, name, text);
                int at = place(text);
                return text.substring(0, at) + mark + text.substring(at);
            }
        }
        return text;
    }

    @Override
    public String reasoning(String name, String text) {
        return isAnswer ? required(name, text) : text;
    }

    /// Templates read arguments of tools of their own by name. A key whose value has a mark needs none.
    @Override
    public String key(String name, String key, @Nullable Object value) {
        boolean isMarked = (value instanceof String text && !text.isBlank())
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Iterable<?>
                || value instanceof Map<?, ?>;
        return isMarked || key.isBlank() ? key : required(name, key);
    }

    @Override
    public Number number(String name, Number number) {
        long mark = FIRST_NUMBER + next++;
        if (unmarked.contains(Long.toString(mark))) {
            return number;
        }
        note(Long.toString(mark), name, number.toString());
        return mark;
    }

    private void note(String mark, String name, String text) {
        texts.put(mark, new Text("\"" + name + "\"" + where, text));
        areNeeded |= text.length() < SHORT || !isOrdered || !name.equals(Message.CONTENT);
    }

    /// Templates look at the beginning and the end of a text, if at anything: behind the first character of a
    /// short one, in the midst of a long one.
    private static int place(String text) {
        int at = 0;
        while (DialogueContents.isSpace(text.charAt(at)) && at < text.length() - 1) {
            at++;
        }
        int first = at + Character.charCount(text.codePointAt(at));
        int middle = Math.max(first, text.length() / 2);
        int place = text.length() < SHORT ? first : middle;
        boolean splits = place < text.length() && Character.isLowSurrogate(text.charAt(place));
        return splits ? place - 1 : place;
    }
}
