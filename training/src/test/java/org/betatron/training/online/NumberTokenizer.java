package org.betatron.training.online;

import java.util.Arrays;
import org.betatron.data.tokenizer.Tokenizer;

/// Writes ids as numbers; what it reads is not asked for here.
///
/// @param vocabularySize number of ids; the id after the last ends answers, so that no model writes it
record NumberTokenizer(int vocabularySize) implements Tokenizer {

    @Override
    public int[] encode(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @Override
    public String decode(int[] ids) {
        return Arrays.toString(ids);
    }

    @Override
    public String piece(int id) {
        return String.valueOf(id);
    }

    @Override
    public int[] bosPrefix() {
        return new int[0];
    }

    @Override
    public int eosId() {
        return vocabularySize;
    }

    @Override
    public int[] stopIds() {
        return new int[] {vocabularySize};
    }
}
