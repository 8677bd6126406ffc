package org.betatron.data.row;

import java.util.List;

/// A prompt with one answer that is labelled as good or bad, as text: an unpaired row, as KTO
/// learns from.
///
/// @param id        the row's `id` field, else `file:line`
/// @param prompt    what the answer replies to
/// @param answer    a space that separates it from the prompt belongs to it
/// @param desirable whether the answer is an example to follow
public record LabelledAnswer(String id, Prompt prompt, Message answer, boolean desirable)
        implements SourceRow<TokenizedAnswer> {

    /// An answer that is text alone.
    public LabelledAnswer(String id, Prompt prompt, String answer, boolean desirable) {
        this(id, prompt, Message.assistant(answer), desirable);
    }

    @Override
    public List<Message> answers() {
        return List.of(answer);
    }

    @Override
    public List<String> answerNames() {
        return List.of(desirable ? "desirable answer" : "undesirable answer");
    }

    @Override
    public TokenizedAnswer tokenized(String id, RowPlace place, int[] prompt, List<int[]> responses) {
        return new TokenizedAnswer(id, place, prompt, responses.getFirst(), desirable);
    }
}
