package org.betatron.data;

import org.betatron.core.model.PackedBatch;

/// A preference pair as token ids. The arrays are lent, not to be written.
public final class TokenizedPair implements TokenizedRow {

    private final String id;
    private final int[] prompt;
    private final int[] chosen;
    private final int[] rejected;

    /// @param id       see [TokenizedRow#id]
    /// @param prompt   token ids, at least one
    /// @param chosen   token ids of the preferred response, at least one
    /// @param rejected token ids of the other response, at least one
    public TokenizedPair(String id, int[] prompt, int[] chosen, int[] rejected) {
        if (prompt.length == 0 || chosen.length == 0 || rejected.length == 0) {
            throw new IllegalArgumentException(
                    "pair '" + id + "' must have at least one token in each of prompt, chosen and"
                            + " rejected but had " + prompt.length + ", " + chosen.length + " and " + rejected.length);
        }
        this.id = id;
        this.prompt = prompt;
        this.chosen = chosen;
        this.rejected = rejected;
    }

    @Override
    public String id() {
        return id;
    }

    public int[] prompt() {
        return prompt;
    }

    public int[] chosen() {
        return chosen;
    }

    public int[] rejected() {
        return rejected;
    }

    @Override
    public int numTokens() {
        return prompt.length + chosen.length + rejected.length;
    }

    @Override
    public void addTo(PackedBatch.Builder batch) {
        batch.add(prompt, chosen, rejected);
    }
}
