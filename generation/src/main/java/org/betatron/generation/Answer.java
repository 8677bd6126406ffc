package org.betatron.generation;

/// What a model wrote.
///
/// Immutable as long as nobody writes into the array that [#tokenIds] lends.
public final class Answer {

    private final int prompt;
    private final int sample;
    private final int[] tokenIds;
    private final float[] logProbs;
    private final String text;
    private final AnswerEnd end;

    /// @param prompt   number of the prompt
    /// @param sample   number of the answer among those to its prompt
    /// @param tokenIds every token that was drawn, at least one; kept, not copied
    /// @param logProbs of each token in the distribution that it was drawn from, nats; empty where
    ///     they
    ///     were not kept
    /// @param text     without the token or text that ended it
    /// @param end      why it ended
    public Answer(int prompt, int sample, int[] tokenIds, float[] logProbs, String text, AnswerEnd end) {
        this.prompt = prompt;
        this.sample = sample;
        this.tokenIds = tokenIds;
        this.logProbs = logProbs;
        this.text = text;
        this.end = end;
    }

    /// @param other number of the prompt among others
    /// @return the same answer, counted among these
    public Answer to(int other) {
        return new Answer(other, sample, tokenIds, logProbs, text, end);
    }

    /// @return number of the prompt among those that were given
    public int prompt() {
        return prompt;
    }

    /// @return number of the answer among those to its prompt
    public int sample() {
        return sample;
    }

    /// @return every token that was drawn, the one that ended the answer included; at least one;
    ///     lent
    public int[] tokenIds() {
        return tokenIds;
    }

    /// @return log-prob of each token in the distribution that it was drawn from, filters included,
    ///     nats,
    ///     `[tokens]`; empty where an answer was read from a file that does not hold them; lent
    public float[] logProbs() {
        return logProbs;
    }

    /// @return the answer as text, without the token or text that ended it
    public String text() {
        return text;
    }

    public AnswerEnd end() {
        return end;
    }
}
