package org.betatron.data;

import java.nio.file.Path;

/// Layouts of preference files. Files may be JSON lines or one JSON list, plain or gzip.
public enum PreferenceFormat {
    /// Detected from the first row of each file.
    AUTO,
    /// Anthropic HH: two whole dialogues, `{"chosen": "\n\nHuman: ...", "rejected": "\n\nHuman: ..."}`.
    /// The prompt is everything up to and including the last `\n\nAssistant:`.
    HH,
    /// `{"prompt", "chosen", "rejected"}` as strings.
    PAIRS,
    /// `{"instruction", "input", "chosen", "rejected"}` as strings; `input`, `system` may be absent.
    INSTRUCTION,
    /// Lists of `{"role", "content"}`: `chosen` and `rejected` with a common beginning, or beside a
    /// `prompt`; also as `chosen_messages` and `rejected_messages`.
    MESSAGES,
    /// `{"conversations": [{"from", "value"}], "chosen": {"from", "value"}, "rejected": ...}`.
    SHAREGPT;

    /// Opens a file of this format.
    ///
    /// @throws DataException if the file cannot be read, has no rows, or its format is not recognised
    public RowReader<PreferencePair> open(Path file) {
        JsonRows rows = JsonRows.open(file);
        try {
            PreferenceFormat format = this == AUTO ? PreferenceParser.detect(rows.first()) : this;
            return new RowReader<>(
                    rows, row -> PreferenceParser.dropIfUseless(PreferenceParser.parse(format, row)), format.name());
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }
}
