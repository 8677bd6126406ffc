package org.betatron.data.layout;

import org.betatron.data.row.AskedRow;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.JsonRow;

/// Reads rows for their prompts: those of any [PreferenceFormat], and those with a `prompt` (text
/// or messages)
/// and whatever else. A pair is asked even if its two answers are the same.
public final class Prompts {

    private static final String PROMPT = "prompt";

    private Prompts() {}

    /// A file whose first row is a pair holds pairs. In others, each row is read as a pair where it
    /// is laid out
    /// as one.
    ///
    /// @param first a row of the file
    /// @return how rows like it are read; a [RowFormat]
    /// @throws org.betatron.data.DataException if it has no prompt
    public static RowReader.Parser<AskedRow> parser(JsonRow first) {
        if (PreferenceParser.isKnown(first)) {
            PreferenceParser pairs = PreferenceParser.of(PreferenceFormat.AUTO, first);
            return RowReader.Parser.ofSingle("prompts of " + pairs.name(), row -> asked(pairs.parse(row)));
        }
        requirePrompt(first);
        return RowReader.Parser.ofSingle("prompts", Prompts::read);
    }

    /// As [#parser(JsonRow)], for rows whose right answer must be known: one that has none is bad.
    public static RowReader.Parser<AskedRow> parserWithExpected(JsonRow first) {
        RowReader.Parser<AskedRow> prompts = parser(first);
        return new RowReader.Parser<>(
                prompts.format(),
                row -> prompts.parse().apply(row).stream()
                        .map(read -> withExpected(read, row))
                        .toList());
    }

    private static ReadRow<AskedRow> withExpected(ReadRow<AskedRow> read, JsonRow row) {
        return read instanceof ReadRow.Kept<AskedRow>(RowPlace place, AskedRow asked, Leftover left)
                ? new ReadRow.Kept<>(place, asked.withExpected(ExpectedAnswer.of(row)), left)
                : read;
    }

    private static ReadRow<AskedRow> read(JsonRow row) {
        if (PreferenceParser.isKnown(row)) {
            return asked(PreferenceParser.of(PreferenceFormat.AUTO, row).parse(row));
        }
        requirePrompt(row);
        Prompt prompt = row.peek(PROMPT).isString()
                ? Turns.prompt(row, row.text(PROMPT))
                : new Surroundings(row).around(row.messages(PROMPT));
        return new ReadRow.Kept<>(row.place(), new AskedRow(row.id(), prompt, null));
    }

    private static void requirePrompt(JsonRow row) {
        if (!row.has(PROMPT)) {
            throw row.error("a row of prompts must have \"" + row.nameOf(PROMPT) + "\" but had the fields "
                    + row.fields() + Suggestion.ofPrompt(row));
        }
    }

    private static ReadRow<AskedRow> asked(ReadRow<PreferencePair> read) {
        return switch (read) {
            case ReadRow.Kept<PreferencePair>(RowPlace place, PreferencePair pair, Leftover left) ->
                new ReadRow.Kept<>(place, new AskedRow(pair.id(), pair.prompt(), pair.chosen()), left);
            case ReadRow.Dropped<PreferencePair>(DroppedRow row) -> new ReadRow.Dropped<>(row);
            case ReadRow.Bad<PreferencePair>(RowPlace place, String id, String why) ->
                new ReadRow.Bad<>(place, id, why);
        };
    }
}
