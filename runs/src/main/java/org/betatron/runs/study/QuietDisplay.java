package org.betatron.runs.study;

import java.util.function.Consumer;
import org.betatron.runs.Display;

/// Shows nothing of a run but its warnings.
///
/// @param progress hears them
record QuietDisplay(Consumer<String> progress) implements Display {

    @Override
    public void line(String text) {}

    @Override
    public void finished() {}

    @Override
    public void warning(String message) {
        progress.accept("warning: " + message);
    }
}
