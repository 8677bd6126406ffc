package org.betatron.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.betatron.evaluation.record.RunDirectories.write;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.betatron.core.run.RunFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.record.Sample;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.evaluation.suspicion.Suspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RunPageTest {

    private static final String NASTY = "<script>alert('x')</script> & \"q\"";

    @TempDir
    private Path root;

    private Path run() throws IOException {
        Path run = write(
                root.resolve("run"),
                50,
                step -> ("\"train/loss\":%s,\"train/accuracy\":0.6,\"train/gap/mean\":%s,\"train/gap/deviation\":0.5,"
                                + "\"train/reward/chosen\":%s,\"train/reward/rejected\":%s")
                        .formatted(0.7 - 0.005 * step, 0.01 * step, 0.01 * step, -0.01 * step));
        RecordLines.write(
                run.resolve(RunFiles.SAMPLES),
                List.of(
                        new Sample(Sample.BEFORE, "row-1", NASTY, "old answer"),
                        new Sample(Sample.AFTER, "row-1", NASTY, "new " + NASTY)));
        RecordLines.write(
                run.resolve(RunFiles.GAPS_AFTER),
                List.of(
                        new HeldOutGap("row-1", "pairs.jsonl", 1, -0.5),
                        new HeldOutGap("row-2", "pairs.jsonl", 2, 1.5),
                        new HeldOutGap("row-3", "pairs.jsonl", 3, Double.NaN)));
        RecordLines.write(
                run.resolve(RunFiles.SUSPECTS),
                List.of(new Suspect("row-1", "pairs.jsonl", 1, -0.5, NASTY, "good", "bad")));
        return run;
    }

    @Test
    void pageHoldsEverythingEscapedAndNothingFromElsewhere() throws IOException {
        String page = Files.readString(RunPage.write(run()));

        assertThat(page)
                .contains("old answer", "new &lt;script&gt;", "&amp; &quot;q&quot;", "row-1, gap -0.5 (pairs.jsonl:1)")
                .contains("1 of 2 rows are below 0", "Chosen answers become more probable")
                .doesNotContain("<script", "http:", "https:", "src=", "{{", "Partial:");
    }

    @Test
    void everyChartIsWellFormedAndInsideItsFrame() throws Exception {
        String page = Files.readString(RunPage.write(run()));
        List<String> charts = Pattern.compile("(?s)<svg.*?</svg>")
                .matcher(page)
                .results()
                .map(match -> match.group())
                .toList();

        // Loss, rewards, accuracy, gap, and the histogram of gaps.
        assertThat(charts).hasSize(5);
        for (String chart : charts) {
            Document svg = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(chart)));
            assertThat(svg.getDocumentElement().getAttribute("viewBox")).isEqualTo("0 0 360 200");
            assertThat(chart).doesNotContain("NaN", "Infinity");
            Pattern.compile("[ML](-?[0-9.]+) (-?[0-9.]+)")
                    .matcher(chart)
                    .results()
                    .forEach(point -> {
                        assertThat(Double.parseDouble(point.group(1))).isBetween(0.0, 360.0);
                        assertThat(Double.parseDouble(point.group(2))).isBetween(0.0, 200.0);
                    });
        }
        // The loss falls, so its curve ends lower on the page than it begins.
        List<Double> heights = Pattern.compile("[ML]-?[0-9.]+ (-?[0-9.]+)")
                .matcher(charts.getFirst())
                .results()
                .map(point -> Double.valueOf(point.group(1)))
                .toList();
        assertThat(heights.getLast()).isGreaterThan(heights.getFirst() + 100);
    }

    @Test
    void runWithoutAnythingIsReportedAsPartial() throws IOException {
        Path run = Files.createDirectories(root.resolve("bare"));
        Files.writeString(run.resolve("recipe.yaml"), "model: [broken");
        assertThat(Files.readString(RunPage.write(run)))
                .contains("Partial: this run has not written its final model", "No step was logged");

        assertThatThrownBy(() -> RunPage.write(root.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(root.resolve("none") + " must be a run directory, but has no recipe.yaml");
    }

    @Test
    void comparisonShowsEveryRunAndOnlySettingsThatDiffer() throws IOException {
        Path first = run();
        Path second = write(root.resolve("other"), 30, step -> "\"train/loss\":" + (0.9 - 0.01 * step));
        Files.writeString(
                second.resolve("recipe.yaml"),
                Files.readString(second.resolve("recipe.yaml")).replace("sensitivity: 0.6", "sensitivity: 2"));
        Path page = root.resolve("page.html");
        ComparisonPage.write(List.of(first, second, first), page);

        assertThat(Files.readString(page))
                .contains("run · other · run (2)", "alignment.calibration.sensitivity")
                .contains("<td>train/loss</td>\n<td>0.485</td>\n<td>0.67</td>\n<td>0.485</td>")
                .doesNotContain("alignment.objective.beta</td>");
    }
}
