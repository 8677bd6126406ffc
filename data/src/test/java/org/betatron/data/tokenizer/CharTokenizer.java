package org.betatron.data.tokenizer;

import java.util.List;

/// One token per character, remembering what it was asked for.
///
/// @param texts that were encoded, added to
/// @param start what stands before every text
public record CharTokenizer(List<String> texts, String start) implements Tokenizer {

    /// Ends an answer; `$` in a text is it as well.
    public static final int END = 256;

    @Override
    public int[] encode(String text) {
        texts.add(text);
        return text.chars().map(c -> c == '$' ? END : c).toArray();
    }

    @Override
    public String decode(int[] ids) {
        return new String(ids, 0, ids.length).replace((char) END, '$');
    }

    @Override
    public String piece(int id) {
        return Character.toString(id);
    }

    @Override
    public int[] bosPrefix() {
        return start.chars().toArray();
    }

    @Override
    public int eosId() {
        return END;
    }

    @Override
    public int[] stopIds() {
        return new int[] {END};
    }

    @Override
    public int vocabularySize() {
        return END + 1;
    }
}
