package org.betatron.data.layout;

import java.nio.file.Path;
import org.betatron.data.row.TrainingText;
import org.betatron.data.source.JsonRow;

/// Layouts of files of texts to imitate. JSON files may be lines or one list; all may be gzip.
public enum TextFormat implements RowFormat<TrainingText> {
    /// Plain text if the name ends in `.txt` or `.txt.gz`, else detected from the first row.
    AUTO,
    /// One long text, cut into windows of tokens. Documents may be separated by the tokenizer's
    /// end-of-text token.
    PLAIN,
    /// `{"text"}`: everything is learned.
    TEXT,
    /// `{"prompt", "completion"}` or `{"prompt", "response"}`: the second is learned.
    COMPLETION,
    /// `{"instruction", "input", "output"}`: the output is learned.
    INSTRUCTION,
    /// `{"messages": [...]}` or `{"conversations": [...]}`: the last message is learned.
    MESSAGES,
    /// Any [PreferenceFormat]: the chosen answer is learned.
    PREFERENCES;

    /// @return this, or for [#AUTO] whether the file is [#PLAIN] or still to be detected
    public TextFormat resolve(Path file) {
        if (this != AUTO) {
            return this;
        }
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".txt") || name.endsWith(".txt.gz") ? PLAIN : AUTO;
    }

    /// @throws IllegalStateException if the format is [#PLAIN], which has no rows
    @Override
    public RowReader.Parser<TrainingText> parser(JsonRow first) {
        TextLayout layout = TextLayout.of(this, first, TextParser.WHAT);
        if (layout.format() == PREFERENCES) {
            PreferenceParser pairs = PreferenceParser.of(PreferenceFormat.AUTO, first);
            return RowReader.Parser.ofSingle("chosen answers of " + pairs.name(), row -> TextParser.chosen(pairs, row));
        }
        return RowReader.Parser.ofSingle(layout.format().name(), new TextParser(layout)::parse);
    }
}
