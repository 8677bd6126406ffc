package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
        assertThat(second.policyChosen(0)).isEqualTo(-2);
        assertThat(second.policyRejected(0)).isEqualTo(-4);
        assertThat(second.referenceChosen(0)).isEqualTo(-6);
        assertThat(second.referenceRejected(0)).isEqualTo(-8);
        assertThat(second.chosenLength(0)).isEqualTo(2);
        assertThat(second.rejectedLength(0)).isEqualTo(4);
        assertThat(pairs.slice(0, 2).size()).isEqualTo(2);
        assertThat(pairs.slice(0, 0).size()).isZero();
    }

    @Test
    void doesNotFollowItsArgumentsLater() {
        double[] chosen = {-1};
        PairLogProbs pairs =
                new PairLogProbs(chosen, new double[1], new double[1], new double[1], new int[] {1}, new int[] {1});
        chosen[0] = -99;
        assertThat(pairs.policyChosen(0)).isEqualTo(-1);
    }

    @Test
    void rejectsColumnsOfDifferentLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PairLogProbs(
                        new double[2], new double[2], new double[2], new double[1], new int[] {1, 1}, new int[] {1, 1}))
                .withMessage("log-probabilities and lengths of pairs must have equal array lengths");
    }

    @Test
    void rejectsAnEmptyResponse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PairLogProbs(
                        new double[2], new double[2], new double[2], new double[2], new int[] {3, 2}, new int[] {1, 0}))
                .withMessage("response lengths must be at least 1 token but pair 1 had 2 (chosen) and 0 (rejected)");
    }
}
