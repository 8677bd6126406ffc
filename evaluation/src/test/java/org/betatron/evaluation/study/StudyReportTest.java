package org.betatron.evaluation.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.study.Claim.Contest;
import org.betatron.evaluation.study.Study.View;
import org.betatron.evaluation.study.StudyResults.Conclusion;
import org.betatron.evaluation.study.StudyResults.ContestResult;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StudyReportTest {

    private static final Arm GOOD = new Arm("good", "1", "medium", "world", List.of("a=1"));
    private static final Arm BAD = new Arm("bad", "1", "medium", "world", List.of("a=2"));
    private static final Arm ALIKE = new Arm("bad < & >", "1", "medium", "world", List.of("a=3"));
    private static final Place GOOD_PLACE = new Place("good", "1");
    private static final Place BAD_PLACE = new Place("bad", "1");

    @TempDir
    private Path directory = Path.of("");

    /// Wins the first of a hundred questions that are asked, and no others.
    private static Cell cell(long seed, int wins, List<FlipSearch> searches) {
        List<AnswersAt> answers = new ArrayList<>();
        for (double temperature : new double[] {0, 1}) {
            List<ScoredAnswer> scored = new ArrayList<>();
            for (int question = 0; question < 100; question++) {
                scored.add(new ScoredAnswer(question, question < wins ? 1 : 0, question < wins ? 3 : -1));
            }
            answers.add(new AnswersAt(temperature, 12, temperature == 1 ? 0.25 : null, scored));
        }
        return new Cell(seed, 2, 0.1, answers, List.of(-1.0, 0.0, 1.0), searches);
    }

    private static StudyResults results(View view, List<FlipSearch> searches, List<Claim> claims) {
        Study study = new Study("test", "A < test", "Nothing.", "x", view, List.of(GOOD, BAD, ALIKE), claims);
        return new StudyResults(
                study,
                Map.of(
                        GOOD, List.of(cell(1, 90, searches), cell(2, 80, searches)),
                        BAD, List.of(cell(1, 40, searches), cell(2, 30, searches)),
                        ALIKE, List.of(cell(1, 41, searches), cell(2, 29, searches))));
    }

    @Test
    void contestsAreDecidedByPairedDifferences() {
        Claim claim = new Claim(
                "it is.",
                List.of(
                        new Contest(GOOD_PLACE, BAD_PLACE),
                        new Contest(BAD_PLACE, GOOD_PLACE),
                        new Contest(BAD_PLACE, new Place("bad < & >", "1"))));
        List<ContestResult> contests =
                results(View.WIN_RATE, List.of(), List.of(claim)).resultsOf(claim);
        assertThat(contests.stream().map(ContestResult::conclusion))
                .containsExactly(Conclusion.HOLDS, Conclusion.REVERSED, Conclusion.WITHIN);
        assertThat(contests.getFirst().difference().value()).isEqualTo(0.5);
        assertThat(contests.get(2).difference().value()).isZero();
    }

    @Test
    void whatHoldsAloneNeedNotHoldAmongMany() {
        Estimate above = new Estimate(0.05, 0.01, 0.09);
        Estimate wider = new Estimate(0.05, -0.02, 0.12);
        assertThat(StudyResults.conclusion(above, above)).isEqualTo(Conclusion.HOLDS);
        assertThat(StudyResults.conclusion(above, wider)).isEqualTo(Conclusion.HOLDS_UNCORRECTED);
        assertThat(StudyResults.conclusion(wider, wider)).isEqualTo(Conclusion.WITHIN);
        Estimate below = new Estimate(-0.05, -0.09, -0.01);
        assertThat(StudyResults.conclusion(below, wider)).isEqualTo(Conclusion.REVERSED_UNCORRECTED);
        assertThat(StudyResults.conclusion(below, below)).isEqualTo(Conclusion.REVERSED);
    }

    @Test
    void reportHasEveryPointComparisonAndCondition() throws Exception {
        Claim claim = Claim.everywhere("good is ahead.", "good", "bad", List.of("1"));
        Path report = StudyReport.write(
                results(View.GAPS, List.of(), List.of(claim)), List.of("- measured so"), directory.resolve("out"));
        assertThat(Files.readString(report))
                .contains(
                        "# A < test",
                        "- Published: good is ahead. Here, of 1 comparison: 1 × holds.",
                        "| good | 1 | 85.0 |",
                        "| 90.0 80.0 | 2.40 |",
                        "| 12.0 | 0.25 | 0.100 |",
                        "| good (x 1) | bad (x 1) | +50.0 |",
                        "| bad | 1 | -1.000 | -1.000 | -1.000 | 0.000 | 1.000 | 1.000 | 1.000 |",
                        "- measured so");
        for (String figure : List.of("win-rate.svg", "gaps.svg")) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.resolveSibling(figure).toFile());
        }
    }

    @Test
    void everyArmSeedAndTemperatureIsALine() throws IOException {
        StudyReport.write(results(View.WIN_RATE, List.of(), List.of()), List.of(), directory);
        List<JsonNode> lines = Files.readAllLines(directory.resolve("results.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        assertThat(lines).hasSize(3 * 2 * 2);
        JsonNode first = lines.getFirst();
        assertThat(first.path("line").asString()).isEqualTo("good");
        assertThat(first.path("winRate").asDouble()).isEqualTo(0.9);
        assertThat(first.path("reward").asDouble()).isEqualTo(2.6);
        assertThat(first.path("kl").isNull()).isTrue();
        assertThat(lines.get(1).path("kl").asDouble()).isEqualTo(0.25);
    }

    @Test
    void temperaturesBecomePlaces() throws IOException {
        Path report =
                StudyReport.write(results(View.WIN_RATE_BY_TEMPERATURE, List.of(), List.of()), List.of(), directory);
        assertThat(Files.readString(report)).contains("| good | 0.0 | 85.0 |", "| good | 1.0 | 85.0 |");
    }

    @Test
    void searchesForFlipsAreShownForEverySeed() throws IOException {
        Path report = StudyReport.write(
                results(View.FLIPS, List.of(new FlipSearch(10, 5, 20, 100)), List.of()), List.of(), directory);
        assertThat(Files.readString(report)).contains("| good | 1 | 10 | 0.500 | 0.250 | 0.200 |");
    }

    @Test
    void claimsAboutNothingAreRefused() {
        Claim claim = Claim.everywhere("so.", "good", "better", List.of("1"));
        StudyResults results = results(View.WIN_RATE, List.of(), List.of(claim));
        assertThatThrownBy(() -> results.resultsOf(claim))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("study test has nothing at better (x 1)");
    }

    @Test
    void moreSettingsReplaceThoseOfTheSameKey() {
        assertThat(GOOD.with("b=1", "a=5").settings()).containsExactly("a=5", "b=1");
    }
}
