package org.betatron.data.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.betatron.core.model.TokenQuantity.LOG_PROB;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowBatchTest {

    private final TinyLanguageModel model = TinyLanguageModel.random(7, 4, 40, 1);

    /// The tiny model gives equal bits for equal rows, however they are packed.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersComeBackToTheirRows(boolean sharing) {
        for (int seed = 0; seed < 100; seed++) {
            RandomGenerator random = RandomStreams.stream(seed, "rows", 0);
            List<TokenizedPair> data = PackingTest.pairs(random, 40);
            int[] rows = random.ints(random.nextInt(1, 30), 0, 40).toArray();
            Packing packing = new Packing(random.nextInt(1, 9), random.nextInt(20, 200), sharing);
            BatchNumbers numbers = RowBatch.of(data, rows, packing).score(model);
            assertThat(numbers.size()).isEqualTo(rows.length);
            for (int index = 0; index < rows.length; index++) {
                assertThat(numbers.row(index)).isEqualTo(rows[index]);
                requireAlone(data.get(rows[index]), numbers, index);
            }
        }
    }

    private void requireAlone(TokenizedPair row, BatchNumbers numbers, int index) {
        TokenNumbers alone = model.score(PackedBatch.builder()
                .add(row.prompt(), row.chosen(), row.rejected())
                .build());
        assertThat(numbers.numResponses(index)).isEqualTo(2);
        assertThat(numbers.length(index, 0)).isEqualTo(row.chosen().length);
        assertThat(numbers.length(index, 1)).isEqualTo(row.rejected().length);
        assertThat(numbers.start(index, 1)).isEqualTo(row.chosen().length);
        assertThat(numbers.values(LOG_PROB, index)).containsExactly(alone.logProbs());
        assertThat(numbers.sum(LOG_PROB, index, 0)).isEqualTo(alone.sum(LOG_PROB, 0));
        assertThat(numbers.sum(LOG_PROB, index, 1, 1)).isEqualTo(alone.sum(LOG_PROB, 1, 1));
    }

    @Test
    void aPartIsABatchOfItsOwn() {
        List<TokenizedPair> data = PackingTest.pairs(RandomStreams.stream(3, "rows", 0), 20);
        int[] rows = {7, 3, 11, 0, 19, 4};
        RowBatch batch = RowBatch.of(data, rows, new Packing(2, 1000, true));
        assertThat(batch.parts()).hasSizeGreaterThan(1);
        for (PackedRows part : batch.parts()) {
            BatchNumbers alone = batch.alone(new ScoredRows(part, model.score(part.batch())));
            assertThat(alone.size()).isEqualTo(part.size());
            for (int index = 0; index < part.size(); index++) {
                assertThat(alone.row(index)).isEqualTo(rows[part.index(index)]);
                requireAlone(data.get(alone.row(index)), alone, index);
            }
        }
        RowBatch some = batch.only(new int[] {1, 4});
        assertThat(some.size()).isEqualTo(2);
        assertThat(some.row(0)).isEqualTo(3);
        assertThat(some.row(1)).isEqualTo(19);
    }

    @Test
    void tokensThatAreSharedAreCountedOnce() {
        List<TokenizedPair> data = List.of(
                new TokenizedPair("a>b", new int[] {1, 1}, new int[] {2}, new int[] {3, 3}),
                new TokenizedPair("b>c", new int[] {1, 1}, new int[] {3, 3}, new int[] {4}));
        assertThat(RowBatch.of(data, Packing.ofTokens(100)).numTokens()).isEqualTo(6);
        assertThat(RowBatch.of(data, Packing.ofTokens(100)).numTokensApart()).isEqualTo(10);
        assertThat(RowBatch.of(data, new Packing(8, 100, false)).numTokens()).isEqualTo(10);
    }

    @Test
    void everyPartIsHeardOfWithItsNumbers() {
        List<Integer> heard = new ArrayList<>();
        Map<Integer, Double> sums = new HashMap<>();
        List<TokenizedPair> data = PackingTest.pairs(RandomStreams.stream(3, "rows", 1), 20);
        BatchNumbers all = RowBatch.of(data, new Packing(3, 100, true)).score(model, (part, rowsDone) -> {
            heard.add(rowsDone);
            for (int i = 0; i < part.size(); i++) {
                sums.put(part.row(i), part.sum(LOG_PROB, i, 1));
            }
            assertThat(sums).hasSize(rowsDone);
        });
        assertThat(heard).hasSizeGreaterThan(1).isSorted().endsWith(20);
        for (int i = 0; i < all.size(); i++) {
            assertThat(sums.get(all.row(i))).isEqualTo(all.sum(LOG_PROB, i, 1));
        }
    }

    /// A list far larger than what may be held: rows are made when they are asked for.
    @Test
    void longListsAreReadWindowByWindow() {
        int[] asked = {0};
        List<TokenizedRow> data = new AbstractList<>() {
            @Override
            public TokenizedRow get(int index) {
                asked[0]++;
                return new TokenizedText("text-" + index, new int[] {index % 3}, new int[] {1 + index % 5});
            }

            @Override
            public int size() {
                return 2500;
            }
        };
        Iterator<RowBatch> windows =
                RowBatch.windows(data, new Packing(8, 100, true)).iterator();
        assertThat(asked[0]).isZero();
        RowBatch first = windows.next();
        assertThat(first.size()).isEqualTo(1024);
        assertThat(asked[0]).isEqualTo(1024);
        RowBatch second = windows.next();
        assertThat(IntStream.range(0, second.size()).map(second::row))
                .startsWith(1024)
                .hasSize(1024);
        RowBatch third = windows.next();
        assertThat(third.size()).isEqualTo(452);
        assertThat(third.row(451)).isEqualTo(2499);
        assertThat(windows.hasNext()).isFalse();
    }
}
