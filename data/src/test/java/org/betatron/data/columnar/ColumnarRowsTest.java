package org.betatron.data.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Files that pyarrow wrote (`parity/columnar.py`), with the rows that it reads from them.
class ColumnarRowsTest {

    @TempDir
    Path directory;

    static Path file(String name) {
        try {
            return Path.of(ColumnarRowsTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> rows(Path file, String... columns) {
        List<JsonNode> rows = new ArrayList<>();
        try (ColumnarRows open = ColumnarRows.open(file, Set.of(columns)).orElseThrow()) {
            for (JsonNode row = open.next(); row != null; row = open.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<JsonNode> expected() throws IOException {
        return Files.readAllLines(file("types.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.none.parquet",
                "types.snappy.parquet",
                "types.gzip.parquet",
                "types.zstd.parquet",
                "types.lz4.parquet",
                "types.v2.parquet",
                "types.groups.parquet",
                "types.none.arrow",
                "types.lz4.arrow",
                "types.zstd.arrow",
                "types.none.stream",
                "types.lz4.stream",
                "types.zstd.stream"
            })
    void rowsAreThoseOfPyarrow(String name) throws IOException {
        List<JsonNode> rows = rows(file(name));
        List<JsonNode> expected = expected();

        assertThat(rows).hasSameSizeAs(expected);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(List.copyOf(rows.get(i).propertyNames()))
                    .isEqualTo(List.copyOf(expected.get(i).propertyNames()));
            for (String column : rows.get(i).propertyNames()) {
                assertThat(comparable(rows.get(i).get(column)))
                        .as("row %d, %s", i, column)
                        .isEqualTo(comparable(expected.get(i).get(column)));
            }
        }
    }

    /// JSON spells the nearest double of a float32 in more digits than pyarrow; they are the same
    /// number.
    private static String comparable(JsonNode value) {
        return value.isDouble() ? Double.toString(value.asDouble()) : value.toString();
    }

    @Test
    void textsThatLieAnywhereAreRead() {
        assertThat(rows(file("views.arrow")).toString())
                .isEqualTo("[{\"id\":\"a\",\"large\":\"xxxxxxxxxxxxxxxxxxxx\",\"i8\":1}, "
                        + "{\"id\":\"é😀\",\"large\":null,\"i8\":-128}, {\"id\":null,\"large\":\"\",\"i8\":null}, "
                        + "{\"id\":\"\",\"large\":\"y\",\"i8\":127}]");
    }

    @Test
    void aDictionaryMayGrow() {
        assertThat(rows(file("delta.stream")).toString())
                .isEqualTo("[{\"kind\":\"y\"}, {\"kind\":\"x\"}, {\"kind\":\"z\"}, {\"kind\":\"x\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd.arrow", "odd.parquet"})
    void whatIsNoTextIsNeverTakenForOne(String name) {
        JsonNode row = rows(file(name)).getFirst();

        assertThat(row.at("/prompt").asString()).isEqualTo("a");
        assertThat(row.at("/image/bytes").isBinary()).isTrue();
        assertThat(row.at("/image/path").isNull()).isTrue();
        if (name.endsWith("arrow")) {
            assertThat(row.at("/span").asString()).isEqualTo("PT3.005S");
            assertThat(row.at("/interval").isPojo()).isTrue();
            assertThat(row.at("/either").isPojo()).isTrue();
        }
        assertThat(row.at("/chosen").asString()).isEqualTo("c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.zstd.parquet", "types.lz4.arrow", "types.none.stream"})
    void columnsCanBeChosen(String name) throws IOException {
        List<JsonNode> expected = expected();
        List<JsonNode> rows = rows(file(name), "messages", "i8", "kinds");

        assertThat(List.copyOf(rows.getFirst().propertyNames())).containsExactly("i8", "messages", "kinds");
        for (int i = 0; i < rows.size(); i++) {
            for (String column : rows.get(i).propertyNames()) {
                assertThat(rows.get(i).get(column)).isEqualTo(expected.get(i).get(column));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.parquet", "pairs.arrow"})
    void aColumnThatIsNotThereIsNamedBesideThoseThatAre(String name) {
        Path file = file(name);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> rows(file, "chosen", "prompt"))
                .withMessage(file + ": data.columns asks for \"prompt\", which the file does not have; its columns are"
                        + " \"id\", \"chosen\", \"rejected\", \"score_chosen\", \"score_rejected\", \"source\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "brotli.parquet ~ is compressed with BROTLI, which is not supported: write the file with zstd",
                "encrypted.parquet ~ is an encrypted Parquet file",
                "encrypted-columns.parquet ~ is an encrypted Parquet file",
                "twice.parquet ~ has two columns named \"x\""
            })
    void whatCannotBeReadIsRefusedForWhatItIs(String name, String why) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> rows(file(name)))
                .withMessageStartingWith(file(name) + ": ")
                .withMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pairs.parquet", "types.zstd.parquet", "pairs.arrow", "types.none.arrow", "types.lz4.stream"})
    void aFileThatWasCutShortIsNeverReadAsWhole(String name) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        Path cut = directory.resolve("cut");
        // An Arrow file ends its rows with a mark, before an index that nobody needs.
        int needed = name.endsWith(".arrow") ? whole.length - indexBytes(whole) : whole.length;
        for (int length = 12; length < needed; length += Math.max(1, whole.length / 97)) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatExceptionOfType(DataException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> rows(cut))
                    .withMessageStartingWith(cut.toString());
        }
    }

    private static int indexBytes(byte[] arrow) {
        int at = arrow.length - 10;
        int footer = (arrow[at] & 0xff) | (arrow[at + 1] & 0xff) << 8 | (arrow[at + 2] & 0xff) << 16;
        return footer + 10;
    }
}
