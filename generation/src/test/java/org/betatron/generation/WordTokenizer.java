package org.betatron.generation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.betatron.data.tokenizer.Tokenizer;

/// Reads and writes ids as numbers between spaces.
///
/// @param vocabularySize number of ids
/// @param stops          ids that end a text, at least one
/// @param prefix         ids before every text
public record WordTokenizer(int vocabularySize, Ids stops, Ids prefix) implements Tokenizer {

    /// Ids in a record, which an array cannot be.
    public record Ids(List<Integer> ids) {

        public static Ids of(Integer... ids) {
            return new Ids(List.of(ids));
        }

        int[] toArray() {
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    @Override
    public int[] encode(String text) {
        return text.isBlank()
                ? new int[0]
                : Arrays.stream(text.strip().split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    @Override
    public String decode(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    @Override
    public String piece(int id) {
        return String.valueOf(id);
    }

    @Override
    public int[] bosPrefix() {
        return prefix.toArray();
    }

    @Override
    public int eosId() {
        return stops.ids().getFirst();
    }

    @Override
    public int[] stopIds() {
        return stops.toArray();
    }
}
