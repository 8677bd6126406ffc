package org.betatron.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.record.RunDirectories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What a page of several runs shows of evaluations that lie in them.
class DistancePanelTest {

    @TempDir
    private Path root = Path.of("");

    private static Estimate estimate(double value) {
        return new Estimate(value, value - 0.25, value + 0.25);
    }

    private Path run(String name) throws IOException {
        return RunDirectories.write(root.resolve(name), 3, _ -> "\"train/loss\":0.5");
    }

    private Path evaluated(String name, String judge, double score, double kl) throws IOException {
        Path run = run(name);
        Estimate half = estimate(0.5);
        ComparisonReport report = new ComparisonReport(
                1, 4, 4, 0, half, half, half, half, half, half, half, estimate(score), estimate(-1), estimate(kl));
        Path file = Files.createDirectories(run.resolve("evaluation")).resolve("report.json");
        JsonMapper.shared()
                .writeValue(
                        file.toFile(),
                        Map.of(
                                "model",
                                name,
                                "against",
                                "start",
                                "reference",
                                "start",
                                "judge",
                                judge,
                                "partial",
                                false,
                                "reports",
                                List.of(report)));
        return run;
    }

    private String page(Path... runs) throws IOException {
        Path page = root.resolve("page.html");
        ComparisonPage.write(List.of(runs), page);
        return Files.readString(page);
    }

    @Test
    void runsAreShownOverTheirDistance() throws IOException {
        String page = page(evaluated("near", "world", 1.5, 4), evaluated("far", "world", 0.5, 9), run("unmeasured"));
        assertThat(page)
                .contains("Reward over distance", "judge world, opponent start", "root of KL from the start", ">start<")
                .contains("<td>near</td>\n<td>1.50 (1.25 to 1.75)</td>\n<td>50.00 (25.00 to 75.00)</td>\n"
                        + "<td>4.00 (3.75 to 4.25)</td>")
                .contains("<td>far</td>\n<td>0.50 (0.25 to 0.75)</td>")
                .doesNotContain("<td>unmeasured</td>", "Left out");
    }

    @Test
    void whatAnotherJudgeSaidIsLeftOutByName() throws IOException {
        assertThat(page(evaluated("one", "world", 1.5, 4), evaluated("other", "reward", 7, 9)))
                .contains("Left out, because judge, opponent or reference are others: other.")
                .doesNotContain("7.00");
    }

    /// Where a judge gives no scores, win rates are shown.
    @Test
    void winRatesStandForScoresThatAreNotThere() throws IOException {
        assertThat(page(evaluated("one", "endpoint", Double.NaN, 4), evaluated("two", "endpoint", Double.NaN, 9)))
                .contains("win rate over the opponent", "<td>one</td>\n<td></td>\n<td>50.00 (25.00 to 75.00)</td>");
    }

    @Test
    void pagesOfRunsThatWereNotMeasuredSayNothingOfIt() throws IOException {
        assertThat(page(run("one"), run("two"))).doesNotContain("Reward over distance");
    }

    @Test
    void anEvaluationThatCannotBeReadIsNamed() throws IOException {
        Path broken = evaluated("broken", "world", 1, 1);
        Files.writeString(broken.resolve("evaluation/report.json"), "{\"against\": ");
        assertThat(page(broken, run("two"))).contains("evaluation/report.json").doesNotContain("Reward over distance");
    }
}
