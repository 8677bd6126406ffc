package org.betatron.data.layout;

import java.util.List;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.LabelledAnswer;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TrainingText;
import org.betatron.data.source.JsonRow;
import tools.jackson.databind.JsonNode;

/// Turns rows of every [AnswerFormat] into [LabelledAnswer]s.
final class AnswerParser {

    private static final List<String> LABELS = List.of("label", "rating", "kto_tag");

    private AnswerParser() {}

    /// @return how the answers of a file stand in it
    static TextLayout layout(AnswerFormat format, JsonRow row) {
        TextFormat texts = switch (format) {
            case AUTO -> TextFormat.AUTO;
            case COMPLETION -> TextFormat.COMPLETION;
            case INSTRUCTION -> TextFormat.INSTRUCTION;
            case MESSAGES -> TextFormat.MESSAGES;
            case PREFERENCES -> TextFormat.PREFERENCES;
        };
        TextLayout layout = TextLayout.of(texts, row, WHAT);
        if (layout.format() == TextFormat.TEXT) {
            throw row.error(WHAT + ", but had the fields " + row.fields());
        }
        return layout;
    }

    private static final String WHAT = "an unpaired row must have \"prompt\" and \"completion\", \"instruction\" and"
            + " \"output\", or \"messages\", beside its \"label\"";

    static ReadRow<LabelledAnswer> parse(TextLayout layout, JsonRow row) {
        return labelled(row, new TextParser(layout).answered(row));
    }

    private static ReadRow<LabelledAnswer> labelled(JsonRow row, TrainingText text) {
        return dropIfEmpty(
                row.place(), new LabelledAnswer(text.id(), text.prompt(), text.response(), isDesirable(row)));
    }

    private static boolean isDesirable(JsonRow row) {
        for (String field : LABELS) {
            JsonNode value = row.use(field);
            if (value.isBoolean()) {
                return value.asBoolean();
            }
            if (value.isNumber() && (value.asDouble() == 0 || value.asDouble() == 1)) {
                return value.asDouble() == 1;
            }
            if (!value.isMissingNode() && !value.isNull()) {
                throw row.error("\"" + field + "\" must be true, false, 1 or 0 but was "
                        + (value.isNumber() ? value.toString() : JsonRow.kind(value)));
            }
        }
        throw row.error("an unpaired row must have a \"label\" (or \"rating\"): true, false, 1 or 0");
    }

    /// Two identical answers, one to follow and one to avoid, would only cancel each other.
    static List<ReadRow<LabelledAnswer>> bothOf(PreferenceParser pairs, JsonRow row) {
        return switch (pairs.parse(row)) {
            case ReadRow.Dropped<PreferencePair>(DroppedRow dropped) -> droppedBoth(dropped);
            case ReadRow.Bad<PreferencePair>(RowPlace place, String id, String why) ->
                List.of(new ReadRow.Bad<>(place, id, why));
            case ReadRow.Kept<PreferencePair>(RowPlace place, PreferencePair pair, Leftover _) -> {
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
