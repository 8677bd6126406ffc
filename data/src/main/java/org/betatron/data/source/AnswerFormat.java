package org.betatron.data.source;

import java.nio.file.Path;
import org.betatron.data.row.LabelledAnswer;

/// Layouts of files of unpaired rows: one answer with a label. The label stands under `label` or
/// `rating` and is `true` or 1 for an answer to follow, `false` or 0 for one to avoid. Files may be
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
    public RowReader<LabelledAnswer> open(Path file) {
        return RowReader.open(file, first -> {
            AnswerFormat format = this == AUTO ? AnswerParser.detect(first) : this;
            if (format == PREFERENCES) {
                PreferenceFormat preferences = PreferenceParser.detect(first);
                return new RowReader.Parser<>(
                        "both answers of " + preferences, row -> AnswerParser.bothOf(preferences, row));
            }
            return RowReader.Parser.ofSingle(format.name(), row -> AnswerParser.parse(format, row));
        });
    }
}
