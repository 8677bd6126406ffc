package org.betatron.data.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.betatron.data.DataException;
import org.junit.jupiter.api.Test;

class MismatchedAnswersTest {

    private static List<TokenizedAnswer> rows(int count) {
        List<TokenizedAnswer> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] response = new int[1 + i % 5];
            response[0] = 100 + i;
            rows.add(new TokenizedAnswer("row-" + i, RowPlace.NOWHERE, new int[] {1, 2, i}, response, i % 2 == 0));
        }
        return rows;
    }

    @Test
    void everyAnswerServesAnotherRowExactlyOnce() {
        for (int count : new int[] {2, 3, 17}) {
            List<TokenizedAnswer> rows = rows(count);
            List<TokenizedAnswer> assigned = MismatchedAnswers.assign(rows, 64, 7);
            List<Integer> served = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                TokenizedAnswer row = assigned.get(i);
                assertThat(row.id()).isEqualTo("row-" + i);
                assertThat(row.desirable()).isEqualTo(i % 2 == 0);
                assertThat(row.response()).isEqualTo(rows.get(i).response());
                int answer = Objects.requireNonNull(row.mismatched())[0];
                assertThat(answer).isNotEqualTo(100 + i);
                served.add(answer);
            }
            assertThat(served).doesNotHaveDuplicates();
        }
    }

    @Test
    void theSeedDecides() {
        List<int[]> first = mismatched(3);
        assertThat(mismatched(3)).usingRecursiveComparison().isEqualTo(first);
        assertThat(mismatched(4)).usingRecursiveComparison().isNotEqualTo(first);
    }

    private static List<int[]> mismatched(long seed) {
        return MismatchedAnswers.assign(rows(17), 64, seed).stream()
                .map(row -> Objects.requireNonNull(row.mismatched()))
                .toList();
    }

    @Test
    void whatDoesNotFitIsCutAtItsEnd() {
        for (TokenizedAnswer row : MismatchedAnswers.assign(rows(10), 5, 1)) {
            int[] mismatched = Objects.requireNonNull(row.mismatched());
            assertThat(mismatched.length).isLessThanOrEqualTo(2);
            assertThat(row.responses()).containsExactly(row.response(), mismatched);
            assertThat(row.numTokens()).isEqualTo(3 + row.response().length + mismatched.length);
        }
    }

    @Test
    void oneRowAloneIsRefused() {
        assertThatThrownBy(() -> MismatchedAnswers.assign(rows(1), 64, 1))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "the objective compares every answer with that of another row, so at least two rows are needed, but there is one");
    }
}
