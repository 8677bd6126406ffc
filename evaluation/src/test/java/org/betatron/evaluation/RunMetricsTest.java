package org.betatron.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMetricsTest {

    private static final String WHOLE = """
            {"step":0,"eval/loss":0.7}
            {"step":1,"train/loss":0.6,"train/beta":"NaN"}
            {"step":2,"train/loss":0.5,"train/beta":0.1}
            """;

    @TempDir
    private Path directory;

    @Test
    void seriesHoldTheStepsThatHaveTheMetric() throws IOException {
        RunMetrics metrics = metrics(WHOLE);
        assertThat(metrics.name()).isEqualTo(String.valueOf(directory.getFileName()));
        assertThat(metrics.paths()).containsExactly("eval/loss", "train/loss", "train/beta");
        assertThat(metrics.series("train/loss").steps()).containsExactly(1.0, 2.0);
        assertThat(metrics.series("train/loss").values()).containsExactly(0.6, 0.5);
        assertThat(metrics.series("eval/loss").values()).containsExactly(0.7);
        // What is not a number has no place on a curve.
        assertThat(metrics.series("train/beta").steps()).containsExactly(2.0);
        assertThat(metrics.series("train/nothing").isEmpty()).isTrue();
    }

    @Test
    void halfALastLineIsLeftOut() throws IOException {
        assertThat(metrics(WHOLE + "{\"step\":3,\"train/lo")
                        .series("train/loss")
                        .steps())
                .containsExactly(1.0, 2.0);
    }

    @Test
    void brokenLineInTheMiddleIsRefused() throws IOException {
        assertThatThrownBy(() -> metrics("{\"step\":1}\n{\"step\n{\"step\":3}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(directory.resolve("metrics.jsonl") + ":2: is not a whole line of metrics: ");
    }

    @Test
    void directoryWithoutMetricsIsRefused() {
        assertThatThrownBy(() -> RunMetrics.read(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(directory + " must be a run directory, but has no metrics.jsonl");
    }

    @Test
    void fileWithoutAWholeLineIsRefused() {
        assertThatThrownBy(() -> metrics("{\"step"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(directory.resolve("metrics.jsonl") + " holds no whole line of metrics yet");
        assertThatThrownBy(() -> metrics(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(directory.resolve("metrics.jsonl") + " holds no whole line of metrics yet");
    }

    @Test
    void pathWithDotsIsNamedByItsDirectory() throws IOException {
        metrics(WHOLE);
        assertThat(RunMetrics.read(directory.resolve("x/..")).name())
                .isEqualTo(String.valueOf(directory.getFileName()));
    }

    private RunMetrics metrics(String lines) throws IOException {
        Files.createDirectories(directory.resolve("x"));
        Files.writeString(directory.resolve("metrics.jsonl"), lines);
        return RunMetrics.read(directory);
    }
}
