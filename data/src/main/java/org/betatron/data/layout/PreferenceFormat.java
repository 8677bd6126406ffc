package org.betatron.data.layout;

import org.betatron.data.row.PreferencePair;
import org.betatron.data.source.JsonRow;

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
    SHAREGPT,
    /// Two answers, and a field that says which is better, under names such as `response_0`, `response_1`
    /// and `better_response_id`; rows without a winner are dropped.
    COMPARED,
    /// A list of answers with a list of ranks or scores: the best one is chosen, the worst one rejected.
    RANKED;

    @Override
    public RowReader.Parser<PreferencePair> parser(JsonRow first) {
        PreferenceParser parser = PreferenceParser.of(this, first);
        return RowReader.Parser.ofSingle(parser.name(), row -> PreferenceParser.dropIfUseless(parser.parse(row)));
    }
}
