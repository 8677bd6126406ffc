package org.betatron.data.row;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prompt with a preferred and another answer, as text, whatever the layout of the file it came
/// from.
///
/// @param id       the row's `id` field, else `file:line`
/// @param prompt   what both answers reply to
/// @param chosen   the preferred answer; a space that separates it from the prompt belongs to it
/// @param rejected the other answer
/// @param scores   how good both were judged; null unless the row has both scores
public record PreferencePair(
        String id,
        Prompt prompt,
        Message chosen,
        Message rejected,
        @Nullable PairScores scores) implements SourceRow<TokenizedPair> {

    /// Answers that are text alone.
    public PreferencePair(String id, Prompt prompt, String chosen, String rejected, @Nullable PairScores scores) {
        this(id, prompt, Message.assistant(chosen), Message.assistant(rejected), scores);
    }

    @Override
    public List<Message> answers() {
        return List.of(chosen, rejected);
    }

    @Override
    public List<String> answerNames() {
        return List.of("chosen", "rejected");
    }

    @Override
    public TokenizedPair tokenized(String id, RowPlace place, int[] prompt, List<int[]> responses) {
        return new TokenizedPair(id, place, prompt, responses.getFirst(), responses.getLast(), scores);
    }
}
