package org.betatron.cli.display;

import java.io.PrintWriter;
import org.betatron.training.TrainingListener;

/// Where a run shows what it does.
public interface Display extends TrainingListener {

    /// Shows a line, or several.
    void line(String text);

    /// Ends what is being shown, for example a progress bar.
    void finished();

    /// @return the display that fits: bars where a person watches, plain lines in files and pipes
    static Display of(PrintWriter out, boolean isTerminal) {
        return isTerminal ? new BarDisplay(out) : new LineDisplay(out);
    }
}
