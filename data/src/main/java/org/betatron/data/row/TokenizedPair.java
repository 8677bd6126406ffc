package org.betatron.data.row;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A preference pair as token ids. The arrays are lent, not to be written.
public final class TokenizedPair implements LabelledRow<TokenizedPair> {

    private final String id;
    private final RowPlace place;
    private final int[] prompt;
    private final int[] chosen;
    private final int[] rejected;
    private final @Nullable PairScores scores;

    /// @param id       see [TokenizedRow#id]
    /// @param place    where it was read
    /// @param prompt   token ids, at least one
    /// @param chosen   token ids of the preferred response, at least one
    /// @param rejected token ids of the other response, at least one
    /// @param scores   how good both were judged, null if unknown
    public TokenizedPair(
            String id, RowPlace place, int[] prompt, int[] chosen, int[] rejected, @Nullable PairScores scores) {
        if (prompt.length == 0 || chosen.length == 0 || rejected.length == 0) {
            throw new IllegalArgumentException(
                    "pair '" + id + "' must have at least one token in each of prompt, chosen and"
                            + " rejected but had " + prompt.length + ", " + chosen.length + " and " + rejected.length);
        }
        this.id = id;
        this.place = place;
        this.prompt = prompt;
        this.chosen = chosen;
        this.rejected = rejected;
        this.scores = scores;
    }

    /// A pair without scores that comes from no file.
    public TokenizedPair(String id, int[] prompt, int[] chosen, int[] rejected) {
        this(id, RowPlace.NOWHERE, prompt, chosen, rejected, null);
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

    public int[] chosen() {
        return chosen;
    }

    public int[] rejected() {
        return rejected;
    }

    /// @return how good both responses were judged, null if unknown
    public @Nullable PairScores scores() {
        return scores;
    }

    @Override
    public OptionalDouble scoreGap() {
        return scores == null ? OptionalDouble.empty() : OptionalDouble.of(scores.gap());
    }

    /// @return the pair with its responses exchanged, and their scores with them
    @Override
    public TokenizedPair flipped() {
        PairScores swapped = scores == null ? null : scores.swapped();
        return new TokenizedPair(id, place, prompt, /* chosen= */ rejected, /* rejected= */ chosen, swapped);
    }

    @Override
    public List<int[]> responses() {
        return List.of(chosen, rejected);
    }
}
