package org.betatron.data.tokenizer;

/// Text to token ids and back. Implementations are thread-safe.
public interface Tokenizer {

    /// Encodes a piece of text without adding anything to it. Special tokens written in the text
    /// (`<|im_start|>`) become their ids, as chat templates need it.
    ///
    /// @return token ids, none for an empty text
    int[] encode(String text);

    /// @return the text of the ids, special tokens written out; unknown ids are left out
    String decode(int[] ids);

    /// @return one token as readable text; where a token is only part of a character, its
    ///     vocabulary entry
    String piece(int id);

    /// @return ids that the model expects before every text, often none; a copy
    int[] bosPrefix();

    /// @return the id that ends an answer
    int eosId();

    /// @return every id after which generation stops, [#eosId] first; a copy
    int[] stopIds();

    /// @return number of ids that can occur, largest id + 1
    int vocabularySize();
}
