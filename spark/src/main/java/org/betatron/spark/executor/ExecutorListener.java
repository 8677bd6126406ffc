package org.betatron.spark.executor;

import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what has to be said of models into the log of the executor.
final class ExecutorListener implements RunListener {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorListener.class);

    @Override
    public void heard(RunEvent event) {
        if (event instanceof RunEvent.Warning(String message)) {
            LOG.warn("{}", message);
        }
    }
}
