package org.betatron.runs;

import org.betatron.data.row.TokenizedPair;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.evaluation.suspicion.Suspect;

/// Pairs with their texts again, as a model reads them.
public final class Suspects {

    private Suspects() {}

    /// @param gap       reward gap under the model that suspects it, chosen minus rejected
    /// @param tokenizer of that model, borrowed
    /// @return the pair with its place and its texts
    public static Suspect of(TokenizedPair pair, double gap, Tokenizer tokenizer) {
        return new Suspect(
                pair.id(),
                pair.place().file(),
                pair.place().line(),
                gap,
                tokenizer.decode(pair.prompt()),
                tokenizer.decode(pair.chosen()),
                tokenizer.decode(pair.rejected()));
    }
}
