package org.betatron.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.betatron.data.DataException;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.MadeRow;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class StoredRowsTest {

    private static final RowPlace PLACE = new RowPlace("dir/ä.jsonl", 7);

    private static <T> StoredList<T> store(StoredList.Form<T> form, List<T> rows) {
        try (StoredList.Writer<T> writer = new StoredList.Writer<>(form)) {
            rows.forEach(writer::add);
            assertThat(writer.size()).isEqualTo(rows.size());
            return writer.finish();
        }
    }

    /// Rows have no equality of their own: what they consist of, as texts.
    private static List<String> parts(List<? extends TokenizedRow> rows) {
        return rows.stream().map(StoredRowsTest::parts).toList();
    }

    public static String parts(TokenizedRow row) {
        return row.id()
                + switch (row) {
                    case TokenizedPair pair ->
                        pair.place() + text(pair.prompt(), pair.chosen(), pair.rejected()) + pair.scores();
                    case TokenizedAnswer answer ->
                        answer.place() + text(answer.prompt(), answer.response()) + answer.desirable();
                    case TokenizedText text -> text(text.prompt(), text.response());
                    case MadeRow _ -> throw new IllegalArgumentException("no file holds a row that was made");
                };
    }

    private static String text(int[]... ids) {
        return Arrays.deepToString(ids);
    }

    @Test
    void everyPartOfARowComesBack() {
        // Longer than the buffer of a file, so that writing goes on in the middle of it.
        int[] large = new Random(3).ints(100_000, 0, 1 << 20).toArray();
        List<TokenizedPair> pairs = List.of(
                new TokenizedPair("a", PLACE, new int[] {1}, large, new int[] {2, 3}, new PairScores(0.1, -2)),
                new TokenizedPair("bé😀".repeat(100_000), RowPlace.NOWHERE, large, new int[] {-1}, large, null),
                new TokenizedPair("", PLACE, new int[] {4, 5}, new int[] {6}, new int[] {7}, null));
        assertThat(parts(store(new RowForms().pairs(), pairs))).isEqualTo(parts(pairs));
        List<TokenizedAnswer> answers = List.of(
                new TokenizedAnswer("a", PLACE, new int[] {1}, new int[] {2, 3}, true),
                new TokenizedAnswer("b", PLACE, large, new int[] {2}, false));
        assertThat(parts(store(new RowForms().answers(), answers))).isEqualTo(parts(answers));
        List<TokenizedText> texts = List.of(new TokenizedText("t", new int[] {1}, large));
        assertThat(parts(store(new RowForms().texts(), texts))).isEqualTo(parts(texts));
        List<DroppedRow> dropped = Arrays.stream(DropReason.values())
                .map(reason -> new DroppedRow(reason.text(), new RowPlace(reason.name(), 9), reason))
                .toList();
        assertThat(store(new RowForms().dropped(), dropped)).isEqualTo(dropped);
    }

    @Test
    void anEmptyListAndIndicesOutside() {
        StoredList<DroppedRow> empty = store(new RowForms().dropped(), List.of());
        assertThat(empty).isEmpty();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> empty.get(0));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> empty.add(new DroppedRow("a", PLACE, DropReason.UNDESIRED)));
    }

    @Test
    void anAnswerOfAnotherRowIsNotStored() {
        TokenizedAnswer row = new TokenizedAnswer("a", PLACE, new int[] {1}, new int[] {2}, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store(new RowForms().answers(), List.of(row.withMismatched(new int[] {3}))))
                .withMessage("answer 'a' already has another row's answer");
    }

    @Test
    void nothingIsLeftInTheDirectory(@TempDir Path directory) throws IOException {
        try (ScratchFile file = ScratchFile.createIn(directory)) {
            file.putText("some");
            try (var entries = Files.list(directory)) {
                assertThat(entries).isEmpty();
            }
        }
        Path missing = directory.resolve("missing");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ScratchFile.createIn(missing))
                .withMessageStartingWith(missing + ": tokenized rows cannot be kept there: ")
                .withMessageEndingWith(
                        "; free space, or name another directory with" + " BETATRON_JAVA_OPTIONS=-Djava.io.tmpdir=DIR");
    }

    @Test
    void idsGetTheFirstFreeSuffix() {
        try (UniqueIds ids = new UniqueIds()) {
            assertThat(ids.unique("a#3")).isEqualTo("a#3");
            assertThat(ids.unique("a")).isEqualTo("a");
            assertThat(ids.unique("a")).isEqualTo("a#2");
            assertThat(ids.unique("a")).isEqualTo("a#4");
            assertThat(ids.unique("a#2")).isEqualTo("a#2#2");
            assertThat(ids.numRenamed()).isEqualTo(3);
            // Enough to grow several times.
            for (int i = 0; i < 100_000; i++) {
                assertThat(ids.unique("row-" + i)).isEqualTo("row-" + i);
            }
            assertThat(ids.unique("row-17")).isEqualTo("row-17#2");
            assertThat(ids.unique("a")).isEqualTo("a#5");
        }
    }
}
