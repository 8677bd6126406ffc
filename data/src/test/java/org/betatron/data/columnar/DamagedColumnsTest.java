package org.betatron.data.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.betatron.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that lie: lengths, offsets, types. Each is a row, or one line that names the file, and
/// takes no memory that the file only claims.
class DamagedColumnsTest {

    private static final int TRIALS = 120;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.none.parquet",
                "types.zstd.parquet",
                "types.snappy.parquet",
                "types.gzip.parquet",
                "types.v2.parquet",
                "types.none.arrow",
                "types.zstd.stream",
                "types.lz4.arrow",
                "views.arrow",
                "delta.stream"
            })
    void damageIsToldAsSuch(String name) throws IOException {
        byte[] whole = Files.readAllBytes(ColumnarRowsTest.file(name));
        long seed = name.hashCode();
        System.out.println(name + ": seed " + seed);
        Random random = new Random(seed);
        for (int trial = 0; trial < TRIALS; trial++) {
            byte[] bytes = whole.clone();
            int at = 8 + random.nextInt(bytes.length - 12);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                default -> {
                    for (int i = at; i < Math.min(bytes.length, at + 4); i++) {
                        bytes[i] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                    }
                }
            }
            // Threads of the last one may still read it.
            Path damaged = Files.write(directory.resolve("damaged-" + trial), bytes);
            read(damaged, name + ", trial " + trial + ", byte " + at);
        }
    }

    private static void read(Path file, String what) {
        try (ColumnarRows rows = ColumnarRows.open(file, Set.of()).orElseThrow()) {
            for (int i = 0; i < 1000 && rows.next() != null; i++) {
                // Values may be others now; that they are read is all.
            }
        } catch (DataException e) {
            assertThat(e).as(what).hasMessageStartingWith(file.toString());
            assertThat(String.valueOf(e.getMessage())).as(what).hasLineCount(1);
        } catch (RuntimeException | Error e) {
            fail(what + ": " + e, e);
        }
    }

    @Test
    void aFooterThatClaimsMoreThanTheFileIsNotBelieved() throws IOException {
        byte[] bytes = Files.readAllBytes(ColumnarRowsTest.file("pairs.parquet"));
        for (int claim : new int[] {Integer.MAX_VALUE, -1, 0, bytes.length}) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 8, claim);
            Path file = Files.write(directory.resolve("claims.parquet"), bytes);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> ColumnarRows.open(file, Set.of()))
                    .withMessage(file + ": the Parquet file is damaged: its footer must have between 1 and "
                            + (bytes.length - 12) + " bytes but claims " + Integer.toUnsignedLong(claim));
        }
    }

    @Test
    void aMessageThatClaimsMoreThanTheFileIsNotBelieved() throws IOException {
        byte[] bytes = Files.readAllBytes(ColumnarRowsTest.file("types.none.stream"));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, Integer.MAX_VALUE);
        Path file = Files.write(directory.resolve("claims.stream"), bytes);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ColumnarRows.open(file, Set.of()))
                .withMessage(file + ": the Arrow data cannot be read: it ends too early, 2147483647 bytes are due at"
                        + " byte 8 of " + bytes.length + ": it was cut short, or is still being written");
    }

    /// The native library writes as much as the packed data claim: without a check the process
    /// ends. The first page begins at byte 4: its length unpacked is field 2, and its data begin at
    /// byte 20 with their own length.
    @ParameterizedTest
    @CsvSource({
        "6, 20, is not what it should be", // field 2 is no longer a number of 32 bits, and read as none
        "20, 135, a page of 390 bytes unpacked claims 391 where it is packed",
        "21, 127, a page of 390 bytes unpacked claims"
    })
    void aSnappyPageThatClaimsMoreThanItsRoomIsNotBelieved(int at, int value, String message) throws IOException {
        byte[] bytes = Files.readAllBytes(ColumnarRowsTest.file("pairs.parquet"));
        bytes[at] = (byte) value;
        Path file = Files.write(directory.resolve("snappy.parquet"), bytes);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ColumnarRows.open(file, Set.of()))
                .withMessageStartingWith(file + ": the Parquet file is damaged: ")
                .withMessageContaining(message);
    }
}
