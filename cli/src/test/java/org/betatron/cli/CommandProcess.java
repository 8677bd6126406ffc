package org.betatron.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// A process that runs command lines in a directory, one after the other: for paths that are relative to where a user
/// stands. It answers a line of JSON to each.
final class CommandProcess implements AutoCloseable {

    private static final String ANSWER = "answer ";

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    /// Starts the process.
    ///
    /// @param directory what it works in
    CommandProcess(Path directory) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1", // it lives for some seconds
                        "-XX:+UseSerialGC",
                        "-XX:ActiveProcessorCount=1",
                        "-Dai.djl.offline=true", // as Main does
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommandProcess.class.getName())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Runs a command line.
    Invocation run(String... arguments) throws IOException {
        commands.println(JsonMapper.shared().writeValueAsString(arguments));
        StringBuilder said = new StringBuilder();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(ANSWER)) {
                return JsonMapper.shared().readValue(line.substring(ANSWER.length()), Invocation.class);
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the process ended at " + List.of(arguments) + ": " + said);
    }

    @Override
    public void close() {
        commands.close();
        try {
            process.waitFor(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /// What the process does.
    public static void main(String[] none) {
        PrintStream out = System.out;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Invocation answer = Invocation.of(JsonMapper.shared().readValue(line, String[].class));
                out.println(ANSWER + JsonMapper.shared().writeValueAsString(answer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
