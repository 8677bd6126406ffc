package org.betatron.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.betatron.core.Numbers;
import org.betatron.core.files.Directories;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorldDataTest {

    @TempDir
    private Path directory = Path.of("");

    private static final WorldSpec SPEC = new WorldSpec(500, 2000, 300, 0.4, 0.1, 0.2, 0, 0.5, 7);

    private List<JsonNode> written(WorldSpec spec, String file) throws IOException {
        for (Path earlier : Directories.list(directory)) {
            Directories.delete(earlier);
        }
        WorldData.write(spec, directory);
        return Files.readAllLines(directory.resolve(file)).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @Test
    void scoresAreTheTrueRewards() throws IOException {
        for (JsonNode pair : written(SPEC, "pairs.jsonl")) {
            String prompt = pair.path("prompt").asString();
            assertThat(pair.path("chosen_score").asDouble())
                    .isEqualTo(WorldReward.of(prompt, pair.path("chosen").asString())
                            .total());
            assertThat(pair.path("rejected_score").asDouble())
                    .isEqualTo(WorldReward.of(prompt, pair.path("rejected").asString())
                            .total());
        }
    }

    @Test
    void kindsHaveTheirGapsAndShares() throws IOException {
        List<JsonNode> pairs = written(SPEC, "pairs.jsonl");
        // Shares of 2,000: five standard deviations are below 0.056.
        assertThat(share(pairs, pair -> kind(pair).equals("outlier"))).isCloseTo(0.1, within(0.056));
        assertThat(share(pairs, pair -> kind(pair).equals("low"))).isCloseTo(0.9 * 0.4, within(0.056));
        assertThat(share(pairs, pair -> pair.path("flipped").asBoolean())).isCloseTo(0.2, within(0.056));
        for (JsonNode pair : pairs) {
            double gap = Math.abs(gap(pair));
            switch (kind(pair)) {
                case "low" -> assertThat(gap).isBetween(1e-9, WorldSpec.LOW_GAP);
                case "high" -> assertThat(gap).isGreaterThanOrEqualTo(WorldSpec.HIGH_GAP);
                default -> assertThat(kind(pair)).isEqualTo("outlier");
            }
        }
    }

    /// How often the better answer is preferred, over all pairs, is the mean of what Bradley-Terry
    /// says.
    @Test
    void preferencesFollowBradleyTerry() throws IOException {
        List<JsonNode> pairs = written(new WorldSpec(1, 4000, 1, 1, 0, 0, 0, 0.5, 3), "pairs.jsonl");
        double expected = pairs.stream()
                .mapToDouble(pair -> Numbers.sigmoid(Math.abs(gap(pair)) / 0.5))
                .average()
                .orElse(0);
        assertThat(expected).isBetween(0.55, 0.9);
        assertThat(share(pairs, pair -> gap(pair) > 0)).isCloseTo(expected, within(0.04));
    }

    @Test
    void withoutTemperatureAndFlipsTheBetterAnswerIsChosen() throws IOException {
        assertThat(written(new WorldSpec(1, 500, 1, 0.5, 0.1, 0, 0, 0, 3), "pairs.jsonl"))
                .allMatch(pair -> gap(pair) >= 0);
        assertThat(written(new WorldSpec(1, 500, 1, 0.5, 0, 1, 0, 0, 3), "pairs.jsonl"))
                .allMatch(pair -> gap(pair) < 0 && pair.path("flipped").asBoolean());
    }

    @Test
    void labelsOfOutliersAloneAreExchanged() throws IOException {
        assertThat(written(new WorldSpec(1, 500, 1, 0.5, 0.2, 0, 1, 0, 3), "pairs.jsonl"))
                .allMatch(pair -> pair.path("flipped").asBoolean() == kind(pair).equals("outlier"))
                .allMatch(pair -> kind(pair).equals("outlier") ? gap(pair) <= 0 : gap(pair) >= 0);
    }

    @Test
    void evaluationAsksOtherQuestionsAndIsClean() throws IOException {
        List<JsonNode> evaluation = written(SPEC, "evaluation.jsonl");
        Set<String> trained = new HashSet<>();
        for (String file : List.of("pairs.jsonl", "sft.jsonl")) {
            Files.readAllLines(directory.resolve(file))
                    .forEach(line -> trained.add(
                            JsonMapper.shared().readTree(line).path("prompt").asString()));
        }
        assertThat(evaluation)
                .hasSize(300)
                .noneMatch(pair -> trained.contains(pair.path("prompt").asString()))
                .noneMatch(
                        pair -> pair.path("flipped").asBoolean() || kind(pair).equals("outlier"));
    }

    @Test
    void equalSeedsGiveEqualFiles(@TempDir Path other) throws IOException {
        WorldData.write(SPEC, directory);
        WorldData.write(SPEC, other);
        for (String file : List.of("sft.jsonl", "pairs.jsonl", "evaluation.jsonl", "tokenizer.json", "config.json")) {
            assertThat(directory.resolve(file)).hasSameBinaryContentAs(other.resolve(file));
        }
        WorldSpec another = new WorldSpec(500, 2000, 300, 0.4, 0.1, 0.2, 0, 0.5, 8);
        assertThatThrownBy(() -> WorldData.write(another, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(other + " must be an empty directory, or not exist");
        Path free = other.resolve("another");
        WorldData.write(another, free);
        assertThat(Files.readString(directory.resolve("pairs.jsonl")))
                .isNotEqualTo(Files.readString(free.resolve("pairs.jsonl")));
    }

    @Test
    void tokenizerKnowsEveryWordAndWritesTextAsItIs() throws IOException {
        List<JsonNode> pairs = written(SPEC, "pairs.jsonl");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(WorldTokenizer.vocabularySize());
            for (JsonNode pair : pairs.subList(0, 300)) {
                for (String field : List.of("prompt", "chosen", "rejected")) {
                    String text = pair.path(field).asString();
                    int[] ids = tokenizer.encode(text);
                    assertThat(ids).doesNotContain(1).hasSameSizeAs(text.split(" "));
                    assertThat(tokenizer.decode(ids)).isEqualTo(text);
                }
            }
            assertThat(tokenizer.decode(tokenizer.encode("Where is the kettle?")))
                    .isEqualTo("where is the kettle ?");
        }
    }

    @Test
    void promptsAreReadFromPairsAndFromRowsWithAPromptAlone() throws IOException {
        WorldData.write(SPEC, directory);
        PromptReader reader =
                new PromptReader(List.of(ChatTemplate.humanAssistant()), PromptStyle.AS_WRITTEN, RowRules.DEFAULT);
        List<PromptRow> rows = reader.read(
                        List.of(directory.resolve("evaluation.jsonl"), directory.resolve("sft.jsonl")))
                .of(0);
        assertThat(rows).hasSize(800);
        assertThat(rows.getFirst().chosen()).isNotEmpty();
        assertThat(rows.getLast().chosen()).isNull();
        assertThat(rows.getLast().prompt()).endsWith("?");
        Path bad = Files.writeString(directory.resolve("bad.jsonl"), "{\"text\": \"x\"}\n");
        assertThatThrownBy(() -> reader.read(List.of(bad)))
                .hasMessage(bad + ":1: a row of prompts must have \"prompt\" but had the fields [text]; where it has"
                        + " another name, --field prompt=NAME says which");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new WorldSpec(1, 1, 1, 0.5, 0, 1.5, 0, 0.5, 0))
                .hasMessage("flips must be in [0, 1] but was 1.5");
        assertThatThrownBy(() -> new WorldSpec(1, 0, 1, 0.5, 0, 0, 0, 0.5, 0))
                .hasMessage("pairs must be at least 1 but was 0.0");
    }

    private static double gap(JsonNode pair) {
        return pair.path("chosen_score").asDouble()
                - pair.path("rejected_score").asDouble();
    }

    private static String kind(JsonNode pair) {
        return pair.path("kind").asString();
    }

    private static double share(List<JsonNode> pairs, Predicate<JsonNode> condition) {
        return pairs.stream().filter(condition).count() / (double) pairs.size();
    }
}
