package org.betatron.data.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutTest {

    private static final List<Integer> ROWS = IntStream.range(0, 10).boxed().toList();

    @Test
    void lastAndEvery() {
        assertThat(new HeldOut.Last(2).split(ROWS).evaluation()).containsExactly(8, 9);
        assertThat(new HeldOut.Last(2).split(ROWS).training()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(new HeldOut.Every(4).split(ROWS).evaluation()).containsExactly(3, 7);
    }

    @Test
    void randomIsDeterministic() {
        HeldOut.Split<Integer> split = new HeldOut.Random(3, 5).split(ROWS);
        assertThat(split.evaluation()).hasSize(3).isSorted();
        assertThat(split.training()).hasSize(7).doesNotContainAnyElementsOf(split.evaluation());
        assertThat(new HeldOut.Random(3, 5).split(ROWS)).isEqualTo(split);
    }

    @Test
    void somethingIsLeftOnBothSides() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeldOut.Last(10).split(ROWS))
                .withMessage("count must be less than the number of rows (10) but was 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeldOut.Every(11).split(ROWS))
                .withMessage("interval must be at most the number of rows (10) but was 11");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeldOut.Every(1))
                .withMessage("interval must be at least 2 but was 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeldOut.Random(0, 1))
                .withMessage("count must be at least 1 but was 0");
    }
}
