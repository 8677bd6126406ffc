package org.betatron.cli.display;

import java.io.PrintWriter;
import org.betatron.runs.RunListener;

/// The display that fits where it is looked at.
public final class Displays {

    private Displays() {}

    /// @return bars where a person watches, plain lines in files and pipes
    public static RunListener of(PrintWriter out, boolean isTerminal) {
        return isTerminal ? new BarDisplay(out) : new LineDisplay(out);
    }
}
