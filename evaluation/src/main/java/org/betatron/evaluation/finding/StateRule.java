package org.betatron.evaluation.finding;

import org.betatron.evaluation.record.RunRecord;

/// How far a run came, and numbers in it that are none.
final class StateRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        state(run, found);
        notFinite(run, found);
    }

    private static void state(RunRecord run, Found found) {
        if (!run.finished()) {
            found.note(
                    "There is no final model: the run was stopped, has crashed or still goes on. The last step that was"
                            + " logged is %d.",
                    run.lastStep());
        }
        run.unreadable().forEach(problem -> found.problem("%s", problem));
        if (run.metrics().lines().isEmpty()) {
            found.problem("No step was logged: nothing can be said about learning.");
        }
    }

    private static void notFinite(RunRecord run, Found found) {
        for (var line : run.metrics().lines()) {
            for (String path : line.propertyNames()) {
                if (line.path(path).isString()) {
                    found.problem(
                            "%s is %s at step %d: lower train.learningRate, or look at the rows of that step.",
                            path, line.path(path).asString(), line.path("step").asLong());
                    return;
                }
            }
        }
    }
}
