package org.betatron.generation;

/// What a model wrote.
///
/// Immutable as long as nobody writes into the array that [#tokenIds] lends.
public final class Answer {

    private final int prompt;
    private final int sample;
    private final int[] tokenIds;
    private final String text;
    private final AnswerEnd end;

    /// @param prompt   number of the prompt
    /// @param sample   number of the answer among those to its prompt
    /// @param tokenIds every token that was drawn, at least one; kept, not copied
    /// @param text     without the token or text that ended it
    /// @param end      why it ended
    public Answer(int prompt, int sample, int[] tokenIds, String text, AnswerEnd end) {
        this.prompt = prompt;
        this.sample = sample;
        this.tokenIds = tokenIds;
        this.text = text;
        this.end = end;
    }

    /// @return number of the prompt among those that were given
    public int prompt() {
        return prompt;
    }

    /// @return number of the answer among those to its prompt
    public int sample() {
        return sample;
    }

    /// @return every token that was drawn, the one that ended the answer included; at least one; lent
    public int[] tokenIds() {
        return tokenIds;
    }

    /// @return the answer as text, without the token or text that ended it
    public String text() {
        return text;
    }

    public AnswerEnd end() {
        return end;
    }
}
