package org.betatron.data.source;

import java.util.List;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.LabelledAnswer;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TrainingText;
import tools.jackson.databind.JsonNode;

/// Turns rows of every [AnswerFormat] into [LabelledAnswer]s.
final class AnswerParser {

    private static final List<String> LABELS = List.of("label", "rating");

    private AnswerParser() {}

    static AnswerFormat detect(JsonRow row) {
        return switch (TextParser.detect(row)) {
            case PREFERENCES -> AnswerFormat.PREFERENCES;
            case MESSAGES -> AnswerFormat.MESSAGES;
            case INSTRUCTION -> AnswerFormat.INSTRUCTION;
            case COMPLETION -> AnswerFormat.COMPLETION;
            case TEXT, AUTO, PLAIN ->
                throw row.error("an unpaired row must have \"prompt\" and \"completion\", \"instruction\" and"
                        + " \"output\", or \"messages\", beside its \"label\", but had the fields "
                        + row.node().propertyNames());
        };
    }

    static ReadRow<LabelledAnswer> parse(AnswerFormat format, JsonRow row) {
        return switch (format) {
            case COMPLETION -> labelled(row, TextParser.answered(TextFormat.COMPLETION, row));
            case INSTRUCTION -> labelled(row, TextParser.answered(TextFormat.INSTRUCTION, row));
            case MESSAGES -> labelled(row, TextParser.answered(TextFormat.MESSAGES, row));
            case AUTO, PREFERENCES -> throw new IllegalStateException(format + " does not give one row for one");
        };
    }

    private static ReadRow<LabelledAnswer> labelled(JsonRow row, TrainingText text) {
        return dropIfEmpty(
                row.place(), new LabelledAnswer(text.id(), text.prompt(), text.response(), isDesirable(row)));
    }

    private static boolean isDesirable(JsonRow row) {
        for (String field : LABELS) {
            JsonNode value = row.node().path(field);
            if (value.isBoolean()) {
                return value.asBoolean();
            }
            if (value.isIntegralNumber() && (value.asLong() == 0 || value.asLong() == 1)) {
                return value.asLong() == 1;
            }
            if (!value.isMissingNode() && !value.isNull()) {
                throw row.error("\"" + field + "\" must be true, false, 1 or 0 but was "
                        + (value.isNumber() ? value.toString() : JsonRow.kind(value)));
            }
        }
        throw row.error("an unpaired row must have a \"label\" (or \"rating\"): true, false, 1 or 0");
    }

    /// Two identical answers, one to follow and one to avoid, would only cancel each other.
    static List<ReadRow<LabelledAnswer>> bothOf(PreferenceFormat format, JsonRow row) {
        return switch (PreferenceParser.parse(format, row)) {
            case ReadRow.Dropped<PreferencePair>(DroppedRow dropped) -> droppedBoth(dropped);
            case ReadRow.Kept<PreferencePair>(RowPlace place, PreferencePair pair) -> {
                LabelledAnswer chosen = new LabelledAnswer(pair.id() + CHOSEN, pair.prompt(), pair.chosen(), true);
                LabelledAnswer rejected =
                        new LabelledAnswer(pair.id() + REJECTED, pair.prompt(), pair.rejected(), false);
                boolean cancels = !pair.chosen().isBlank() && PreferenceParser.hasIdenticalAnswers(pair);
                yield cancels
                        ? droppedBoth(new DroppedRow(pair.id(), place, DropReason.IDENTICAL_ANSWERS))
                        : List.of(dropIfEmpty(place, chosen), dropIfEmpty(place, rejected));
            }
        };
    }

    private static final String CHOSEN = "/chosen";
    private static final String REJECTED = "/rejected";

    private static List<ReadRow<LabelledAnswer>> droppedBoth(DroppedRow pair) {
        return List.of(
                new ReadRow.Dropped<>(new DroppedRow(pair.id() + CHOSEN, pair.place(), pair.reason())),
                new ReadRow.Dropped<>(new DroppedRow(pair.id() + REJECTED, pair.place(), pair.reason())));
    }

    private static ReadRow<LabelledAnswer> dropIfEmpty(RowPlace place, LabelledAnswer answer) {
        return answer.answer().isBlank()
                ? new ReadRow.Dropped<>(new DroppedRow(answer.id(), place, DropReason.EMPTY_ANSWER))
                : new ReadRow.Kept<>(place, answer);
    }
}
