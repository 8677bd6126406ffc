package org.betatron.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import org.betatron.examples.AlignFromJava.Finished;
import org.betatron.runs.RunResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example is carried out whole, for a few steps.
class AlignFromJavaTest {

    private static final int STEPS = 6;

    @TempDir
    private Path directory;

    @Test
    void goesFromNothingToAJudgedModel() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Finished finished =
                new AlignFromJava(directory, STEPS, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();

        RunResult aligned = finished.aligned();
        assertThat(aligned.end()).isEqualTo(RunResult.End.COMPLETED);
        assertThat(aligned.steps()).isEqualTo(STEPS).isEqualTo(aligned.totalSteps());
        assertThat(aligned.trainingRows()).isEqualTo(190);
        assertThat(aligned.evaluationRows()).isEqualTo(10);
        assertThat(aligned.gaps()).hasSize(10);
        assertThat(DoubleStream.of(aligned.series("train/loss"))).hasSize(STEPS).allMatch(Double::isFinite);
        assertThat(aligned.model().orElseThrow().resolve("model.safetensors")).isRegularFile();
        assertThat(aligned.report().orElseThrow()).isRegularFile();
        assertThat(finished.judged().reports()).hasSize(2);
        assertThat(finished.judged().answers()).allMatch(answers -> answers.size() == 20);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "after " + STEPS + " steps: margin ",
                        "probably mislabelled: ",
                        "answer: ",
                        "it beats its start");
    }
}
