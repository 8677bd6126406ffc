package org.betatron.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedBatchTest {

    /// ```text
    /// row       0  1  2 | 3  4 | 5 | 6  7 | 8  9 10
    /// token    11 12 13 |21 22 |31 |41 42 |51 52 53
    /// what     prompt 0 | r0   |r1 |prom 1| r2
    /// position  0  1  2 | 3  4 | 3 | 0  1 | 2  3  4
    /// ```
    private final PackedBatch batch = PackedBatch.builder()
            .add(new int[] {11, 12, 13}, new int[] {21, 22}, new int[] {31})
            .add(new int[] {41, 42}, new int[] {51, 52, 53})
            .build();

    @Test
    void laysGroupsOutOneAfterAnother() {
        assertThat(batch.tokenIds()).containsExactly(11, 12, 13, 21, 22, 31, 41, 42, 51, 52, 53);
        assertThat(batch.numTokens()).isEqualTo(11);
        assertThat(batch.numGroups()).isEqualTo(2);
        assertThat(batch.numResponses()).isEqualTo(3);
        assertThat(batch.numResponseTokens()).isEqualTo(6);

        assertThat(batch.promptStart(0)).isZero();
        assertThat(batch.promptLength(0)).isEqualTo(3);
        assertThat(batch.firstResponse(0)).isZero();
        assertThat(batch.numResponses(0)).isEqualTo(2);
        assertThat(batch.promptStart(1)).isEqualTo(6);
        assertThat(batch.promptLength(1)).isEqualTo(2);
        assertThat(batch.firstResponse(1)).isEqualTo(2);
        assertThat(batch.numResponses(1)).isEqualTo(1);

        assertThat(batch.responseStart(0)).isEqualTo(3);
        assertThat(batch.responseLength(0)).isEqualTo(2);
        assertThat(batch.logProbOffset(0)).isZero();
        assertThat(batch.responseStart(1)).isEqualTo(5);
        assertThat(batch.responseLength(1)).isEqualTo(1);
        assertThat(batch.logProbOffset(1)).isEqualTo(2);
        assertThat(batch.responseStart(2)).isEqualTo(8);
        assertThat(batch.responseLength(2)).isEqualTo(3);
        assertThat(batch.logProbOffset(2)).isEqualTo(3);
    }

    @Test
    void selectedGroupsAreABatchOfTheirOwn() {
        PackedBatch both = batch.select(new int[] {1, 0});
        assertThat(both.tokenIds()).containsExactly(41, 42, 51, 52, 53, 11, 12, 13, 21, 22, 31);
        assertThat(both.targets()).containsExactly(51, 52, 53, 21, 22, 31);
        assertThat(both.numTokens(0)).isEqualTo(5);
        assertThat(both.numTokens(1)).isEqualTo(6);
        assertThat(batch.select(new int[] {1}).positions()).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void responsesContinueFromTheirPrompt() {
        assertThat(batch.positions()).containsExactly(0, 1, 2, 3, 4, 3, 0, 1, 2, 3, 4);
    }

    @Test
    void everyScoredTokenIsPredictedByTheRowBeforeIt() {
        assertThat(batch.predictorRows()).containsExactly(2, 3, 2, 7, 8, 9);
        assertThat(batch.targets()).containsExactly(21, 22, 31, 51, 52, 53);
    }

    @Test
    void laysOutManyGroupsAsFew() {
        // Larger than every initial capacity of the builder, and checked against plain lists.
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        PackedBatch.Builder builder = PackedBatch.builder();
        List<Integer> tokens = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        for (int group = 0; group < 100; group++) {
            int[] prompt = ids(random, random.nextInt(1, 40));
            int[][] responses = new int[random.nextInt(1, 5)][];
            Arrays.setAll(responses, r -> ids(random, random.nextInt(1, 40)));
            builder.add(prompt, responses);
            int promptEnd = tokens.size() + prompt.length - 1;
            for (int i = 0; i < prompt.length; i++) {
                tokens.add(prompt[i]);
                positions.add(i);
            }
            for (int[] response : responses) {
                for (int i = 0; i < response.length; i++) {
                    rows.add(i == 0 ? promptEnd : tokens.size() - 1);
                    tokens.add(response[i]);
                    targets.add(response[i]);
                    positions.add(prompt.length + i);
                }
            }
        }
        PackedBatch large = builder.build();
        assertThat(large.tokenIds()).as("seed %d", seed).containsExactly(array(tokens));
        assertThat(large.positions()).as("seed %d", seed).containsExactly(array(positions));
        assertThat(large.targets()).as("seed %d", seed).containsExactly(array(targets));
        assertThat(large.predictorRows()).as("seed %d", seed).containsExactly(array(rows));
        assertThat(large.numResponseTokens()).isEqualTo(targets.size());
    }

    @Test
    void doesNotFollowItsArgumentsLater() {
        int[] prompt = {1, 2};
        int[] response = {3};
        PackedBatch packed = PackedBatch.builder().add(prompt, response).build();
        prompt[0] = 99;
        response[0] = 99;
        assertThat(packed.tokenIds()).containsExactly(1, 2, 3);
    }

    @Test
    void rejectsAnEmptyPrompt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PackedBatch.builder().add(new int[0], new int[] {1}))
                .withMessage(
                        "prompt must have at least one token: the first response token is predicted from its last row");
    }

    @Test
    void rejectsAGroupWithoutResponses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PackedBatch.builder().add(new int[] {1}))
                .withMessage("a group must have at least one response");
    }

    @Test
    void rejectsAnEmptyResponseAndStaysUsable() {
        PackedBatch.Builder builder = PackedBatch.builder().add(new int[] {1}, new int[] {2});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(new int[] {7}, new int[] {8}, new int[0]))
                .withMessage("response must have at least one token");
        PackedBatch packed = builder.add(new int[] {3}, new int[] {4}).build();
        assertThat(packed.tokenIds()).containsExactly(1, 2, 3, 4);
        assertThat(packed.targets()).containsExactly(2, 4);
    }

    @Test
    void rejectsAnEmptyBatch() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PackedBatch.builder().build())
                .withMessage("a packed batch must have at least one group");
    }

    private static int[] ids(SplittableRandom random, int length) {
        return random.ints(length, 0, 50_000).toArray();
    }

    private static int[] array(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
