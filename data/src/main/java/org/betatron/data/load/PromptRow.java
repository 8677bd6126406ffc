package org.betatron.data.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.layout.Leftover;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.PreferenceParser;
import org.betatron.data.layout.Prompts;
import org.betatron.data.layout.ReadRow;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonRows;
import org.betatron.data.template.ChatTemplate;
import org.jspecify.annotations.Nullable;

/// A prompt to be answered, written as a model reads it.
///
/// @param id     the row's `id` field, else `file:line`
/// @param prompt text that the answer continues
/// @param chosen the preferred answer, where the file has one; else null
public record PromptRow(String id, String prompt, @Nullable String chosen) {

    /// Reads files of any [PreferenceFormat], and of rows with a `prompt` (text or messages) and whatever
    /// else. Nothing is left out: a prompt can be answered even if its two answers are the same.
    ///
    /// @param files       in order
    /// @param template    for prompts that are messages
    /// @param promptStyle for prompts that are text
    /// @throws org.betatron.data.DataException if a file cannot be read, has no rows, or a row has no prompt
    public static List<PromptRow> read(List<Path> files, ChatTemplate template, PromptStyle promptStyle) {
        List<PromptRow> prompts = new ArrayList<>();
        for (Path file : files) {
            try (JsonRows rows = JsonRows.open(file)) {
                JsonRow first = rows.first();
                boolean isPreference = PreferenceParser.isKnown(first);
                PreferenceParser pairs = isPreference ? PreferenceParser.of(PreferenceFormat.AUTO, first) : null;
                while (rows.hasNext()) {
                    JsonRow row = rows.next();
                    try {
                        prompts.addAll(
                                pairs == null
                                        ? List.of(alone(row, template, promptStyle))
                                        : of(pairs, row, template, promptStyle));
                    } catch (DataException e) {
                        throw at(row, e);
                    }
                }
            }
        }
        return prompts;
    }

    /// What goes wrong while a prompt is written knows of no place.
    private static DataException at(JsonRow row, DataException e) {
        String message = String.valueOf(e.getMessage());
        String place = row.place().toString();
        return message.startsWith(place) ? e : new DataException(place + ": " + message, e);
    }

    private static List<PromptRow> of(PreferenceParser pairs, JsonRow row, ChatTemplate template, PromptStyle style) {
        return switch (pairs.parse(row)) {
            case ReadRow.Dropped<PreferencePair> _ -> List.of();
            case ReadRow.Bad<PreferencePair> bad -> throw row.error(bad.why());
            case ReadRow.Kept<PreferencePair>(RowPlace _, PreferencePair pair, Leftover left) -> {
                String prompt = RenderedRow.of(pair.prompt(), List.of(), left, template, style)
                        .prompt();
                RenderedRow answered = RenderedRow.of(pair.prompt(), List.of(pair.chosen()), left, template, style);
                yield List.of(
                        new PromptRow(pair.id(), prompt, answered.responses().getFirst()));
            }
        };
    }

    private static PromptRow alone(JsonRow row, ChatTemplate template, PromptStyle style) {
        if (!row.has("prompt")) {
            throw row.error("a row of prompts must have \"prompt\" but had the fields "
                    + row.node().propertyNames());
        }
        Prompt prompt = Prompts.read(row);
        return new PromptRow(
                row.id(),
                RenderedRow.of(prompt, List.of(), Leftover.of(row), template, style)
                        .prompt(),
                null);
    }
}
