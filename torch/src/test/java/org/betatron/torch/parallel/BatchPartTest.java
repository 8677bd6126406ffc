package org.betatron.torch.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchPartTest {

    static List<Long> seeds() {
        return LongStream.range(0, 50).boxed().toList();
    }

    /// Each scored token of the batch is in exactly one part, at the place that the part says.
    @ParameterizedTest
    @MethodSource("seeds")
    void partsHaveEveryRowOnceAndKnowItsPlace(long seed) {
        PackedBatch batch = RandomBatches.batch(seed, 1 + (int) (seed % 9), 1 + (int) (seed % 3), 1000, 30);
        List<BatchPart> parts = BatchPart.divide(batch, 1 + (int) (seed % 4));

        int[] gathered = new int[batch.numResponseTokens()];
        Arrays.fill(gathered, -1);
        for (BatchPart part : parts) {
            int[] places = part.places(batch::responseLength);
            int[] targets = part.packed().targets();
            assertThat(places).hasSameSizeAs(targets);
            for (int i = 0; i < places.length; i++) {
                assertThat(gathered[places[i]]).isEqualTo(-1);
                gathered[places[i]] = targets[i];
            }
        }
        assertThat(gathered).isEqualTo(batch.targets());
        assertThat(parts.stream().mapToInt(part -> part.packed().numTokens()).sum())
                .isEqualTo(batch.numTokens());
    }

    /// No lane waits longer than a fifth of the time for another one.
    @ParameterizedTest
    @MethodSource("seeds")
    void partsAreEvenOrThereIsOne(long seed) {
        PackedBatch batch = RandomBatches.batch(seed, 8, 2, 1000, 30);
        List<BatchPart> parts = BatchPart.divide(batch, 3);
        int longest =
                parts.stream().mapToInt(part -> part.packed().numTokens()).max().orElseThrow();
        assertThat(batch.numTokens()).isGreaterThanOrEqualTo((int) (0.8 * parts.size() * longest));
    }

    @ParameterizedTest
    @CsvSource({"10, 10, 2", "10, 2, 1", "10, 7, 2"})
    void divisionOfTwoGroups(int first, int second, int numParts) {
        PackedBatch batch = PackedBatch.builder()
                .add(new int[first - 1], new int[1])
                .add(new int[second - 1], new int[1])
                .build();
        assertThat(BatchPart.divide(batch, 2)).hasSize(numParts);
    }
}
