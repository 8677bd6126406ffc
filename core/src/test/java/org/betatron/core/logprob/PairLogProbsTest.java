package org.betatron.core.logprob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.betatron.core.PairSamples;
import org.betatron.core.RandomStreams;
import org.junit.jupiter.api.Test;

class PairLogProbsTest {

    @Test
    void keepsEachColumnApart() {
        PairLogProbs pairs = new PairLogProbs(
                new double[] {-1, -2},
                new double[] {-3, -4},
                new double[] {-5, -6},
                new double[] {-7, -8},
                new int[] {1, 2},
                new int[] {3, 4});
        PairLogProbs second = pairs.slice(1, 2);
        assertThat(second.size()).isEqualTo(1);
        assertThat(second.chosen().policy(0)).isEqualTo(-2);
        assertThat(second.rejected().policy(0)).isEqualTo(-4);
        assertThat(second.chosen().get(ResponseQuantity.REFERENCE, 0)).isEqualTo(-6);
        assertThat(second.rejected().get(ResponseQuantity.REFERENCE, 0)).isEqualTo(-8);
        assertThat(second.chosen().length(0)).isEqualTo(2);
        assertThat(second.rejected().length(0)).isEqualTo(4);
        assertThat(pairs.slice(0, 2).size()).isEqualTo(2);
        assertThat(pairs.slice(0, 0).size()).isZero();
    }

    @Test
    void doesNotFollowItsArgumentsLater() {
        double[] chosen = {-1};
        PairLogProbs pairs =
                new PairLogProbs(chosen, new double[1], new double[1], new double[1], new int[] {1}, new int[] {1});
        chosen[0] = -99;
        assertThat(pairs.chosen().policy(0)).isEqualTo(-1);
    }

    @Test
    void rejectsColumnsOfDifferentLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PairLogProbs(
                        new double[2], new double[2], new double[2], new double[1], new int[] {1, 1}, new int[] {1, 1}))
                .withMessage("log-probabilities and lengths of pairs must have equal array lengths");
    }

    @Test
    void rejectsARowWithoutAnyResponse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PairLogProbs(
                        new double[2], new double[2], new double[2], new double[2], new int[] {3, 0}, new int[] {1, 0}))
                .withMessage("response lengths must be at least 1 token but pair 1 had 0 (chosen) and 0 (rejected)");
    }

    @Test
    void aRowMayHaveOneResponseOnly() {
        PairLogProbs answers = new PairLogProbs(
                new double[2], new double[2], new double[2], new double[2], new int[] {3, 0}, new int[] {0, 2});
        assertThat(answers.isPaired()).isFalse();
        assertThat(answers.hasChosen(0)).isTrue();
        assertThat(answers.hasRejected(0)).isFalse();
        assertThat(answers.numTokens(1)).isEqualTo(2);
    }

    @Test
    void aQuantityThatWasNotComputedIsNamed() {
        PairLogProbs pairs = PairSamples.pair(-1, -2, -3, -4, 1, 2);
        assertThatIllegalStateException()
                .isThrownBy(() -> pairs.chosen().get(ResponseQuantity.REFERENCE_KL, 0))
                .withMessage("REFERENCE_KL was not computed: name it in the required inputs");
        assertThatIllegalStateException()
                .isThrownBy(() -> pairs.scoreGap(0))
                .withMessage("the pairs have no explicit scores");
    }

    @Test
    void partsArePutTogetherAsTheyWereTakenApart() {
        PairLogProbs pairs = PairSamples.random(RandomStreams.stream(3, "pairs", 0), 7);
        PairLogProbs whole = PairLogProbs.concat(List.of(pairs.slice(0, 2), pairs.slice(2, 2), pairs.slice(2, 7)));
        assertThat(whole.size()).isEqualTo(7);
        for (int row = 0; row < 7; row++) {
            assertThat(whole.scoreGap(row)).isEqualTo(pairs.scoreGap(row));
            requireEqual(whole.chosen(), pairs.chosen(), row);
            requireEqual(whole.rejected(), pairs.rejected(), row);
            requireEqual(whole.mismatched().orElseThrow(), pairs.mismatched().orElseThrow(), row);
        }
    }

    private static void requireEqual(ResponseLogProbs actual, ResponseLogProbs expected, int row) {
        assertThat(actual.length(row)).isEqualTo(expected.length(row));
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            assertThat(actual.get(quantity, row)).isEqualTo(expected.get(quantity, row));
        }
    }

    @Test
    void partsThatKnowDifferentThingsAreNotPutTogether() {
        PairLogProbs plain = PairSamples.pair(-1, -2, -3, -4, 1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairLogProbs.concat(List.of(plain, plain.withScoreGaps(new double[1]))))
                .withMessage(
                        "rows that are put together must all have mismatched answers, and all have scores, or none");
        PairLogProbs less = new PairLogProbs(
                ResponseLogProbs.builder(new int[1], new double[1]).build(),
                ResponseLogProbs.builder(new int[] {1}, new double[1]).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairLogProbs.concat(List.of(plain, less)))
                .withMessage("responses that are put together must have the same quantities but had"
                        + " [[POLICY, REFERENCE], [POLICY]]");
    }
}
