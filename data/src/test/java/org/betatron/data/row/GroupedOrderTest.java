package org.betatron.data.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupedOrderTest {

    /// 37 rows of three kinds in batches of 5: 7 whole ones, and one of two rows at the end.
    private static final double[] KEYS =
            IntStream.range(0, 37).mapToDouble(i -> i % 3).toArray();

    private static List<Integer> epoch(GroupedOrder order, int epoch) {
        return IntStream.range(37 * epoch, 37 * (epoch + 1))
                .map(order::row)
                .boxed()
                .toList();
    }

    @Test
    void everyRowComesOnceAnEpochAndAlikeOnesTogether() {
        GroupedOrder order = new GroupedOrder(KEYS, 5, 3);
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> rows = epoch(order, epoch);
            assertThat(rows.stream().sorted().toList())
                    .isEqualTo(IntStream.range(0, 37).boxed().toList());
            long mixed = IntStream.range(0, 7)
                    .filter(batch -> rows.subList(5 * batch, 5 * batch + 5).stream()
                                    .map(row -> KEYS[row])
                                    .distinct()
                                    .count()
                            > 1)
                    .count();
            // Borders after 13 and 25 rows, of which the second falls between batches.
            assertThat(mixed).isEqualTo(1);
        }
    }

    @Test
    void dependsOnSeedAndEpochAlone() {
        GroupedOrder order = new GroupedOrder(KEYS, 5, 3);
        List<Integer> first = epoch(order, 0);
        List<Integer> second = epoch(order, 1);
        assertThat(second).isNotEqualTo(first);
        assertThat(epoch(new GroupedOrder(KEYS, 5, 3), 1)).isEqualTo(second);
        assertThat(epoch(order, 0)).isEqualTo(first);
        assertThat(epoch(new GroupedOrder(KEYS, 5, 4), 0)).isNotEqualTo(first);
        // Batches are not in the order of their keys.
        double[] keys = first.stream().mapToDouble(row -> KEYS[row]).toArray();
        double[] sorted = keys.clone();
        Arrays.sort(sorted);
        assertThat(keys).isNotEqualTo(sorted);
    }
}
