package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Processes that train together over Gloo, started as a user starts them: they are one run,
/// whatever their number, and end together, whatever happens to one.
class RanksCommandTest {

    private static final String[] RUN = {
        "--steps", "6", "--batch-size", "8", "--learning-rate", "1e-3",
        "--set", "train.warmupSteps=0", "--set", "data.heldOut=4", "--set", "train.evaluateEvery=0"
    };

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void run() throws IOException {
        inputs = Inputs.in(directory);
    }

    /// Three begin, two go on, and one ends: the losses are those of one process.
    @Test
    void anyNumberGoesOnWithWhatAnyNumberHasBegun() throws Exception {
        Path alone = directory.resolve("alone");
        succeed(Invocation.of(align(alone, "--ranks", "1").toArray(String[]::new)));
        Path run = directory.resolve("run");
        succeed(start(Map.of(), align(run, "--ranks", "3", "--set", "train.checkpointEvery=2")));
        List<Double> expected = losses(alone);
        assertSame(losses(run), expected);
        assertThat(run.resolve("model")).isDirectory();
        assertThat(lines(run).getLast().toString()).contains("ranks/waiting/2");

        // As if it had been cut off after its fourth step.
        try (Stream<Path> files = Files.walk(run.resolve("checkpoints/step-00000006"))) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        Invocation resumed = start(Map.of(), List.of("align", "--resume", run.toString(), "--ranks", "2"));
        succeed(resumed);
        assertThat(resumed.out()).contains("step-00000004");
        assertSame(losses(run), expected);
        assertThat(lines(run).getLast().toString()).contains("ranks/waiting/1").doesNotContain("ranks/waiting/2");
    }

    /// The other one says so, and the launcher ends both.
    @Test
    void rankThatIsKilledEndsTheRun() throws Exception {
        Path run = directory.resolve("killed");
        List<String> arguments = new ArrayList<>(align(run, "--ranks", "2"));
        arguments.addAll(List.of("--set", "train.length.count=100000", "--set", "train.checkpointEvery=2"));
        Started launcher = launch(Map.of(), arguments);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!Files.exists(run.resolve("checkpoints/step-00000002")) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        List<ProcessHandle> ranks = launcher.process().descendants().toList();
        assertThat(ranks).hasSize(2);
        ranks.getLast().destroyForcibly();
        Invocation ended = ended(launcher);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .containsPattern("betatron: rank [01] was ended by signal 9 .*: rank [01] of 2.* is gone.*--resume")
                .hasLineCount(1);
        assertThat(ranks).noneMatch(ProcessHandle::isAlive);
        assertThat(run.resolve("checkpoints")).isNotEmptyDirectory();
    }

    @Test
    void whatRanksWereGivenIsCompared() throws Exception {
        Path run = directory.resolve("others");
        int port = freePort();
        Started other = launch(place(1, port), align(run, "--seed", "2"));
        Started first = launch(place(0, port), align(run, "--seed", "1"));
        for (Started rank : List.of(first, other)) {
            assertThat(ended(rank).err())
                    .isEqualTo("betatron: rank 1 was given other settings than rank 0: train.seed=2 there, train.seed=1"
                            + " on rank 0: give all the same recipe\n");
        }
        assertThat(run).doesNotExist();
    }

    @Test
    void commandsThatAreOneProcessRefuseToBeRanks() throws Exception {
        Path run = directory.resolve("online");
        Started rank = launch(
                place(1, 1),
                List.of(
                        "online",
                        "--model",
                        inputs.model(),
                        "--data",
                        inputs.pairs().toString(),
                        "--reward",
                        "length:10",
                        "--out",
                        run.toString()));
        assertThat(ended(rank).err())
                .contains("learning from own answers runs as one process: unset RANK and WORLD_SIZE")
                .hasLineCount(1);
        assertThat(run).doesNotExist();
    }

    private static int freePort() throws IOException {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void wrongPlacesAreRefused() {
        Path run = directory.resolve("refused");
        assertThat(Invocation.of(align(run, "--ranks", "9").toArray(String[]::new))
                        .err())
                .contains("train.batchSize: must be at least the number of ranks, 9");
        assertThat(Invocation.of(align(run, "--ranks", "0").toArray(String[]::new))
                        .err())
                .contains("--ranks must be at least 1 but was 0");
        assertThat(run).doesNotExist();
    }

    private static Map<String, String> place(int rank, int port) {
        return Map.of(
                "RANK",
                Integer.toString(rank),
                "WORLD_SIZE",
                "2",
                "MASTER_ADDR",
                "127.0.0.1",
                "MASTER_PORT",
                Integer.toString(port));
    }

    private static List<String> align(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "align", "--model", inputs.model(), "--data", inputs.pairs().toString(), "--out"));
        arguments.add(out.toString());
        arguments.addAll(List.of(RUN));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static void assertSame(List<Double> losses, List<Double> expected) {
        assertThat(losses).hasSameSizeAs(expected);
        for (int step = 0; step < expected.size(); step++) {
            assertThat(losses.get(step)).isCloseTo(expected.get(step), within(1e-6));
        }
    }

    private static List<JsonNode> lines(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.has("train/loss"))
                .toList();
    }

    private static List<Double> losses(Path run) throws IOException {
        return lines(run).stream()
                .map(line -> line.get("train/loss").asDouble())
                .toList();
    }

    private static void succeed(Invocation invocation) {
        assertThat(invocation.err()).isEmpty();
        assertThat(invocation.exitCode()).isZero();
    }

    private static Invocation start(Map<String, String> environment, List<String> arguments) throws Exception {
        return ended(launch(environment, arguments));
    }

    /// A process, and where its standard output goes.
    private record Started(Process process, Path out) {}

    private static Started launch(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path out = Files.createTempFile(directory, "out", ".txt");
        return new Started(builder.redirectOutput(out.toFile()).start(), out);
    }

    private static Invocation ended(Started started) throws Exception {
        String err = new String(started.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(started.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Invocation(started.process().exitValue(), Files.readString(started.out()), err);
    }
}
