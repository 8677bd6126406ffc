package org.betatron.cli.command;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.betatron.core.rank.RankPlace;
import org.betatron.runs.StopSignal;

/// Starts the ranks of a run as processes on this machine, and ends them together.
///
/// Rank 0 writes to this process's standard output. Of what ranks say when they fail one line is
/// shown: the words of the one that failed first, or if it had none, of one that missed it.
final class RankLauncher {

    /// Says to a rank which process started it.
    private static final String LAUNCHER = "BETATRON_LAUNCHER";

    /// Time in which ranks find out by themselves that one is gone, and end.
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final String LOCAL = InetAddress.getLoopbackAddress().getHostAddress();
    private static final String MAIN = "org.betatron.cli.Main";
    private static final String FAILURE = "betatron: ";
    private static final int MOST_LINES = 200;
    private static final int SIGNALS = 128;

    /// Codes of a rank that was asked to stop, and has: by Ctrl-C, by `kill`, or by one of these to
    /// another.
    private static final Set<Integer> STOPPED = Set.of(Failures.STOPPED, SIGNALS + 15);

    private final int ranks;
    private final List<String> arguments;

    /// @param ranks     how many, ≥ 2
    /// @param arguments of every rank
    RankLauncher(int ranks, List<String> arguments) {
        this.ranks = ranks;
        this.arguments = arguments;
    }

    /// @return whether this process was started by one that is no longer there
    static boolean isGone() {
        String launcher = System.getenv(LAUNCHER);
        return launcher != null
                && ProcessHandle.of(Long.parseLong(launcher))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    /// A rank that was started.
    ///
    /// @param failure what it said when it failed, line by line; written by the thread that reads
    private record Started(int rank, Process process, List<String> failure, Thread reader) {

        Optional<Integer> code() {
            return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
        }
    }

    /// @param err gets what has to be said of a failure
    /// @return exit code: 0, or that of the rank that failed first
    int run(PrintWriter err) {
        StopSignal.install();
        List<Started> started = new ArrayList<>();
        try {
            int port = freePort();
            Duration timeout = RankPlace.timeout(System.getenv());
            for (int rank = 0; rank < ranks; rank++) {
                started.add(start(new RankPlace(rank, ranks, ranks, LOCAL, port, timeout), err));
            }
            return await(started, err);
        } catch (IOException e) {
            throw new UncheckedIOException("a rank cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Failures.STOPPED;
        } finally {
            started.forEach(rank -> rank.process().destroyForcibly());
        }
    }

    /// Nothing keeps the port until rank 0 takes it; where it is gone by then, rank 0 says so.
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Started start(RankPlace place, PrintWriter err) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current()
                .info()
                .command()
                .orElse(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(place.rank() == 0 ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(place.environment());
        builder.environment()
                .put(LAUNCHER, Long.toString(ProcessHandle.current().pid()));
        Process process = builder.start();
        List<String> failure = Collections.synchronizedList(new ArrayList<>());
        Thread reader = Thread.ofVirtual().start(() -> read(process, failure, place.rank() == 0, err));
        return new Started(place.rank(), process, failure, reader);
    }

    /// What is said of a failure is kept; what rank 0 says otherwise is shown as it comes.
    private static void read(Process process, List<String> failure, boolean shown, PrintWriter err) {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(FAILURE) || !failure.isEmpty()) {
                    if (failure.size() < MOST_LINES) {
                        failure.add(line);
                    }
                } else if (shown) {
                    err.println(line);
                }
            }
        } catch (IOException e) {
            // Its end says the rest.
        }
    }

    private int await(List<Started> started, PrintWriter err) throws InterruptedException {
        boolean stopping = false;
        Optional<Started> first = Optional.empty();
        long deadline = Long.MAX_VALUE;
        while (started.stream().anyMatch(rank -> rank.process().isAlive())) {
            if (StopSignal.wasRequested() && !stopping) {
                stopping = true;
                started.forEach(rank -> rank.process().destroy());
            }
            if (first.isEmpty()) {
                first = failed(started);
                deadline = System.nanoTime() + GRACE.toNanos();
            } else if (System.nanoTime() > deadline) {
                started.forEach(rank -> rank.process().destroyForcibly());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        for (Started rank : started) {
            rank.reader().join();
        }
        Optional<Started> failed = first.or(() -> failed(started));
        if (failed.isPresent()) {
            account(failed.get(), started).forEach(err::println);
            int code = failed.get().code().orElseThrow();
            return code > SIGNALS ? Failures.FAILED : code;
        }
        return started.stream().anyMatch(rank -> STOPPED.contains(rank.code().orElseThrow())) ? Failures.STOPPED : 0;
    }

    private static Optional<Started> failed(List<Started> started) {
        return started.stream()
                .filter(rank -> rank.code().filter(RankLauncher::isFailure).isPresent())
                .findFirst();
    }

    private static boolean isFailure(int code) {
        return code != 0 && !STOPPED.contains(code);
    }

    private List<String> account(Started first, List<Started> started) {
        if (!first.failure().isEmpty()) {
            return first.failure();
        }
        int code = first.code().orElseThrow();
        String end = code > SIGNALS
                ? "rank " + first.rank() + " was ended by signal " + (code - SIGNALS)
                        + (code == SIGNALS + 9 ? " (kill -9, or the system for want of memory)" : "")
                : "rank " + first.rank() + " ended with code " + code + " and without a word";
        return started.stream()
                .filter(rank -> !rank.failure().isEmpty())
                .findFirst()
                .map(rank ->
                        List.of(FAILURE + end + ": " + rank.failure().getFirst().substring(FAILURE.length())))
                .orElse(List.of(FAILURE + end + "; the run has ended: go on with --resume if it has begun"));
    }
}
