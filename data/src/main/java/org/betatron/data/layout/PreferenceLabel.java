package org.betatron.data.layout;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.betatron.data.source.FieldMap;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Which of several answers of a row was judged best, and which worst.
sealed interface PreferenceLabel {

    /// A whole number or words that say which of `first` and `second` won, by the names of both.
    String WINNER = "winner";

    /// Whether the first won: true or 1; false or 0 if the second did.
    String FIRST_WINS = "firstWins";

    /// Whether the second won; where neither did, it is a tie.
    String SECOND_WINS = "secondWins";

    /// How good the first was judged, beside [#SECOND_SCORE]: the larger is the better.
    String FIRST_SCORE = "firstScore";

    /// How good the second was judged.
    String SECOND_SCORE = "secondScore";

    /// By how much the second is better: below 0 if the first is, 0 for neither.
    String STRENGTH = "strength";

    /// Places of all answers, the best one's the smallest.
    String RANKS = "ranks";

    /// How good all answers were judged, the best one's the largest.
    String SCORES = "scores";

    String FIRST = "first";
    String SECOND = "second";
    String ANSWERS = "answers";

    /// No answer was judged better than another.
    record Undecided() implements PreferenceLabel {}

    /// @param answers where `chosen` and `rejected` are found
    record Decided(FieldMap answers) implements PreferenceLabel {}

    /// @throws org.betatron.data.DataException if the row does not say, or says it in words that are not known
    static PreferenceLabel of(PreferenceFormat format, JsonRow row) {
        return format == PreferenceFormat.COMPARED ? ofTwo(row) : ofMany(row);
    }

    private static PreferenceLabel ofTwo(JsonRow row) {
        int better = better(row);
        row.use(FIRST);
        row.use(SECOND);
        return switch (better) {
            case 0 -> new Undecided();
            case 1 -> new Decided(new FieldMap(Map.of("chosen", FIRST, "rejected", SECOND)));
            default -> new Decided(new FieldMap(Map.of("chosen", SECOND, "rejected", FIRST)));
        };
    }

    /// Files have fields of such names that mean something else, so the layout must have named them.
    private static int better(JsonRow row) {
        if (row.isMapped(STRENGTH)) {
            return -(int) Math.signum(row.number(STRENGTH));
        }
        if (row.isMapped(FIRST_SCORE) && row.isMapped(SECOND_SCORE)) {
            return Double.compare(score(row, FIRST_SCORE), score(row, SECOND_SCORE));
        }
        if (!row.isMapped(FIRST_WINS)) {
            return winner(row);
        }
        if (!row.isMapped(SECOND_WINS)) {
            return wins(row, FIRST_WINS) ? 1 : -1;
        }
        boolean first = wins(row, FIRST_WINS);
        boolean second = wins(row, SECOND_WINS);
        if (first && second) {
            throw row.error("only one of \"" + row.nameOf(FIRST_WINS) + "\" and \"" + row.nameOf(SECOND_WINS)
                    + "\" can hold, but both did");
        }
        return first ? 1 : second ? -1 : 0;
    }

    private static double score(JsonRow row, String field) {
        JsonNode value = row.use(field);
        @Nullable Double score = JsonValues.number(value);
        if (score == null) {
            throw row.error("\"" + row.nameOf(field) + "\" must be a number but was " + JsonRow.kind(value));
        }
        return score + 0.0;
    }

    private static boolean wins(JsonRow row, String field) {
        JsonNode value = row.use(field);
        if (value.isBoolean() || (value.isNumber() && (value.asDouble() == 0 || value.asDouble() == 1))) {
            return value.isBoolean() ? value.booleanValue() : value.asDouble() == 1;
        }
        throw row.error("\"" + row.nameOf(field) + "\" must be true, false, 1 or 0 but was " + JsonRow.kind(value));
    }

    private static int winner(JsonRow row) {
        JsonNode value = row.use(WINNER);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        String said = value.isNumber() && value.asDouble() == Math.rint(value.asDouble())
                ? String.valueOf((long) value.asDouble())
                : value.asString("").strip().toLowerCase(Locale.ROOT);
        String first = row.nameOf(FIRST).toLowerCase(Locale.ROOT);
        String second = row.nameOf(SECOND).toLowerCase(Locale.ROOT);
        if (said.equals(first) || ending(said).equals(ending(first))) {
            return 1;
        }
        if (said.equals(second) || ending(said).equals(ending(second))) {
            return -1;
        }
        if (Set.of("tie", "draw", "equal", "both", "neither", "none", "same").contains(firstWord(said))) {
            return 0;
        }
        throw row.error("\"" + row.nameOf(WINNER) + "\" must name \"" + row.nameOf(FIRST) + "\", \""
                + row.nameOf(SECOND) + "\" or a tie but was " + (value.isString() ? "\"" + said + "\"" : value));
    }

    /// @return `a` of `model_a` and of `conversation_a`, `1` of `response1`
    private static String ending(String name) {
        String last = name.substring(name.lastIndexOf('_') + 1);
        int digits = last.length();
        while (digits > 0 && Character.isDigit(last.charAt(digits - 1))) {
            digits--;
        }
        return digits < last.length() ? last.substring(digits) : last;
    }

    private static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    private static PreferenceLabel ofMany(JsonRow row) {
        JsonNode answers = row.use(ANSWERS);
        String by = List.of(RANKS, SCORES, WINNER).stream()
                .filter(row::isMapped)
                .findFirst()
                .orElse(WINNER);
        JsonNode values = row.use(by);
        if (!answers.isArray() || answers.size() < 2) {
            throw row.error("\"" + row.nameOf(ANSWERS) + "\" must be a list of at least two answers");
        }
        int best;
        int worst;
        if (by.equals(WINNER)) {
            best = values.asInt(-1);
            worst = 1 - best;
            if (answers.size() != 2 || best < 0 || best > 1) {
                throw row.error("\"" + row.nameOf(WINNER) + "\" must be 0 or 1, the number of one of two answers");
            }
        } else {
            int sign = by.equals(RANKS) ? -1 : 1;
            best = extreme(values, sign);
            worst = extreme(values, -sign);
            if (values.size() != answers.size() || best < 0) {
                throw row.error("\"" + row.nameOf(by) + "\" must be a list of a number for each of \""
                        + row.nameOf(ANSWERS) + "\"");
            }
            if (values.get(best).asDouble() == values.get(worst).asDouble()) {
                return new Undecided();
            }
        }
        return new Decided(new FieldMap(Map.of("chosen", element(row, best), "rejected", element(row, worst))));
    }

    /// @return a path to one answer
    private static String element(JsonRow row, int index) {
        String path = row.nameOf(ANSWERS);
        return path.contains("[]") ? path.replace("[]", "[" + index + "]") : path + "[" + index + "]";
    }

    /// @return number of the first of the largest values, after multiplication with a sign; -1 if one is no number
    private static int extreme(JsonNode values, int sign) {
        int best = -1;
        for (int i = 0; i < values.size(); i++) {
            @Nullable Double value = JsonValues.number(values.get(i));
            if (value == null) {
                return -1;
            }
            if (best < 0 || sign * value > sign * values.get(best).asDouble()) {
                best = i;
            }
        }
        return best;
    }
}
