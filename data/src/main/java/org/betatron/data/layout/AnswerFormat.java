package org.betatron.data.layout;

import org.betatron.data.row.LabelledAnswer;
import org.betatron.data.source.JsonRow;

/// Layouts of files of unpaired rows: one answer with a label. The label stands under `label`,
/// `rating` or `kto_tag` and is `true` or 1 for an answer to follow, `false` or 0 for one to avoid. Files may be
/// JSON lines or one JSON list, plain or gzip.
public enum AnswerFormat implements RowFormat<LabelledAnswer> {
    /// Detected from the first row of each file.
    AUTO,
    /// `{"prompt", "completion", "label"}` or `{"prompt", "response", "label"}`; text or messages.
    COMPLETION,
    /// `{"instruction", "input", "output", "label"}`; `input`, `system` may be absent.
    INSTRUCTION,
    /// `{"messages": [...], "label"}` or `{"conversations": [...], "label"}`: the last message is
    /// the answer.
    MESSAGES,
    /// Any [PreferenceFormat]: every pair becomes two rows, its chosen answer as desirable and its
    /// rejected one as undesirable, with the ids `ID/chosen` and `ID/rejected`.
    PREFERENCES;

    @Override
    public RowReader.Parser<LabelledAnswer> parser(JsonRow first) {
        TextLayout layout = AnswerParser.layout(this, first);
        if (layout.format() == TextFormat.PREFERENCES) {
            PreferenceParser pairs = PreferenceParser.of(PreferenceFormat.AUTO, first);
            return new RowReader.Parser<>("both answers of " + pairs.name(), row -> AnswerParser.bothOf(pairs, row));
        }
        return RowReader.Parser.ofSingle(layout.format().name(), row -> AnswerParser.parse(layout, row));
    }
}
