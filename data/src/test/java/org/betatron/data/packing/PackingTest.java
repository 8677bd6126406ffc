package org.betatron.data.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.RandomBatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {

    private static final int SEEDS = 300;

    /// Pairs of ranked lists: few prompts, few answers to each, so that all kinds of sharing occur.
    static List<TokenizedPair> pairs(RandomGenerator random, int count) {
        List<int[]> prompts = tokens(random, 4, 9);
        List<List<int[]>> answers =
                prompts.stream().map(_ -> tokens(random, 4, 20)).toList();
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int prompt = random.nextInt(prompts.size());
            int chosen = random.nextInt(4);
            int rejected = (chosen + random.nextInt(1, 4)) % 4;
            pairs.add(new TokenizedPair(
                    "pair-" + i,
                    prompts.get(prompt).clone(), // equal content, not the same array
                    answers.get(prompt).get(chosen).clone(),
                    answers.get(prompt).get(rejected).clone()));
        }
        return pairs;
    }

    private static List<int[]> tokens(RandomGenerator random, int count, int maxLength) {
        return IntStream.range(0, count)
                .mapToObj(_ -> RandomBatches.tokens(random, 7, maxLength))
                .toList();
    }

    private static Packing limits(RandomGenerator random, boolean sharing) {
        return new Packing(random.nextInt(1, 9), random.nextInt(20, 200), sharing);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyRowFindsItsContent(boolean sharing) {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = RandomStreams.stream(seed, "packing", 0);
            List<TokenizedPair> rows = pairs(random, random.nextInt(1, 40));
            Packing packing = limits(random, sharing);
            List<Integer> seen = new ArrayList<>();
            for (PackedRows part : packing.pack(rows)) {
                for (int row = 0; row < part.size(); row++) {
                    TokenizedPair expected = rows.get(part.index(row));
                    seen.add(part.index(row));
                    assertThat(part.numResponses(row)).isEqualTo(2);
                    for (int response = 0; response < 2; response++) {
                        int packed = part.packedResponse(row, response);
                        assertThat(prompt(part.batch(), packed)).isEqualTo(expected.prompt());
                        assertThat(response(part.batch(), packed))
                                .as("seed %d, %s", seed, packing)
                                .isEqualTo(expected.responses().get(response));
                    }
                }
            }
            assertThat(seen)
                    .as("seed %d, %s", seed, packing)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, rows.size()).boxed().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void limitsAreKept(boolean sharing) {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = RandomStreams.stream(seed, "packing", 1);
            List<TokenizedPair> rows = pairs(random, random.nextInt(1, 40));
            Packing packing = limits(random, sharing);
            for (PackedRows part : packing.pack(rows)) {
                assertThat(part.batch().numTokens() <= packing.tokens() || rowsThatAdd(part) == 1)
                        .as(
                                "seed %d, %s: %d tokens of %d rows",
                                seed, packing, part.batch().numTokens(), part.size())
                        .isTrue();
                assertThat(rowsThatAdd(part)).as("seed %d, %s", seed, packing).isLessThanOrEqualTo(packing.rows());
            }
        }
    }

    /// @return rows that have a response which no row before them in the part has
    private static int rowsThatAdd(PackedRows part) {
        Set<Integer> known = new HashSet<>();
        int count = 0;
        for (int row = 0; row < part.size(); row++) {
            boolean first = known.add(part.packedResponse(row, 0));
            boolean second = known.add(part.packedResponse(row, 1));
            count += first || second ? 1 : 0;
        }
        return count;
    }

    @Test
    void nothingIsComputedTwiceWithinAPart() {
        long together = 0;
        long apart = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = RandomStreams.stream(seed, "packing", 2);
            List<TokenizedPair> rows = pairs(random, 30);
            for (PackedRows part : limits(random, true).pack(rows)) {
                PackedBatch batch = part.batch();
                together += batch.numTokens();
                Set<List<Integer>> prompts = new HashSet<>();
                for (int group = 0; group < batch.numGroups(); group++) {
                    int first = batch.firstResponse(group);
                    assertThat(prompts.add(list(prompt(batch, first)))).isTrue();
                    Set<List<Integer>> responses = new HashSet<>();
                    for (int i = 0; i < batch.numResponses(group); i++) {
                        assertThat(responses.add(list(response(batch, first + i))))
                                .isTrue();
                    }
                }
            }
            apart += rows.stream().mapToLong(TokenizedRow::numTokens).sum();
        }
        assertThat(together).isLessThan(apart / 2);
    }

    @Test
    void withoutSharingEveryRowIsAGroup() {
        RandomGenerator random = RandomStreams.stream(1, "packing", 3);
        List<TokenizedPair> rows = pairs(random, 30);
        for (PackedRows part : new Packing(8, 200, false).pack(rows)) {
            assertThat(part.batch().numGroups()).isEqualTo(part.size());
            assertThat(part.batch().numResponses()).isEqualTo(2 * part.size());
        }
    }

    @Test
    void aRankedListIsOneGroup() {
        int[] prompt = {1, 2, 3};
        int[][] answers = {{4}, {5, 5}, {6, 6, 6}, {7, 7}};
        List<TokenizedPair> rows = new ArrayList<>();
        for (int better = 0; better < 4; better++) {
            for (int worse = better + 1; worse < 4; worse++) {
                rows.add(new TokenizedPair(better + ">" + worse, prompt, answers[better], answers[worse]));
            }
        }
        // Six pairs, of which three bring an answer that is new.
        List<PackedRows> parts = new Packing(3, 11, true).pack(rows);
        assertThat(parts).hasSize(1);
        assertThat(parts.getFirst().batch().tokenIds()).containsExactly(1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7);
        assertThat(new Packing(3, 10, true).pack(rows)).hasSizeGreaterThan(1);
        assertThat(new Packing(2, 11, true).pack(rows)).hasSizeGreaterThan(1);
    }

    /// In the order of the batch, within 1,024 tokens, they would be 1,024 and 539. Longest first into the
    /// emptier: 300 | 274, 250 | and so on.
    @Test
    void partsAreFewAndOfNearlyEqualSize() {
        List<TokenizedText> rows = texts(300, 200, 250, 274, 200, 150, 189);
        assertThat(sizes(new Packing(8, 1024, true), rows)).containsExactly(300 + 200 + 200 + 150, 250 + 274 + 189);
        assertThat(new Packing(3, 1024, true).pack(rows)).hasSize(3);
    }

    /// Longest first into the emptier of two: 6 + 4 + 4 would be too much, so the first part with room
    /// gets them. Three parts can be balanced: 6 + 4, 4 + 4 and 6.
    @Test
    void whatCannotBeBalancedIsCutAnyway() {
        assertThat(sizes(new Packing(8, 12, true), texts(6, 4, 6, 4, 4))).containsExactly(12, 12);
        assertThat(sizes(new Packing(8, 11, true), texts(6, 4, 6, 4, 4))).containsExactly(10, 8, 6);
    }

    @Test
    void theOrderOfRowsChangesNoSize() {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = RandomStreams.stream(seed, "packing", 4);
            List<TokenizedPair> rows = new ArrayList<>(pairs(random, 40));
            Packing packing = limits(random, false);
            int[] sizes = sizes(packing, rows);
            assertThat(sizes(packing, rows)).containsExactly(sizes);
            Collections.shuffle(rows, new Random(seed));
            assertThat(sorted(sizes(packing, rows))).as("seed %d", seed).containsExactly(sorted(sizes));
        }
    }

    @Test
    void rowsLongerThanTheLimitGoByThemselves() {
        assertThat(sizes(new Packing(8, 10, true), texts(3, 30, 4, 20))).containsExactly(7, 30, 20);
        assertThat(new Packing(8, 10, true).pack(List.<TokenizedText>of())).isEmpty();
    }

    @Test
    void derivativesOfASharedResponseAreAddedUp() {
        int[] prompt = {1};
        List<TokenizedPair> rows = List.of(
                new TokenizedPair("a>b", prompt, new int[] {2, 2}, new int[] {3}),
                new TokenizedPair("b>c", prompt, new int[] {3}, new int[] {4, 4}));
        PackedRows part = Packing.ofTokens(100).pack(rows).getFirst();
        float[][] ofRows = {{1, 2, 10}, {100, 1000, 2000}};
        assertThat(part.addUp(row -> ofRows[row])).containsExactly(1, 2, 110, 1000, 2000);
        assertThat(part.addUp(row -> row == 0 ? new float[0] : ofRows[1])).containsExactly(0, 0, 100, 1000, 2000);
    }

    @Test
    void limitsMustBePositive() {
        assertThatThrownBy(() -> new Packing(0, 5, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rows and tokens of a batch must be ≥ 1 but were 0 and 5");
        assertThatThrownBy(() -> new Packing(5, 0, true))
                .hasMessage("rows and tokens of a batch must be ≥ 1 but were 5 and 0");
    }

    /// Texts with different prompts of one token.
    private static List<TokenizedText> texts(int... lengths) {
        return IntStream.range(0, lengths.length)
                .mapToObj(i -> new TokenizedText("text-" + i, new int[] {i}, new int[lengths[i] - 1]))
                .toList();
    }

    private static int[] sizes(Packing packing, List<? extends TokenizedRow> rows) {
        return packing.pack(rows).stream()
                .mapToInt(part -> part.batch().numTokens())
                .toArray();
    }

    private static int[] sorted(int[] values) {
        return IntStream.of(values).sorted().toArray();
    }

    private static int[] prompt(PackedBatch batch, int response) {
        int group = 0;
        while (batch.firstResponse(group) + batch.numResponses(group) <= response) {
            group++;
        }
        return slice(batch, batch.promptStart(group), batch.promptLength(group));
    }

    private static int[] response(PackedBatch batch, int response) {
        return slice(batch, batch.responseStart(response), batch.responseLength(response));
    }

    private static int[] slice(PackedBatch batch, int start, int length) {
        return Arrays.copyOfRange(batch.tokenIds(), start, start + length);
    }

    private static List<Integer> list(int[] values) {
        return IntStream.of(values).boxed().toList();
    }
}
