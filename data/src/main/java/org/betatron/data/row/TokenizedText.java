package org.betatron.data.row;

import java.util.List;

/// A text to imitate as token ids: what is given (`prompt`) and what is learned (`response`). The
/// arrays are lent, not to be written.
public final class TokenizedText implements TokenizedRow {

    private final String id;
    private final int[] prompt;
    private final int[] response;

    /// @param id       see [TokenizedRow#id]
    /// @param prompt   token ids that are not trained, at least one
    /// @param response token ids that are trained, at least one
    public TokenizedText(String id, int[] prompt, int[] response) {
        if (prompt.length == 0 || response.length == 0) {
            throw new IllegalArgumentException(
                    "text '" + id + "' must have at least one token in each of prompt and response" + " but had "
                            + prompt.length + " and " + response.length);
        }
        this.id = id;
        this.prompt = prompt;
        this.response = response;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    public int[] response() {
        return response;
    }

    @Override
    public List<int[]> responses() {
        return List.of(response);
    }
}
