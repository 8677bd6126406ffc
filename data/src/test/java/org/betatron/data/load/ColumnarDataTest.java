package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.TextFormat;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.source.FieldMap;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Parquet and Arrow files that `datasets` wrote mean what its JSON lines mean
/// (`parity/columnar.py`).
class ColumnarDataTest {

    @TempDir
    Path directory;

    private HuggingFaceTokenizer tokenizer;

    @BeforeEach
    void openTokenizer() {
        tokenizer = TestTokenizers.bytes(directory);
    }

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    private static Path file(String name) {
        try {
            return Path.of(ColumnarDataTest.class
                    .getResource("/org/betatron/data/columnar/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private DataSetLoader loader() {
        return new DataSetLoader(
                tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(10_000, 9_000));
    }

    private static void assertSame(List<TokenizedPair> rows, List<TokenizedPair> expected) {
        assertThat(rows).hasSameSizeAs(expected).hasSize(40);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).id()).isEqualTo(expected.get(i).id());
            assertThat(rows.get(i).place().line()).isEqualTo(i + 1);
            assertThat(rows.get(i).prompt()).isEqualTo(expected.get(i).prompt());
            assertThat(rows.get(i).chosen()).isEqualTo(expected.get(i).chosen());
            assertThat(rows.get(i).rejected()).isEqualTo(expected.get(i).rejected());
            assertThat(rows.get(i).scores()).isEqualTo(expected.get(i).scores());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.parquet", "pairs.arrow"})
    void rowsAreThoseOfTheSameJsonLines(String name) {
        TokenizedDataSet<TokenizedPair> expected = loader().pairs(List.of(file("pairs.jsonl")), PreferenceFormat.AUTO);
        TokenizedDataSet<TokenizedPair> rows = loader().pairs(List.of(file(name)), PreferenceFormat.AUTO);

        assertSame(rows.rows(), expected.rows());
        assertThat(expected.rows().stream().filter(row -> row.scores() != null)).hasSize(39);
        assertThat(rows.report().toString().replace(name, "pairs.jsonl"))
                .isEqualTo(expected.report().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.jsonl", "pairs.parquet", "pairs.arrow"})
    void columnsThatAreNotChosenAreAsIfTheyWereNotThere(String name) {
        DataSetLoader some = loader().by(RowRules.DEFAULT.withColumns(Set.of("chosen", "rejected")));

        List<TokenizedPair> rows =
                some.pairs(List.of(file(name)), PreferenceFormat.AUTO).rows();

        assertThat(rows).hasSize(40);
        assertThat(rows.getFirst().id()).isEqualTo(name + ":1");
        assertThat(rows.getFirst().scores()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.jsonl", "pairs.parquet", "pairs.arrow"})
    void fieldsMayLieWithinColumns(String name) {
        RowRules rules = new RowRules(
                new FieldMap(Map.of("prompt", "chosen[0].content", "completion", "chosen[1].content")),
                RowRules.OnBadRow.REFUSE,
                Set.of(),
                Set.of("chosen"));

        assertThat(loader().by(rules)
                        .texts(List.of(file(name)), TextFormat.COMPLETION)
                        .rows())
                .hasSize(40);
    }

    @Test
    void aColumnThatIsNoTextIsRefusedOnlyWhereItIsRead() {
        assertThat(loader().by(RowRules.DEFAULT.withColumns(Set.of("prompt", "chosen")))
                        .inspect(file("odd.arrow"), TextFormat.COMPLETION, 1))
                .hasSize(1);
        RowRules rules = new RowRules(
                new FieldMap(Map.of("completion", "either")), RowRules.OnBadRow.REFUSE, Set.of(), Set.of());
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> loader().by(rules).texts(List.of(file("odd.arrow")), TextFormat.COMPLETION))
                .satisfies(e -> assertThat(e.details().toString())
                        .contains("\"either\" must be a list of messages but was an Arrow union"));
    }

    @Test
    void rowsOfAFileAreWrittenAgainWithScores() throws IOException {
        List<TokenizedPair> rows = loader().pairs(List.of(file("pairs.parquet")), PreferenceFormat.AUTO)
                .rows();
        try (ScoredPairs scored = new ScoredPairs(List.of(file("pairs.parquet")), List.of())) {
            String line = scored.line(rows.getFirst(), new PairScores(1, 2));
            ObjectNode expected = (ObjectNode) JsonMapper.shared()
                    .readTree(Files.readAllLines(file("pairs.jsonl")).getFirst());
            expected.put("chosen_score", 1.0).put("rejected_score", 2.0);
            assertThat(JsonMapper.shared().readTree(line)).isEqualTo(expected);
        }
    }
}
