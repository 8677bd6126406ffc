package org.betatron.runs;

/// Hears what happens in a run. Called by the thread of the run, which waits.
@FunctionalInterface
public interface RunListener {

    /// Hears nothing.
    RunListener NONE = _ -> {};

    void heard(RunEvent event);
}
