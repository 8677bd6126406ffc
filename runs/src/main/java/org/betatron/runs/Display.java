package org.betatron.runs;

import org.betatron.training.TrainingListener;

/// Where a run shows what it does.
public interface Display extends TrainingListener {

    /// Shows a line, or several.
    void line(String text);

    /// Ends what is being shown, for example a progress bar.
    void finished();
}
