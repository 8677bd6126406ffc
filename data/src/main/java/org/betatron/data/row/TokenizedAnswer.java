package org.betatron.data.row;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// An unpaired row as token ids: a response that is labelled as good or bad. The arrays are lent,
/// not to be written.
public final class TokenizedAnswer implements LabelledRow<TokenizedAnswer> {

    private final String id;
    private final RowPlace place;
    private final int[] prompt;
    private final int[] response;
    private final boolean desirable;
    private final int @Nullable [] mismatched;

    /// @param id        see [TokenizedRow#id]
    /// @param place     where it was read
    /// @param prompt    token ids, at least one
    /// @param response  token ids of the answer, at least one
    /// @param desirable whether the answer is an example to follow
    public TokenizedAnswer(String id, RowPlace place, int[] prompt, int[] response, boolean desirable) {
        this(id, place, prompt, response, desirable, null);
    }

    /// @param mismatched token ids of another row's answer, at least one; null for none
    private TokenizedAnswer(
            String id, RowPlace place, int[] prompt, int[] response, boolean desirable, int @Nullable [] mismatched) {
        if (prompt.length == 0 || response.length == 0 || (mismatched != null && mismatched.length == 0)) {
            throw new IllegalArgumentException("answer '" + id
                    + "' must have at least one token in each of prompt and response but had " + prompt.length
                    + " and " + response.length);
        }
        this.id = id;
        this.place = place;
        this.prompt = prompt;
        this.response = response;
        this.desirable = desirable;
        this.mismatched = mismatched;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public RowPlace place() {
        return place;
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    public int[] response() {
        return response;
    }

    public boolean desirable() {
        return desirable;
    }

    /// @return another row's answer, which is scored after this row's prompt; null for none
    public int @Nullable [] mismatched() {
        return mismatched;
    }

    /// @param answer token ids of another row's answer, at least one
    /// @return the same row with that answer beside its own
    public TokenizedAnswer withMismatched(int[] answer) {
        return new TokenizedAnswer(id, place, prompt, response, desirable, answer);
    }

    /// Always empty: a gap lies between two answers.
    @Override
    public OptionalDouble scoreGap() {
        return OptionalDouble.empty();
    }

    /// @return the same answer with the other label
    @Override
    public TokenizedAnswer flipped() {
        return new TokenizedAnswer(id, place, prompt, response, !desirable, mismatched);
    }

    @Override
    public List<int[]> responses() {
        return mismatched == null ? List.of(response) : List.of(response, mismatched);
    }
}
