package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Reports as a browser shows them, on a phone and on a wide screen. Screenshots stay in `target/screenshots`.
///
/// Skipped where no Chromium is installed.
class ReportInBrowserTest {

    private static final Pattern MEASURED = Pattern.compile("data-(\\w+)=\"(\\d+)\"");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    private static Path root;

    @BeforeAll
    static void makeRuns() throws IOException {
        assumeTrue(chromium().isPresent(), "no chromium on the path");
        Inputs inputs = Inputs.in(root);
        Invocation.succeed(inputs.align("dpo", "--steps", "40", "--preset", "dpo"));
        Invocation.succeed(inputs.align("beta-dpo", "--steps", "40", "--set", "train.checkpointEvery=10"));
        Invocation.succeed(inputs.sft(
                "sft",
                "--steps",
                "10",
                "--batch-size",
                "4",
                "--set",
                "train.microBatchSize=4",
                "--set",
                "data.heldOut=4"));
        crash(inputs);
        Invocation.succeed("report", inputs.at("dpo"), inputs.at("beta-dpo"), "--out", inputs.at("both.html"));
    }

    /// A run that was killed while it wrote a line: no model, no samples after, half a line of metrics.
    private static void crash(Inputs inputs) throws IOException {
        Path run = Files.createDirectory(root.resolve("crashed"));
        Path whole = root.resolve("beta-dpo");
        for (String name : List.of("recipe.yaml", "data.json")) {
            Files.copy(whole.resolve(name), run.resolve(name));
        }
        String metrics = Files.readString(whole.resolve("metrics.jsonl"));
        Files.writeString(run.resolve("metrics.jsonl"), metrics.substring(0, metrics.length() / 2));
        Invocation.succeed("report", inputs.at("crashed"));
    }

    @ParameterizedTest
    @CsvSource({
        "dpo/report.html, 390",
        "dpo/report.html, 1280",
        "beta-dpo/report.html, 390",
        "sft/report.html, 390",
        "crashed/report.html, 390",
        "both.html, 390",
        "both.html, 1280"
    })
    void fitsTheScreenAndFetchesNothing(String page, int width) throws IOException {
        Path wrapper = framed(root.resolve(page), width);
        String name = page.replace('/', '-').replace(".html", "") + "-" + width + ".png";
        Files.createDirectories(SCREENSHOTS);
        browse(
                wrapper,
                "--window-size=" + (width + 20) + ",5000",
                "--screenshot=" + SCREENSHOTS.resolve(name).toAbsolutePath());
        assertThat(SCREENSHOTS.resolve(name)).isNotEmptyFile();

        String dom = browse(wrapper, "--dump-dom");
        assertThat(measured(dom, "scroll")).as("width of the page").isBetween(1, width);
        assertThat(measured(dom, "fetched")).as("resources from elsewhere").isZero();
        assertThat(measured(dom, "flat")).as("charts without extent").isZero();
        assertThat(measured(dom, "charts")).isPositive();
        assertThat(measured(dom, "height")).isGreaterThan(500);
    }

    @Test
    void aCrashedRunIsMarked() throws IOException {
        assertThat(Files.readString(root.resolve("crashed/report.html")))
                .contains("Partial: this run has not written its final model");
    }

    /// A page that holds the report in a frame of a given width, which windows cannot have that small, and
    /// writes down what it measures of it.
    private static Path framed(Path report, int width) throws IOException {
        String html =
                JsonMapper.shared().writeValueAsString(Files.readString(report)).replace("</", "<\\/");
        return Files.writeString(report.resolveSibling("framed-" + width + ".html"), """
                <!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
                <iframe id="frame" style="border:0;width:%dpx;height:5000px"></iframe>
                <script>
                const frame = document.getElementById("frame");
                frame.onload = () => {
                  const page = frame.contentDocument, data = document.body.dataset;
                  const charts = [...page.querySelectorAll("svg")];
                  data.scroll = page.documentElement.scrollWidth;
                  data.height = page.documentElement.scrollHeight;
                  data.charts = charts.length;
                  data.flat = charts.filter(c => {
                    const box = c.getBoundingClientRect();
                    return c.checkVisibility() && (box.width < 20 || box.height < 5);
                  }).length;
                  data.fetched = frame.contentWindow.performance.getEntriesByType("resource").length;
                };
                frame.srcdoc = %s;
                </script>
                """.formatted(width, html));
    }

    private static int measured(String dom, String name) {
        Matcher matcher = MEASURED.matcher(dom);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return Integer.parseInt(matcher.group(2));
            }
        }
        throw new AssertionError(
                "the page did not measure " + name + ": " + dom.substring(0, Math.min(500, dom.length())));
    }

    private static String browse(Path page, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                chromium().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--virtual-time-budget=5000",
                "--user-data-dir=" + root.resolve("browser")));
        command.addAll(List.of(more));
        command.add(page.toUri().toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the browser ended")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return said;
    }

    private static Optional<Path> chromium() {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
                Path file = Path.of(directory, name);
                if (Files.isExecutable(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
