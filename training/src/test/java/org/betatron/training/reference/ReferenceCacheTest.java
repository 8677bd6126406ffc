package org.betatron.training.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.TokenizedPair;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.Settings;
import org.betatron.training.run.TrainingException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceCacheTest {

    private static final List<TokenizedPair> ROWS = List.of(
            new TokenizedPair("a", new int[] {1, 2}, new int[] {3, 1, 0}, new int[] {2}),
            new TokenizedPair("bä", new int[] {0}, new int[] {1}, new int[] {2, 3}),
            new TokenizedPair("c", new int[] {3}, new int[] {2, 2}, new int[] {0, 0}));

    private final TinyLanguageModel model = TinyLanguageModel.random(4, 2, 8, 1);
    private Path file;

    @BeforeEach
    void chooseFile(@TempDir Path directory) {
        file = directory.resolve("reference/train.bin");
    }

    @Test
    void valuesAreThoseOfTheModelBitForBit() {
        List<Integer> progress = new ArrayList<>();
        ReferenceCache cache = new ReferenceCache(file, key("model", "tokenizer", "none", ROWS));
        cache.compute(model, ROWS, new Packing(2, 1000, true), (done, _) -> progress.add(done));
        assertThat(progress).containsExactly(1, 3);
        try (MappedReferenceLogProbs values = cache.open()) {
            for (int row = 0; row < ROWS.size(); row++) {
                TokenizedPair pair = ROWS.get(row);
                TokenNumbers expected = model.score(PackedBatch.builder()
                        .add(pair.prompt(), pair.chosen(), pair.rejected())
                        .build());
                int split = pair.chosen().length;
                assertThat(values.sum(row, 0, split)).isEqualTo(expected.sum(TokenQuantity.LOG_PROB, 0));
                assertThat(values.sum(row, split, split + pair.rejected().length))
                        .isEqualTo(expected.sum(TokenQuantity.LOG_PROB, 1));
            }
            assertThatThrownBy(() -> values.sum(1, 0, 4))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("response tokens 0 to 4 of row 1 are not among its 3");
        }
    }

    @Test
    void anotherKeyIsRefusedWithThePartThatDiffers() {
        compute();
        refuses(key("other", "tokenizer", "none", ROWS), "the model was model and is other");
        refuses(key("model", "other", "none", ROWS), "the tokenizer was tokenizer and is other");
        refuses(key("model", "tokenizer", "512", ROWS), "data.truncation.keep was none and is 512");
        refuses(key("model", "tokenizer", "none", ROWS.subList(0, 2)), "the number of rows was 3 and is 2");
        List<TokenizedPair> renamed = new ArrayList<>(ROWS);
        renamed.set(2, new TokenizedPair("d", new int[] {3}, new int[] {2, 2}, new int[] {0, 0}));
        refuses(
                key("model", "tokenizer", "none", renamed),
                "the content of the rows was " + ReferenceKey.digest(ROWS) + " and is " + ReferenceKey.digest(renamed));
    }

    @Test
    void tokensThatMoveBetweenResponsesChangeTheDigest() {
        List<TokenizedPair> a = List.of(new TokenizedPair("a", new int[] {1}, new int[] {2, 3}, new int[] {4}));
        List<TokenizedPair> b = List.of(new TokenizedPair("a", new int[] {1}, new int[] {2}, new int[] {3, 4}));
        assertThat(ReferenceKey.digest(a)).isNotEqualTo(ReferenceKey.digest(b));
    }

    @Test
    void truncatedFileIsRefused() throws IOException {
        ReferenceCache cache = compute();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
        assertThatThrownBy(cache::open)
                .isInstanceOf(TrainingException.class)
                .hasMessage("reference file " + file + " is damaged: it has " + (bytes.length - 4)
                        + " bytes instead of " + bytes.length + "; delete it to compute it anew");
        Files.write(file, Arrays.copyOf(bytes, 30));
        assertThatThrownBy(cache::open).hasMessageContaining("is damaged: its header is incomplete;");
        Files.write(file, new byte[] {1});
        assertThatThrownBy(cache::open).hasMessageContaining("is damaged: it does not begin as one;");
        Files.write(file, new byte[0]);
        assertThatThrownBy(cache::open).hasMessageContaining("is damaged: it does not begin as one;");
    }

    /// Every byte counts: of the header, the index, the values and the checksum.
    @Test
    void flippedBitsAreFound() throws IOException {
        ReferenceCache cache = compute();
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 4;
            Files.write(file, flipped);
            assertThatThrownBy(cache::open)
                    .as("byte %d", at)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageStartingWith("reference file " + file + " is damaged: ")
                    .hasMessageEndingWith("; delete it to compute it anew");
        }
    }

    /// Files of earlier versions have no checksum, and no less of an index.
    @Test
    void olderFilesAreReadAndTheirIndexIsChecked() throws IOException {
        ReferenceCache cache = compute();
        byte[] bytes = Files.readAllBytes(file);
        byte[] older = Arrays.copyOf(bytes, bytes.length - 16);
        older[7] = '1';
        Files.write(file, older);
        cache.open().close();
        int values = 4 * 11;
        for (int row = 0; row < 4; row++) {
            byte[] damaged = older.clone();
            damaged[older.length - values - 8 * (4 - row) + 6] = 1;
            Files.write(file, damaged);
            assertThatThrownBy(cache::open).hasMessageContaining(" is damaged: its index says that the values of row ");
        }
    }

    @Test
    void interruptedComputationLeavesNoFile() throws IOException {
        ReferenceCache cache = new ReferenceCache(file, key("model", "tokenizer", "none", ROWS));
        assertThatThrownBy(() -> cache.compute(model, ROWS, new Packing(1, 1000, true), (done, _) -> {
                    if (done == 2) {
                        throw new IllegalStateException("interrupted");
                    }
                }))
                .hasMessage("interrupted");
        assertThat(cache.exists()).isFalse();
        assertThat(file.getParent()).isEmptyDirectory();
    }

    @Test
    void existingFileIsNeverOverwritten() {
        ReferenceCache cache = compute();
        assertThatThrownBy(() -> cache.compute(model, ROWS, new Packing(1, 1000, true), (_, _) -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessage("reference file " + file + " exists already; delete it to compute it anew");
    }

    @Test
    void referenceThatIsNotANumberNamesTheRow() {
        // The last weight is the bias of token 3, which only the first row asks for in a chosen
        // response.
        model.weights()[model.weights().length - 1] = Double.NEGATIVE_INFINITY;
        ReferenceCache cache = new ReferenceCache(file, key("model", "tokenizer", "none", ROWS));
        assertThatThrownBy(() -> cache.compute(model, ROWS, new Packing(3, 1000, true), (_, _) -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessage("reference log-probability of row 'a' is -Infinity; remove the row or check the model");
        assertThat(cache.exists()).isFalse();
    }

    @Test
    void referenceThatIsNotANumberIsNamedAtThePartThatMadeIt() {
        // Row c asks for nothing but tokens 0 and 2; the first one that asks for token 3 is a.
        model.weights()[model.weights().length - 1] = Double.NEGATIVE_INFINITY;
        List<TokenizedPair> rows = List.of(ROWS.get(2), ROWS.get(0), ROWS.get(1));
        List<Integer> progress = new ArrayList<>();
        ReferenceCache cache = new ReferenceCache(file, key("model", "tokenizer", "none", rows));
        assertThatThrownBy(
                        () -> cache.compute(model, rows, new Packing(1, 1000, true), (done, _) -> progress.add(done)))
                .isInstanceOf(TrainingException.class)
                .hasMessage("reference log-probability of row 'a' is -Infinity; remove the row or check the model");
        assertThat(progress).containsExactly(1);
    }

    private ReferenceCache compute() {
        ReferenceCache cache = new ReferenceCache(file, key("model", "tokenizer", "none", ROWS));
        cache.compute(model, ROWS, new Packing(2, 1000, true), (_, _) -> {});
        return cache;
    }

    private void refuses(ReferenceKey key, String difference) {
        assertThatThrownBy(() -> new ReferenceCache(file, key).open())
                .isInstanceOf(OtherSettingsException.class)
                .hasMessage("reference file " + file + " was made with other settings: " + difference
                        + "; delete it or choose another path");
    }

    private static ReferenceKey key(String model, String tokenizer, String truncation, List<TokenizedPair> rows) {
        return ReferenceKey.of(
                Settings.NONE
                        .with(ReferenceKey.MODEL, model)
                        .with(ReferenceKey.TOKENIZER, tokenizer)
                        .with("data.truncation.keep", truncation),
                rows);
    }
}
