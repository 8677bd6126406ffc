package org.betatron.data.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonRows;
import org.betatron.data.source.PreferenceFormat;
import org.betatron.data.source.PreferenceParser;
import org.betatron.data.source.ReadRow;
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
                boolean isPreference =
                        rows.first().has("chosen") || rows.first().has("chosen_messages");
                PreferenceFormat format = isPreference ? PreferenceParser.detect(rows.first()) : PreferenceFormat.AUTO;
                while (rows.hasNext()) {
                    JsonRow row = rows.next();
                    if (!isPreference) {
                        prompts.add(alone(row, template, promptStyle));
                    } else if (PreferenceParser.parse(format, row)
                            instanceof ReadRow.Kept<PreferencePair>(RowPlace _, PreferencePair pair)) {
                        prompts.add(of(pair, template, promptStyle));
                    }
                }
            }
        }
        return prompts;
    }

    private static PromptRow of(PreferencePair pair, ChatTemplate template, PromptStyle style) {
        RenderedRow rendered = RenderedRow.of(pair.prompt(), List.of(pair.chosen()), template, style);
        return new PromptRow(pair.id(), rendered.prompt(), rendered.responses().getFirst());
    }

    private static PromptRow alone(JsonRow row, ChatTemplate template, PromptStyle style) {
        if (!row.has("prompt")) {
            throw row.error("a row of prompts must have \"prompt\" but had the fields "
                    + row.node().propertyNames());
        }
        Prompt prompt = row.node().path("prompt").isString()
                ? new Prompt.Text(row.text("prompt"))
                : new Prompt.Dialogue(row.messages("prompt"));
        return new PromptRow(
                row.id(), RenderedRow.of(prompt, List.of(), template, style).prompt(), null);
    }
}
