package org.betatron.data.source;

import java.nio.file.Path;
import org.betatron.data.row.PreferencePair;

/// Layouts of preference files. Files may be JSON lines or one JSON list, plain or gzip.
public enum PreferenceFormat implements RowFormat<PreferencePair> {
    /// Detected from the first row of each file.
    AUTO,
    /// Anthropic HH: `chosen` and `rejected` are whole dialogues as text, with turns that begin with
    /// `\n\nHuman:` and `\n\nAssistant:`. The prompt is everything up to and including the last
    /// `\n\nAssistant:`.
    HH,
    /// `{"prompt", "chosen", "rejected"}` as strings.
    PAIRS,
    /// `{"instruction", "input", "chosen", "rejected"}` as strings; `input`, `system` may be
    /// absent.
    INSTRUCTION,
    /// Lists of `{"role", "content"}`: `chosen` and `rejected` with a common beginning, or beside a
    /// `prompt`; also as `chosen_messages` and `rejected_messages`.
    MESSAGES,
    /// `{"conversations": [{"from", "value"}], "chosen": {"from", "value"}, "rejected": ...}`.
    SHAREGPT;

    @Override
    public RowReader<PreferencePair> open(Path file) {
        return RowReader.open(file, first -> {
            PreferenceFormat format = this == AUTO ? PreferenceParser.detect(first) : this;
            return RowReader.Parser.ofSingle(
                    format.name(), row -> PreferenceParser.dropIfUseless(PreferenceParser.parse(format, row)));
        });
    }
}
