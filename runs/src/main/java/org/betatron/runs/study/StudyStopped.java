package org.betatron.runs.study;

/// Says that the user stopped a study in the middle of a run.
final class StudyStopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    StudyStopped() {
        super("stopped");
    }
}
