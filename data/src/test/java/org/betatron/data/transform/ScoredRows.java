package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;

/// Pairs with scores, as read from files.
final class ScoredRows {

    private ScoredRows() {}

    /// @param gapOf gap of scores by line, from 1
    static List<TokenizedPair> pairs(String file, int count, IntToDoubleFunction gapOf) {
        List<TokenizedPair> rows = new ArrayList<>();
        for (int line = 1; line <= count; line++) {
            rows.add(new TokenizedPair(
                    file + ":" + line,
                    new RowPlace("data/" + file, line),
                    new int[] {line},
                    new int[] {1, line},
                    new int[] {2, line},
                    new PairScores(gapOf.applyAsDouble(line), 0)));
        }
        return rows;
    }

    /// Gaps of both signs, no two alike in size.
    static List<TokenizedPair> random(int count, long seed) {
        RandomGenerator random = RandomStreams.stream(seed, "gaps", 0);
        return pairs("x.jsonl", count, _ -> random.nextGaussian());
    }

    static List<String> ids(List<TokenizedPair> rows) {
        return rows.stream().map(TokenizedPair::id).toList();
    }

    static List<TokenizedPair> apply(List<TokenizedPair> rows, TransformSpec... specs) {
        return Transforms.apply(List.of(specs), rows).rows();
    }
}
