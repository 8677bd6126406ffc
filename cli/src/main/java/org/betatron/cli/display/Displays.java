package org.betatron.cli.display;

import java.io.Console;
import java.io.PrintWriter;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;

/// The display that fits where it is looked at.
public final class Displays {

    private Displays() {}

    /// JDK 25 answers null again where input or output is not a terminal, whatever the check believes.
    ///
    /// @return whether a person watches
    @SuppressWarnings("SystemConsoleNull")
    public static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /// @param out for what goes on
    /// @param err for warnings, which do not belong into the results of a command
    /// @return plain lines
    public static RunListener of(PrintWriter out, PrintWriter err) {
        LineDisplay lines = new LineDisplay(out);
        LineDisplay warnings = new LineDisplay(err);
        return event -> (event instanceof RunEvent.Warning ? warnings : lines).heard(event);
    }

    /// @return bars where a person watches, plain lines in files and pipes
    public static RunListener of(PrintWriter out, boolean isTerminal) {
        return isTerminal ? new BarDisplay(out) : new LineDisplay(out);
    }
}
