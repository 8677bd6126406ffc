package org.betatron.data.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.betatron.data.DataException;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.transform.GapCriterion.Measure;
import org.betatron.data.transform.SidesSpec.Quantile;
import org.betatron.data.transform.SidesSpec.Threshold;
import org.betatron.data.transform.TransformSpec.Draw;
import org.betatron.data.transform.TransformSpec.Flip;
import org.betatron.data.transform.TransformSpec.Split;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SidesTest {

    private static final GapCriterion SIGNED = new GapCriterion("", Measure.SIGNED);

    @TempDir
    Path directory;

    private static List<String> kept(List<TokenizedPair> rows, Side side, SidesSpec sides) {
        return ScoredRows.ids(ScoredRows.apply(rows, new Split(side, sides)));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5, 101, 51, 50", "0.25, 0.25, 101, 25, 25", "0.35, 0.65, 10, 4, 6", "0.3, 0.1, 10, 3, 1"})
    void quantilesGiveExactCountsOfTheSmallestAndLargest(double low, double high, int n, int numLow, int numHigh) {
        List<TokenizedPair> rows = ScoredRows.random(n, 1);
        Quantile sides = new Quantile(low, high, SIGNED);
        List<TokenizedPair> lows = ScoredRows.apply(rows, new Split(Side.LOW, sides));
        List<TokenizedPair> highs = ScoredRows.apply(rows, new Split(Side.HIGH, sides));
        assertThat(lows).hasSize(numLow);
        assertThat(highs).hasSize(numHigh);
        double[] sorted = rows.stream()
                .mapToDouble(row -> row.scoreGap().orElseThrow())
                .sorted()
                .toArray();
        assertThat(lows)
                .allSatisfy(row -> assertThat(row.scoreGap().orElseThrow()).isLessThanOrEqualTo(sorted[numLow - 1]));
        assertThat(highs)
                .allSatisfy(
                        row -> assertThat(row.scoreGap().orElseThrow()).isGreaterThanOrEqualTo(sorted[n - numHigh]));
        assertThat(lows).doesNotContainAnyElementsOf(highs);
    }

    @Test
    void halvesArePartitionsInTheOrderOfTheFile() {
        List<TokenizedPair> rows = ScoredRows.random(99, 2);
        List<String> low = kept(rows, Side.LOW, Quantile.DEFAULT);
        List<String> high = kept(rows, Side.HIGH, Quantile.DEFAULT);
        List<String> both = new ArrayList<>(ScoredRows.ids(rows));
        assertThat(low).isEqualTo(both.stream().filter(low::contains).toList());
        both.removeAll(low);
        assertThat(high).isEqualTo(both);
    }

    @Test
    void absoluteAndSignedGapsDiffer() {
        // Gaps -3, -1, 1, 3.
        List<TokenizedPair> rows = ScoredRows.pairs("x", 4, line -> 2 * line - 5);
        assertThat(kept(rows, Side.LOW, Quantile.DEFAULT)).containsExactly("x:2", "x:3");
        assertThat(kept(rows, Side.LOW, new Quantile(0.5, 0.5, SIGNED))).containsExactly("x:1", "x:2");
    }

    @Test
    void tiesAreBrokenWithoutRegardToTheOrderOfRows() {
        List<TokenizedPair> rows = ScoredRows.pairs("x", 100, _ -> 1);
        List<String> low = kept(rows, Side.LOW, Quantile.DEFAULT);
        List<TokenizedPair> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(low).hasSize(50);
        assertThat(kept(shuffled, Side.LOW, Quantile.DEFAULT)).containsExactlyInAnyOrderElementsOf(low);
        assertThat(low).isNotEqualTo(ScoredRows.ids(rows.subList(0, 50)));
    }

    @Test
    void thresholdsCompareValues() {
        List<TokenizedPair> rows = ScoredRows.pairs("x", 5, line -> line);
        Threshold sides = new Threshold(2, 3, GapCriterion.DEFAULT);
        assertThat(kept(rows, Side.LOW, sides)).containsExactly("x:1", "x:2");
        assertThat(kept(rows, Side.HIGH, sides)).containsExactly("x:4", "x:5");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> kept(rows, Side.HIGH, new Threshold(9, 9, GapCriterion.DEFAULT)))
                .withMessage(
                        "data.transforms[0]: the high side must have rows but none of the 5 training rows is high");
    }

    @Test
    void filesDivideByOrigin() {
        List<TokenizedPair> rows = new ArrayList<>(ScoredRows.pairs("a", 2, _ -> 0));
        rows.addAll(ScoredRows.pairs("b", 2, _ -> 0));
        SidesSpec sides = new SidesSpec.Files(List.of("data/b"));
        assertThat(kept(rows, Side.HIGH, sides)).containsExactly("b:1", "b:2");
        assertThat(kept(rows, Side.LOW, sides)).containsExactly("a:1", "a:2");
    }

    @Test
    void aFlippedRowHasTheOppositeGap() {
        List<TokenizedPair> rows = ScoredRows.pairs("x", 4, line -> line);
        Flip all = new Flip(1, Draw.EXACT, 0);
        Split lowHalf = new Split(Side.LOW, new Quantile(0.5, 0.5, SIGNED));
        Transforms.Result<TokenizedPair> result = Transforms.apply(List.of(all, lowHalf), rows);
        assertThat(ScoredRows.ids(result.rows())).containsExactly("x:3", "x:4");
        assertThat(result.records())
                .extracting(TransformedRowRecord::transforms)
                .containsOnly(List.of("flip", "split low"));
        assertThat(result.records()).extracting(TransformedRowRecord::gap).containsExactly(3.0, 4.0);
        assertThat(result.summary())
                .containsExactly(
                        "flip: 4 of 4 rows, a share of 1.0", "split: 2 low of 4 rows with gaps -4.000 to -3.000");
    }

    @Test
    void gapsFromAFileReplaceScores() throws IOException {
        Path file = Files.writeString(directory.resolve("gaps.jsonl"), """
                {"id": "x:3", "gap": 0.5, "margin": 7}
                {"id": "x:1", "gap": -2}
                {"id": "x:2", "gap": 1}
                {"id": "held out", "gap": 1}
                """);
        List<TokenizedPair> rows = ScoredRows.pairs("x", 3, line -> line);
        GapCriterion source = new GapCriterion(file.toString(), Measure.ABSOLUTE);
        Transforms.Result<TokenizedPair> result =
                Transforms.apply(List.of(new Split(Side.LOW, new Threshold(1, 1, source))), rows);
        assertThat(ScoredRows.ids(result.rows())).containsExactly("x:2", "x:3");
        assertThat(result.records()).extracting(TransformedRowRecord::gap).containsExactly(1.0, 0.5);
        // A flip in between turns the sign of what the file says.
        Quantile third = new Quantile(0.34, 0.34, new GapCriterion(file.toString(), Measure.SIGNED));
        assertThat(kept(rows, Side.LOW, third)).containsExactly("x:1");
        assertThat(ScoredRows.ids(ScoredRows.apply(rows, new Flip(1, Draw.EXACT, 0), new Split(Side.LOW, third))))
                .containsExactly("x:2");
    }

    @Test
    void everyRowMustHaveAGap() throws IOException {
        Path file = Files.writeString(directory.resolve("gaps.jsonl"), "{\"id\": \"x:1\", \"gap\": 0.5}");
        List<TokenizedPair> rows = new ArrayList<>(ScoredRows.pairs("x", 3, line -> line));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() ->
                        kept(rows, Side.LOW, new Threshold(1, 1, new GapCriterion(file.toString(), Measure.ABSOLUTE))))
                .withMessage(
                        "data.transforms[0]: every row must have a gap but row 'x:2' (data/x:2) has none in " + file);
        TokenizedPair second = rows.get(1);
        rows.set(
                1,
                new TokenizedPair(
                        second.id(), second.place(), second.prompt(), second.chosen(), second.rejected(), null));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ScoredRows.apply(rows, Flip.DEFAULT, Split.DEFAULT))
                .withMessage("data.transforms[1]: every row must have a gap but row 'x:2' (data/x:2) has none:"
                        + " its answers have no scores; name a file of gaps under sides.gap.file");
    }

    @Test
    void filesOfGapsAreChecked() throws IOException {
        assertGapsFail("{\"gap\": 1}", ":1: a row of a file of gaps must have an \"id\"");
        assertGapsFail("{\"id\": \"a\"}", ":1: \"gap\" must be a number but was missing");
        assertGapsFail(
                "{\"id\": \"a\", \"gap\": 1}\n{\"id\": \"a\", \"gap\": 1}",
                ":2: \"id\" must occur once but \"a\" stands above as well");
        assertGapsFail("{\"id\": \"a\", \"gap\": 1e999}", ":1: \"gap\" must be a finite number but was Infinity");
    }

    private void assertGapsFail(String text, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("gaps.jsonl"), text);
        GapCriterion source = new GapCriterion(file.toString(), Measure.ABSOLUTE);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> kept(ScoredRows.random(3, 1), Side.LOW, new Threshold(1, 1, source)))
                .withMessage(file + message);
    }

    @Test
    void noSharesOfQuantilesMakeSidesOverlap() {
        for (int n = 1; n < 40; n++) {
            for (int percent = 0; percent <= 100; percent++) {
                Quantile sides = new Quantile(percent / 100.0, 1 - percent / 100.0, SIGNED);
                assertThat(sides.numLow(n) + sides.numHigh(n)).isEqualTo(n);
            }
        }
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quantile(0.6, 0.5, SIGNED))
                .withMessage("low + high must be ≤ 1 but was 1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quantile(-0.1, 0.5, SIGNED))
                .withMessage("low must be in [0, 1] but was -0.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Threshold(2, 1, SIGNED))
                .withMessage("high must be a finite number ≥ low (2.0) but was 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Threshold(Double.NaN, 1, SIGNED))
                .withMessage("low must be a finite number but was NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SidesSpec.Files(List.of()))
                .withMessage("high must name at least one file");
    }
}
