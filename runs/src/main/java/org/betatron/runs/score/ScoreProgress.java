package org.betatron.runs.score;

import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;

/// Says every thousand pairs, and at the end, how far scoring has come.
final class ScoreProgress {

    private static final int PAIRS = 1000;

    private final int total;
    private final RunListener listener;
    private int told;

    /// @param total pairs in all
    ScoreProgress(int total, RunListener listener) {
        this.total = total;
        this.listener = listener;
    }

    void scored(int done) {
        if (done / PAIRS > told / PAIRS || done == total) {
            listener.heard(new RunEvent.PairsScored(done, total));
        }
        told = done;
    }
}
