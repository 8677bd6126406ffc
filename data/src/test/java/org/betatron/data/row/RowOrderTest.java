package org.betatron.data.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowOrderTest {

    @Test
    void everyEpochVisitsEveryRowOnceInAnotherOrder() {
        RowOrder order = new RowOrder(100, 7);
        int[] first = order.epoch(0);
        int[] sorted = first.clone();
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(IntStream.range(0, 100).toArray());
        assertThat(order.epoch(1)).isNotEqualTo(first);
        assertThat(new RowOrder(100, 7).epoch(0)).isEqualTo(first);
        assertThat(new RowOrder(100, 8).epoch(0)).isNotEqualTo(first);
    }

    @Test
    void theOrderStaysTheSameInEveryVersion() {
        // Recorded once: a changed order would make old checkpoints resume on other rows.
        assertThat(new RowOrder(8, 42).epoch(0)).containsExactly(1, 7, 6, 2, 5, 3, 0, 4);
    }

    @Test
    void positionsContinueAcrossEpochsWhateverTheBatchSize() {
        RowOrder order = new RowOrder(5, 1);
        int[] twoEpochs = order.rows(0, 10);
        assertThat(Arrays.copyOfRange(twoEpochs, 0, 5)).isEqualTo(order.epoch(0));
        assertThat(Arrays.copyOfRange(twoEpochs, 5, 10)).isEqualTo(order.epoch(1));
        assertThat(order.rows(3, 4)).isEqualTo(Arrays.copyOfRange(twoEpochs, 3, 7));
        assertThat(order.epochAt(4)).isZero();
        assertThat(order.epochAt(5)).isEqualTo(1);
    }

    @Test
    void arguments() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowOrder(0, 1))
                .withMessage("numRows must be at least 1 but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowOrder(1, 1).epoch(-1))
                .withMessage("epoch must be at least 0 but was -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowOrder(1, 1).rows(-1, 2))
                .withMessage("position and count must be at least 0 but were -1 and 2");
    }
}
