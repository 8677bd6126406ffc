package org.betatron.runs.tune;

import java.nio.file.Path;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.runs.RunListener;
import org.betatron.training.run.Settings;

/// What settings are chosen by, and how far they are from the start.
public interface Measuring {

    /// @param measure the larger the better
    /// @param kl      from the start, nats per answer
    record Measured(Estimate measure, Estimate kl) {}

    /// @return what it is called in a report
    String name();

    /// @return everything that a measurement depends on besides the model
    Settings settings();

    /// @param model    directory of what is measured
    /// @param listener hears what is going on
    /// @throws org.betatron.training.run.TrainingException if the model gives no number
    Measured measure(Path model, RunListener listener);
}
