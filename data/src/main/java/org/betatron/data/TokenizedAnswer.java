package org.betatron.data;

import java.util.OptionalDouble;
import org.betatron.core.model.PackedBatch;

/// An unpaired row as token ids: a response that is labelled as good or bad. The arrays are lent,
/// not to be written.
public final class TokenizedAnswer implements LabelledRow<TokenizedAnswer> {

    private final String id;
    private final RowPlace place;
    private final int[] prompt;
    private final int[] response;
    private final boolean desirable;

    /// @param id        see [TokenizedRow#id]
    /// @param place     where it was read
    /// @param prompt    token ids, at least one
    /// @param response  token ids of the answer, at least one
    /// @param desirable whether the answer is an example to follow
    public TokenizedAnswer(String id, RowPlace place, int[] prompt, int[] response, boolean desirable) {
        if (prompt.length == 0 || response.length == 0) {
            throw new IllegalArgumentException("answer '" + id
                    + "' must have at least one token in each of prompt and response but had " + prompt.length
                    + " and " + response.length);
        }
        this.id = id;
        this.place = place;
        this.prompt = prompt;
        this.response = response;
        this.desirable = desirable;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public RowPlace place() {
        return place;
    }

    public int[] prompt() {
        return prompt;
    }

    public int[] response() {
        return response;
    }

    public boolean desirable() {
        return desirable;
    }

    /// Always empty: a gap lies between two answers.
    @Override
    public OptionalDouble scoreGap() {
        return OptionalDouble.empty();
    }

    /// @return the same answer with the other label
    @Override
    public TokenizedAnswer flipped() {
        return new TokenizedAnswer(id, place, prompt, response, !desirable);
    }

    @Override
    public int numTokens() {
        return prompt.length + response.length;
    }

    @Override
    public void addTo(PackedBatch.Builder batch) {
        batch.add(prompt, response);
    }
}
