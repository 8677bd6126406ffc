package org.betatron.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.betatron.cli.command.BetatronCommand;

/// What one command line answered.
///
/// @param exitCode exit code
/// @param out      standard output
/// @param err      standard error
record Invocation(int exitCode, String out, String err) {

    /// Runs a command line in this process, as `Main` does.
    static Invocation of(String... arguments) {
        PrintStream systemOut = System.out;
        PrintStream systemErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int exitCode = BetatronCommand.run(arguments);
            return new Invocation(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(systemOut);
            System.setErr(systemErr);
        }
    }

    /// @return both streams
    String text() {
        return out + err;
    }

    /// Runs a command line that has to succeed.
    ///
    /// @return its standard output
    static String succeed(String... arguments) {
        Invocation invocation = of(arguments);
        if (invocation.exitCode != 0 || !invocation.err.isEmpty()) {
            throw new AssertionError(
                    String.join(" ", arguments) + " ended with " + invocation.exitCode + ": " + invocation.err);
        }
        return invocation.out;
    }

    /// @return one argument list of two
    static String[] arguments(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
