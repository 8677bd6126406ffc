package org.betatron.torch.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.betatron.core.model.PackedBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which numbers are dropped: as many as should be, and the same for the same row wherever it is computed.
class DropoutTest {

    private static final int WIDTH = 4096;
    private static final int[] PROMPT = {3, 1, 4, 1};
    private static final int[] CHOSEN = {5, 9, 2};
    private static final int[] REJECTED = {5, 9, 6};

    private static byte[] drawn(Dropout dropout, long rowSeed, String map) {
        byte[] dropped = new byte[WIDTH];
        dropout.draw(rowSeed, Dropout.mapSeed(map), dropped, 0, WIDTH);
        return dropped;
    }

    private static double share(byte[] numbers) {
        double sum = 0;
        for (byte number : numbers) {
            assertThat(number).isBetween((byte) 0, (byte) 1);
            sum += number;
        }
        return sum / numbers.length;
    }

    private static double shareThatDiffers(byte[] one, byte[] other) {
        byte[] differs = new byte[one.length];
        for (int i = 0; i < one.length; i++) {
            differs[i] = (byte) (one[i] ^ other[i]);
        }
        return share(differs);
    }

    /// Five standard deviations of a share of 4,096 draws; pairs of independent draws differ in `2 p (1 - p)`.
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.1, 0.5, 0.9})
    void asManyAsShouldBeAndOthersForEveryRowMapAndStep(double p) {
        long[] rows = new Dropout(p, 7).rowSeeds(packed());
        byte[] first = drawn(new Dropout(p, 7), rows[0], "a.weight");
        double different = 2 * p * (1 - p);
        assertThat(share(first)).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / WIDTH)));
        for (byte[] other : new byte[][] {
            drawn(new Dropout(p, 7), rows[1], "a.weight"),
            drawn(new Dropout(p, 7), rows[0], "b.weight"),
            drawn(new Dropout(p, 8), new Dropout(p, 8).rowSeeds(packed())[0], "a.weight"),
            // The same token at another place.
            drawn(new Dropout(p, 7), rows[3], "a.weight")
        }) {
            assertThat(shareThatDiffers(first, other))
                    .isCloseTo(different, within(5 * Math.sqrt(different * (1 - different) / WIDTH)));
        }
        // Neighbours in a row do not go together either: both halves of a draw, and one draw and the next.
        for (int shift = 1; shift <= 2; shift++) {
            byte[] shifted = Arrays.copyOfRange(first, shift, WIDTH);
            assertThat(shareThatDiffers(shifted, first))
                    .isCloseTo(different, within(6 * Math.sqrt(different * (1 - different) / WIDTH)));
        }
    }

    private static PackedBatch packed() {
        return PackedBatch.builder().add(PROMPT, CHOSEN, REJECTED).build();
    }

    /// A row is what its sequence is up to it: shared prompts and equal beginnings are one, other ends are not.
    @Test
    void rows() {
        Dropout dropout = new Dropout(0.5, 1);
        long[] shared = dropout.rowSeeds(packed());
        long[] apart = dropout.rowSeeds(PackedBatch.builder()
                .add(new int[] {8}, new int[] {8})
                .add(PROMPT, REJECTED)
                .add(PROMPT, CHOSEN)
                .build());
        assertThat(Arrays.copyOfRange(apart, 2, 9))
                .containsExactly(shared[0], shared[1], shared[2], shared[3], shared[7], shared[8], shared[9]);
        assertThat(Arrays.copyOfRange(apart, 9, 16)).containsExactly(Arrays.copyOf(shared, 7));
        assertThat(shared[8]).isEqualTo(shared[5]).isNotEqualTo(shared[6]);
        assertThat(shared[9]).isNotEqualTo(shared[6]);
        assertThat(Arrays.stream(shared).distinct().count()).isEqualTo(8);
    }

    /// An odd number of columns, and none that should not be there.
    @Test
    void staysInItsRow() {
        byte[] numbers = new byte[9];
        new Dropout(1 - 1e-9, 1).draw(2, 3, numbers, 1, 7);
        assertThat(numbers).containsExactly(0, 1, 1, 1, 1, 1, 1, 1, 0);
    }
}
