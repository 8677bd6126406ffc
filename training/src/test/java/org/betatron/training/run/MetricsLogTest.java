package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

    private MetricsLog log;

    @BeforeEach
    void makeLog(@TempDir Path directory) {
        log = new MetricsLog(directory.resolve("metrics.jsonl"));
    }

    @Test
    void lineIsOneObjectWithTheStepFirst() {
        log.append(3, loss(0.5));
        log.append(4, loss(Double.NaN));
        assertThat(log.file()).hasContent("{\"step\":3,\"train/loss\":0.5}\n{\"step\":4,\"train/loss\":\"NaN\"}\n");
    }

    @Test
    void cutBackDropsLaterStepsAndAnIncompleteLine() throws IOException {
        for (long step = 1; step <= 4; step++) {
            log.append(step, loss((double) step));
        }
        log.append(4, Metrics.builder().put("eval/loss", 9).build());
        Files.writeString(log.file(), "{\"step\":5,\"tra", StandardOpenOption.APPEND);
        assertThat(log.cutBackTo(4)).isEqualTo(4);
        assertThat(Files.readAllLines(log.file())).hasSize(5).last().isEqualTo("{\"step\":4,\"eval/loss\":9.0}");
        assertThat(log.cutBackTo(2)).isEqualTo(2);
        assertThat(log.file()).hasContent("{\"step\":1,\"train/loss\":1.0}\n{\"step\":2,\"train/loss\":2.0}\n");
    }

    @Test
    void cutBackOfAFileThatIsNotThereDoesNothing() {
        assertThat(log.cutBackTo(4)).isEqualTo(-1);
        assertThat(log.file()).doesNotExist();
    }

    @Test
    void refusesAMetricGivenTwice() {
        assertThatThrownBy(() -> Metrics.builder().put("loss", 1).put("loss", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metric loss must be given once but was given twice");
    }

    private static Metrics loss(double value) {
        return Metrics.builder().put("train/loss", value).build();
    }
}
