package org.betatron.data.row;

import java.util.List;

/// A text to imitate: what is given and what is learned, as text.
///
/// @param id       the row's `id` field, else `file:line`
/// @param prompt   what is given
/// @param response what is learned
public record TrainingText(String id, Prompt prompt, Message response) implements SourceRow<TokenizedText> {

    /// An answer that is text alone.
    public TrainingText(String id, Prompt prompt, String response) {
        this(id, prompt, Message.assistant(response));
    }

    @Override
    public List<Message> answers() {
        return List.of(response);
    }

    @Override
    public List<String> answerNames() {
        return List.of("response");
    }

    @Override
    public TokenizedText tokenized(String id, RowPlace place, int[] prompt, List<int[]> responses) {
        return new TokenizedText(id, prompt, responses.getFirst());
    }
}
