package org.betatron.cli.display;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.betatron.hub.HubListener;
import org.betatron.hub.HubRepository;
import org.jspecify.annotations.Nullable;

/// How far fetching from the hub has come: a bar where a person watches, else a line every ten
/// seconds. Nothing is said where everything is there.
public final class FetchDisplay implements HubListener {

    private static final double SECONDS_BETWEEN_LINES = 10;

    private static final int COMMIT_DIGITS = 8;

    private final PrintWriter err;
    private final boolean isTerminal;
    private @Nullable ProgressBar bar;
    private double lastLine;
    private String name = "";

    /// @param err        where it is shown, as results of commands go elsewhere
    /// @param isTerminal whether a person watches
    public FetchDisplay(PrintWriter err, boolean isTerminal) {
        this.err = err;
        this.isTerminal = isTerminal;
    }

    @Override
    public void begins(HubRepository place, String commit, int files, long bytes) {
        name = place.toString();
        if (bytes == 0) {
            return;
        }
        if (bar != null) {
            bar.maxHint(bytes);
            return;
        }
        line("Fetching " + name + " at " + commit.substring(0, COMMIT_DIGITS) + ": " + files
                + (files == 1 ? " file, " : " files, ") + size(bytes));
        lastLine = now();
        if (isTerminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName("Fetching")
                    .setInitialMax(bytes)
                    .setUnit(" MB", 1_000_000)
                    .startsFrom(0, Duration.ZERO)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
        }
    }

    @Override
    public void hasFetched(long bytes, long total) {
        if (bar != null) {
            bar.stepTo(bytes);
        } else if (now() - lastLine > SECONDS_BETWEEN_LINES) {
            lastLine = now();
            line("Fetching " + name + ": " + size(bytes) + " of " + size(total));
        }
    }

    @Override
    public void ends(Path snapshot, long bytes, double seconds) {
        closeBar();
        if (bytes > 0) {
            line("Fetched " + size(bytes) + String.format(Locale.ROOT, " in %.1f s", seconds));
        }
    }

    @Override
    public void retries(String what) {
        line("warning: " + what);
    }

    private void line(String text) {
        err.println(text);
        err.flush();
    }

    private void closeBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private static double now() {
        return System.nanoTime() * 1e-9;
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : bytes < 1_000_000_000
                        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
