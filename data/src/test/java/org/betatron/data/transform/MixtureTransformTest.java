package org.betatron.data.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.data.DataException;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.transform.SidesSpec.Quantile;
import org.betatron.data.transform.TransformSpec.Mixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MixtureTransformTest {

    private static final List<TokenizedPair> ROWS = ScoredRows.random(200, 4);

    /// A border that is easy to recompute: the quarter with the smallest and that with the largest
    /// gaps.
    private static final Quantile QUARTERS = new Quantile(0.25, 0.25, GapCriterion.DEFAULT);

    private static List<TransformedRowRecord> mix(Mixture mixture) {
        return Transforms.apply(List.of(mixture), ROWS).records();
    }

    private static Set<String> ids(List<TransformedRowRecord> rows, String what) {
        return rows.stream()
                .filter(row -> row.transforms().equals(List.of(what)))
                .map(TransformedRowRecord::id)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource({"50, 0.4, 20", "50, 0, 0", "50, 1, 50", "7, 0.5, 4", "10, 0.25, 3", "100, 0.5, 50"})
    void countsAreExact(int size, double highShare, int numHigh) {
        double[] gaps = ROWS.stream()
                .mapToDouble(row -> Math.abs(row.scoreGap().orElseThrow()))
                .sorted()
                .toArray();
        for (long seed = 0; seed < 5; seed++) {
            Transforms.Result<TokenizedPair> result =
                    Transforms.apply(List.of(new Mixture(size, highShare, QUARTERS, seed)), ROWS);
            assertThat(result.rows()).hasSize(size).doesNotHaveDuplicates();
            assertThat(ids(result.records(), "mixture high")).hasSize(numHigh);
            assertThat(ids(result.records(), "mixture low")).hasSize(size - numHigh);
            for (TransformedRowRecord row : result.records()) {
                double gap = Math.abs(java.util.Objects.requireNonNull(row.gap()));
                if (row.transforms().equals(List.of("mixture high"))) {
                    assertThat(gap).isGreaterThanOrEqualTo(gaps[150]);
                } else {
                    assertThat(gap).isLessThanOrEqualTo(gaps[49]);
                }
            }
            assertThat(ScoredRows.ids(result.rows()))
                    .isEqualTo(ScoredRows.ids(ROWS.stream()
                            .filter(row -> result.rows().contains(row))
                            .toList()));
        }
    }

    @Test
    void theLargestMixtureUsesUpOneSide() {
        assertThat(mix(new Mixture(0, 0.5, QUARTERS, 0))).hasSize(100);
        // 50 high rows are 40 % of 125, but then 75 low rows were needed: 50 low rows and the 34
        // that are the nearest to 40 % of 84.
        List<TransformedRowRecord> rows = mix(new Mixture(0, 0.4, QUARTERS, 0));
        assertThat(ids(rows, "mixture low")).hasSize(50);
        assertThat(ids(rows, "mixture high")).hasSize(34);
        assertThat(mix(new Mixture(0, 0, QUARTERS, 0))).hasSize(50);
    }

    @Test
    void theSameSeedDrawsTheSameRows() {
        Mixture mixture = new Mixture(40, 0.5, QUARTERS, 1);
        assertThat(mix(mixture)).isEqualTo(mix(mixture));
        assertThat(mix(mixture)).isNotEqualTo(mix(new Mixture(40, 0.5, QUARTERS, 2)));
    }

    @Test
    void aHigherShareKeepsTheHighRowsThatWereThere() {
        Set<String> fewer = new HashSet<>();
        for (double share : new double[] {0.2, 0.4, 0.6, 0.8}) {
            Set<String> more = ids(mix(new Mixture(50, share, QUARTERS, 1)), "mixture high");
            assertThat(more).containsAll(fewer);
            fewer = more;
        }
    }

    @Test
    void tooFewRowsAreAnErrorThatSaysHowManyThereAre() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> mix(new Mixture(120, 0.4, QUARTERS, 0)))
                .withMessage("data.transforms[0]: size must be at most 84, which 50 low and 50 high rows give at"
                        + " highShare 0.4, but was 120");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> mix(new Mixture(0, 1, new Quantile(0.5, 0, GapCriterion.DEFAULT), 0)))
                .withMessage("data.transforms[0]: no row can be taken from 100 low and 0 high rows at highShare 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mixture(-1, 0.5, QUARTERS, 0))
                .withMessage("size must be ≥ 0 but was -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mixture(0, Double.NaN, QUARTERS, 0))
                .withMessage("highShare must be in [0, 1] but was NaN");
    }

    @Test
    void theRecordIsWrittenAndReadBack(@TempDir Path directory) {
        Transforms.Result<TokenizedPair> result =
                Transforms.apply(List.of(new Mixture(40, 0.5, QUARTERS, 1), TransformSpec.Flip.DEFAULT), ROWS);
        assertThat(result.records()).hasSize(40);
        assertThat(result.records())
                .filteredOn(row -> row.transforms().contains("flip"))
                .hasSize(8);
        Path file = directory.resolve("transformed.jsonl");
        TransformedRowRecord.writeAll(file, result.records());
        assertThat(TransformedRowRecord.readAll(file)).isEqualTo(result.records());
        assertThat(result.summary().getFirst())
                .matches(
                        "mixture: 20 of 50 low rows with gaps \\S+ to \\S+, 20 of 50 high rows with gaps \\S+ to \\S+");
    }
}
