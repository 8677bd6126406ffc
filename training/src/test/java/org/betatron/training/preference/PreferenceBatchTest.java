package org.betatron.training.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.Fixtures;
import org.betatron.training.MeasuredRows;
import org.betatron.training.reference.Reference;
import org.junit.jupiter.api.Test;

class PreferenceBatchTest {

    private static List<TokenizedPair> scoredPairs() {
        List<TokenizedPair> rows = new ArrayList<>();
        for (TokenizedPair pair : Fixtures.pairs(4, 1)) {
            int i = rows.size();
            rows.add(new TokenizedPair(
                    pair.id(),
                    new RowPlace("x.jsonl", i + 1),
                    pair.prompt(),
                    pair.chosen(),
                    pair.rejected(),
                    new PairScores(i * i, 1)));
        }
        return rows;
    }

    private static BatchNumbers score(List<TokenizedPair> rows, int... batch) {
        return RowBatch.of(rows, batch, new Packing(2, 1000, true)).score(Fixtures.model());
    }

    private static double[] scoreGaps(List<TokenizedPair> rows, int... batch) {
        PairLogProbs pairs = new PreferenceBatch(
                        RequiredInputs.NONE, new MeasuredRows<>(rows, score(rows, batch)), new Reference.None())
                .quantities(true);
        return IntStream.range(0, pairs.size()).mapToDouble(pairs::scoreGap).toArray();
    }

    @Test
    void gapsOfScoresFollowTheOrderOfTheBatch() {
        List<TokenizedPair> rows = scoredPairs();
        assertThat(scoreGaps(rows, 3, 0, 2)).containsExactly(8, -1, 3);
    }

    @Test
    void aPairWithoutScoresIsNamed() {
        List<TokenizedPair> rows = scoredPairs();
        TokenizedPair pair = rows.get(2);
        rows.set(2, new TokenizedPair("odd", pair.place(), pair.prompt(), pair.chosen(), pair.rejected(), null));
        assertThat(scoreGaps(rows, 3, 0)).containsExactly(8, -1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scoreGaps(rows, 3, 2))
                .withMessage("pair 'odd' (x.jsonl:3) must have a score on both answers");
    }
}
