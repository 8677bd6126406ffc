package org.betatron.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.betatron.evaluation.record.RunDirectories.writeOfOwnAnswers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.betatron.core.run.RunFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.record.RolloutSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What pages show of runs that learn from answers of their own.
class RolloutPanelsTest {

    private static final String NASTY = "<script>alert('x')</script> & \"q\"";

    @TempDir
    private Path root;

    private Path run(String name, String rewards) throws IOException {
        return writeOfOwnAnswers(
                root.resolve(name),
                rewards,
                30,
                step -> ("\"train/rollout/score\":%s,\"train/rollout/kl\":%s,\"train/rollout/score/world\":%s,"
                                + "\"train/rollout/cut\":0.0,\"train/kl/coefficient\":0.04,\"train/entropy\":%s"
                                + (step % 10 == 0 ? ",\"eval/score\":%1$s,\"eval/kl\":%2$s" : ""))
                        .formatted(0.1 * step, 0.2 * step, 0.3 * step, 1.0 / step));
    }

    private static List<String> captions(String page) {
        return Pattern.compile("<figcaption>(.*?)</figcaption>")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void pageShowsWhatMovesAndNamesWhatDoesNot() throws IOException {
        String page = Files.readString(RunPage.write(run("run", "[world]")));
        assertThat(captions(page))
                .containsExactly(
                        "Score over KL in training, nats",
                        "Score over KL on held-out prompts, nats",
                        "Score",
                        "Score by world alone",
                        "KL from the reference, nats per answer",
                        "Entropy of drawn tokens, nats per token");
        assertThat(page)
                .contains("Not drawn, as it never changed: Answers cut at the limit 0, Cost of a nat from the reference"
                        + " 0.04.")
                .contains("<td>Method</td>\n<td>grpo</td>", "<td>Most tokens of an answer</td>\n<td>48</td>")
                .doesNotContain("NaN", "Answers as they change");
    }

    /// Score and KL are proportional, so the curve over KL is a straight line from corner to corner.
    @Test
    void scoreIsDrawnOverKl() throws IOException {
        String page = Files.readString(RunPage.write(run("run", "[world]")));
        int from = page.indexOf("held-out prompts, nats</figcaption>");
        List<double[]> points = Pattern.compile("[ML](-?[0-9.]+) (-?[0-9.]+)")
                .matcher(page.substring(from, page.indexOf("</figure>", from)))
                .results()
                .map(point -> new double[] {Double.parseDouble(point.group(1)), Double.parseDouble(point.group(2))})
                .toList();
        assertThat(points).hasSize(3);
        assertThat(points.get(1)[0]).isCloseTo((points.get(0)[0] + points.get(2)[0]) / 2, within());
        assertThat(points.get(1)[1]).isCloseTo((points.get(0)[1] + points.get(2)[1]) / 2, within());
        assertThat(points.get(2)[0]).isGreaterThan(points.get(0)[0] + 100);
        assertThat(points.get(2)[1]).isLessThan(points.get(0)[1] - 50);
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(0.11);
    }

    @Test
    void severalRunsAreDrawnTogether() throws IOException {
        Path page = root.resolve("page.html");
        ComparisonPage.write(List.of(run("one", "[world]"), run("two", "[world]")), page);
        String text = Files.readString(page);
        assertThat(captions(text))
                .contains("Score over KL in training, nats", "Score: train/rollout/score", "Score: eval/score");
        assertThat(text)
                .contains("<td>eval/score</td>\n<td>3</td>\n<td>3</td>", "<td>eval/kl</td>\n<td>6</td>\n<td>6</td>")
                .doesNotContain("Rewards differ");

        ComparisonPage.write(List.of(run("three", "[world]"), run("four", "[{type: world, weight: 2.0}]")), page);
        assertThat(Files.readString(page))
                .contains("Rewards differ between these runs, so their scores cannot be compared.");
    }

    @Test
    void answersOfFiveRolloutsAreShownFromTheFirstToTheNewestAndEscaped() throws IOException {
        Path run = run("run", "[world]");
        List<RolloutSample> samples = new ArrayList<>();
        for (long step = 1; step <= 9; step++) {
            samples.add(new RolloutSample(step, "row-" + step, NASTY, "good " + NASTY, 2.5));
            samples.add(new RolloutSample(step, "row-" + step, NASTY, "x".repeat(1600), null));
        }
        RecordLines.write(run.resolve(RunFiles.ROLLOUTS), samples);
        // As a run leaves it that was killed.
        Files.writeString(
                run.resolve(RunFiles.ROLLOUTS),
                Files.readString(run.resolve(RunFiles.ROLLOUTS)).stripTrailing() + "\n{\"step\":10,\"id\":\"ro");
        String page = Files.readString(RunPage.write(run));
        assertThat(Pattern.compile("<h3>Step (\\d+), row-\\1</h3>")
                        .matcher(page)
                        .results()
                        .map(match -> match.group(1)))
                .containsExactly("1", "3", "5", "7", "9");
        assertThat(page)
                .contains("best, score 2.5", "worst, no score", "good &lt;script&gt;", "… (100 more characters)")
                .doesNotContain("<script", "x".repeat(1501), "not a whole line");
    }

    @Test
    void oneAnswerToAPromptIsNeitherBestNorWorst() throws IOException {
        Path run = run("run", "[]");
        RecordLines.write(
                run.resolve(RunFiles.ROLLOUTS), List.of(new RolloutSample(1, "row-1", "why?", "because", null)));
        assertThat(Files.readString(RunPage.write(run)))
                .contains("answer, no score")
                .doesNotContain("best", "worst,");
    }

    @Test
    void damagedAnswersBeforeTheLastAreSaid() throws IOException {
        Path run = run("run", "[]");
        Files.writeString(run.resolve(RunFiles.ROLLOUTS), "{\"step\":\n{}\n");
        assertThat(Files.readString(RunPage.write(run)))
                .contains("rollouts.jsonl:1: is not a whole line")
                .doesNotContain("Answers as they change");
    }
}
