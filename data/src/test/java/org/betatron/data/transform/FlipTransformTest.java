package org.betatron.data.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.transform.TransformSpec.Draw;
import org.betatron.data.transform.TransformSpec.Flip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FlipTransformTest {

    private static final List<TokenizedPair> ROWS = ScoredRows.random(1000, 3);

    private static Set<String> flipped(List<TokenizedPair> rows, Flip flip) {
        Set<String> ids = new HashSet<>();
        for (TokenizedPair row : ScoredRows.apply(rows, flip)) {
            // The first token of the file's chosen response is 1.
            assertThat(row.chosen()[0] + row.rejected()[0]).isEqualTo(3);
            if (row.chosen()[0] == 2) {
                ids.add(row.id());
            }
        }
        return ids;
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.1, 100", "0.4, 400", "0.0004, 0", "0.0005, 1", "0.9996, 1000", "1, 1000"})
    void anExactShareIsFlipped(double rate, int expected) {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(flipped(ROWS, new Flip(rate, Draw.EXACT, seed))).hasSize(expected);
        }
    }

    @Test
    void independentFlipsHaveTheDistributionOfTheirRate() {
        // 200 seeds of 1,000 rows: mean 300 with standard error sqrt(1000 * 0.3 * 0.7 / 200) = 1.02,
        // variance 210 with relative standard error sqrt(2 / 199) = 0.1. Bounds at five of each.
        double[] counts = new double[200];
        double mean = 0;
        for (int seed = 0; seed < counts.length; seed++) {
            counts[seed] = flipped(ROWS, new Flip(0.3, Draw.INDEPENDENT, seed)).size();
            mean += counts[seed] / counts.length;
        }
        double variance = 0;
        for (double count : counts) {
            variance += (count - mean) * (count - mean) / (counts.length - 1);
        }
        assertThat(mean).isBetween(295.0, 305.0);
        assertThat(variance).isBetween(105.0, 315.0);
        assertThat(flipped(ROWS, new Flip(0, Draw.INDEPENDENT, 1))).isEmpty();
        assertThat(flipped(ROWS, new Flip(1, Draw.INDEPENDENT, 1))).hasSize(1000);
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedFlipsTheSameRowsAndAnotherSeedOthers(Draw draw) {
        Set<String> ids = flipped(ROWS, new Flip(0.2, draw, 1));
        assertThat(flipped(ROWS, new Flip(0.2, draw, 1))).isEqualTo(ids);
        assertThat(flipped(ROWS, new Flip(0.2, draw, 2))).isNotEqualTo(ids);
    }

    @ParameterizedTest
    @EnumSource
    void aHigherRateFlipsTheSameRowsAndMore(Draw draw) {
        Set<String> fewer = Set.of();
        for (double rate : new double[] {0.1, 0.2, 0.3, 0.4}) {
            Set<String> more = flipped(ROWS, new Flip(rate, draw, 1));
            assertThat(more).containsAll(fewer).hasSizeGreaterThan(fewer.size());
            fewer = more;
        }
    }

    @Test
    void theOrderOfRowsDecidesNothing() {
        List<TokenizedPair> shuffled = new ArrayList<>(ROWS);
        Collections.shuffle(shuffled, new Random(5));
        for (Draw draw : Draw.values()) {
            assertThat(flipped(shuffled, new Flip(0.2, draw, 1))).isEqualTo(flipped(ROWS, new Flip(0.2, draw, 1)));
        }
        assertThat(ScoredRows.ids(ScoredRows.apply(shuffled, Flip.DEFAULT))).isEqualTo(ScoredRows.ids(shuffled));
    }

    @Test
    void rowsThatAreLeftOutChangeNoOtherRow() {
        List<TokenizedPair> half = ROWS.subList(0, 500);
        Set<String> ofAll = flipped(ROWS, new Flip(0.2, Draw.INDEPENDENT, 1));
        ofAll.retainAll(ScoredRows.ids(half));
        assertThat(flipped(half, new Flip(0.2, Draw.INDEPENDENT, 1))).isEqualTo(ofAll);
    }

    @Test
    void flippingEverythingTwiceChangesNothing() {
        Flip all = new Flip(1, Draw.EXACT, 0);
        assertThat(ScoredRows.apply(ROWS, all, all))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(ROWS);
    }

    @Test
    void scoresChangePlacesAndTheRecordKeepsTheGapOfTheFile() {
        Transforms.Result<TokenizedPair> result =
                Transforms.apply(List.of(new Flip(0.5, Draw.EXACT, 0)), ScoredRows.pairs("x.jsonl", 4, line -> line));
        assertThat(result.summary()).containsExactly("flip: 2 of 4 rows, a share of 0.5");
        assertThat(result.records()).hasSize(2);
        for (TransformedRowRecord entry : result.records()) {
            int line = entry.place().line();
            assertThat(entry)
                    .isEqualTo(new TransformedRowRecord(
                            new RowPlace("data/x.jsonl", line), "x.jsonl:" + line, List.of("flip"), (double) line));
            TokenizedPair row = result.rows().get(line - 1);
            assertThat(row.scores()).isEqualTo(new PairScores(0, line));
            assertThat(row.chosen()).containsExactly(2, line);
            assertThat(row.rejected()).containsExactly(1, line);
            assertThat(row.prompt()).containsExactly(line);
        }
    }

    @Test
    void unpairedRowsGetTheOtherLabel() {
        List<TokenizedAnswer> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(new TokenizedAnswer("a" + i, RowPlace.NOWHERE, new int[] {1}, new int[] {2}, i < 5));
        }
        List<TokenizedAnswer> changed =
                Transforms.apply(List.of(new Flip(1, Draw.EXACT, 0)), rows).rows();
        assertThat(changed).extracting(TokenizedAnswer::desirable).containsOnly(false, true);
        for (int i = 0; i < 10; i++) {
            assertThat(changed.get(i).desirable()).isEqualTo(i >= 5);
        }
    }

    @Test
    void ratesOutOfRangeAreRefused() {
        for (double rate : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Flip(rate, Draw.EXACT, 0))
                    .withMessage("rate must be in [0, 1] but was " + rate);
        }
    }
}
