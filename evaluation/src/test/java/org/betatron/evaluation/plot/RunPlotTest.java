package org.betatron.evaluation.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.betatron.evaluation.RunMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunPlotTest {

    private static final int BLUE = 0xFF0072B2;
    private static final int VERMILION = 0xFFD55E00;

    @TempDir
    private Path directory;

    @Test
    void everyMetricHasAPanelAndEveryRunAColour() throws IOException {
        BufferedImage picture =
                plot(List.of(run("a", 1), run("b", 2)), List.of("train/loss", "eval/loss", "train/none"));

        // Two panels side by side; the metric that no run has is left out.
        assertThat(picture.getWidth()).isEqualTo(1240);
        assertThat(picture.getHeight()).isEqualTo(320);
        assertThat(count(picture, BLUE)).isGreaterThan(50);
        assertThat(count(picture, VERMILION)).isGreaterThan(50);
    }

    @Test
    void aPlotIsDrawnAgainButNothingElseIsReplaced() throws IOException {
        List<RunMetrics> runs = List.of(run("a", 1));
        BufferedImage picture = plot(runs, List.of("train/loss"));
        assertThat(plot(runs, List.of("train/loss")).getHeight()).isEqualTo(picture.getHeight());

        Path photo = directory.resolve("photo.png");
        ImageIO.write(picture, "png", photo.toFile());
        Path notes = Files.writeString(directory.resolve("notes.png"), "no picture");
        for (Path file : List.of(photo, notes)) {
            byte[] before = Files.readAllBytes(file);
            assertThatThrownBy(() -> RunPlot.write(runs, List.of("train/loss"), file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            file + " exists and was not drawn by betatron plot: name another file, or remove it first");
            assertThat(file).hasBinaryContent(before);
        }
    }

    @Test
    void oddNumberOfPanelsIsFilledUpWithWhite() throws IOException {
        BufferedImage picture = plot(List.of(run("a", 1)), List.of("train/loss", "train/beta", "eval/loss"));

        assertThat(picture.getHeight()).isEqualTo(640);
        assertThat(count(picture.getSubimage(640, 340, 560, 280), 0xFFFFFFFF)).isEqualTo(560 * 280);
    }

    @Test
    void singleMetricIsASinglePanel() throws IOException {
        assertThat(plot(List.of(run("a", 1)), List.of("train/loss")).getWidth()).isEqualTo(620);
    }

    @Test
    void runsOfTheSameNameAreTwoCurves() throws IOException {
        BufferedImage picture = plot(List.of(run("same", 1), run("same", 2)), List.of("train/loss"));
        assertThat(count(picture, BLUE)).isGreaterThan(50);
        assertThat(count(picture, VERMILION)).isGreaterThan(50);
    }

    @Test
    void nothingToDrawIsRefused() {
        assertThatThrownBy(() -> plot(List.of(run("a", 1)), List.of("train/x", "train/y")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no run has any of the metrics train/x, train/y");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void moreRunsThanColoursAreRefused() {
        assertThatThrownBy(() -> plot(Collections.nCopies(6, run("a", 1)), List.of("train/loss")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at most 5 runs fit one plot but there were 6");
    }

    @Test
    void pictureThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file")).resolve("plot.png");
        assertThatThrownBy(() -> RunPlot.write(List.of(run("a", 1)), List.of("train/loss"), file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write the plot " + file);
    }

    private BufferedImage plot(List<RunMetrics> runs, List<String> paths) throws IOException {
        Path file = directory.resolve("plot.png");
        RunPlot.write(runs, paths, file);
        return ImageIO.read(file.toFile());
    }

    private static RunMetrics run(String name, double scale) {
        List<JsonNode> lines = IntStream.rangeClosed(1, 30)
                .<JsonNode>mapToObj(step -> JsonMapper.shared()
                        .createObjectNode()
                        .put("step", step)
                        .put("train/loss", scale / step)
                        .put("train/beta", 0.1)
                        .put("eval/loss", scale * 0.5))
                .toList();
        return new RunMetrics(name, lines);
    }

    private static long count(BufferedImage picture, int colour) {
        int width = picture.getWidth();
        return IntStream.range(0, width * picture.getHeight())
                .filter(i -> (picture.getRGB(i % width, i / width) | 0xFF000000) == colour)
                .count();
    }
}
