package org.betatron.runs;

import java.util.function.Consumer;

/// Says every thousand pairs, and at the end, how far scoring has come.
final class ScoreProgress {

    private static final int PAIRS = 1000;

    private final int total;
    private final Consumer<String> progress;
    private int told;

    /// @param total    pairs in all
    /// @param progress hears a line at a time
    ScoreProgress(int total, Consumer<String> progress) {
        this.total = total;
        this.progress = progress;
    }

    void scored(int done) {
        if (done / PAIRS > told / PAIRS || done == total) {
            progress.accept("scored %,d of %,d pairs".formatted(done, total));
        }
        told = done;
    }
}
